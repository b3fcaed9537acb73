import TWSProtocol

/// A message about a stream that is to be sent now.
enum StreamCommand: Hashable, Sendable {
    /// Which data later requests for level 1 get.
    case marketDataType(RequestMarketDataType)
    /// Level 1 begins.
    case marketData(RequestMarketData)
    /// Level 1 ends.
    case cancelMarketData(CancelMarketData)
    /// Depth begins.
    case depth(RequestMarketDepth)
    /// Depth ends.
    case cancelDepth(CancelMarketDepth)
    /// Tick by tick begins.
    case tickByTick(RequestTickByTick)
    /// Tick by tick ends.
    case cancelTickByTick(CancelTickByTick)

    /// The request that begins here; `nil` for anything else.
    var begunRequest: Int32? {
        switch self {
        case .marketData(let request): request.requestID
        case .depth(let request): request.requestID
        case .tickByTick(let request): request.requestID
        case .marketDataType, .cancelMarketData, .cancelDepth, .cancelTickByTick: nil
        }
    }

    /// The request that ends here; `nil` for anything else.
    var endedRequest: Int32? {
        switch self {
        case .cancelMarketData(let cancel): cancel.requestID
        case .cancelDepth(let cancel): cancel.requestID
        case .cancelTickByTick(let cancel): cancel.requestID
        case .marketDataType, .marketData, .depth, .tickByTick: nil
        }
    }

    /// Whether it only makes ready for the request that follows.
    var beginsDelayedData: Bool {
        if case .marketDataType(let message) = self { message.marketDataType != 1 } else { false }
    }

    /// Sends it.
    func send(over lane: OutgoingLane, now: UInt64) -> SendOutcome {
        switch self {
        case .marketDataType(let message): lane.send(message, now: now)
        case .marketData(let message): lane.send(message, now: now)
        case .cancelMarketData(let message): lane.send(message, now: now)
        case .depth(let message): lane.send(message, now: now)
        case .cancelDepth(let message): lane.send(message, now: now)
        case .tickByTick(let message): lane.send(message, awaited: message.requestID, now: now)
        case .cancelTickByTick(let message): lane.send(message, now: now)
        }
    }
}

extension StreamRequest {
    /// What asks for it, in order. Delayed data are a matter of the session, so what comes after gets live ones again.
    func commands(_ requestID: Int32) -> [StreamCommand] {
        switch kind {
        case .tickByTickQuotes: [.tickByTick(tickByTick("BidAsk", requestID))]
        case .tickByTickTrades(let includesUnreported):
            [.tickByTick(tickByTick(includesUnreported ? "AllLast" : "Last", requestID))]
        case .depth(let rows, let isSmart):
            [.depth(depth(rows, isSmart, requestID))]
        case .level1(let isDelayed):
            isDelayed
                ? [Self.marketDataType(3), .marketData(level1(requestID)), Self.marketDataType(1)]
                : [.marketData(level1(requestID))]
        }
    }

    /// What ends it.
    func cancel(_ requestID: Int32) -> StreamCommand {
        switch kind {
        case .tickByTickQuotes, .tickByTickTrades:
            var cancel = CancelTickByTick()
            cancel.requestID = requestID
            return .cancelTickByTick(cancel)
        case .depth(_, let isSmart):
            var cancel = CancelMarketDepth()
            cancel.requestID = requestID
            cancel.isSmartDepth = isSmart
            return .cancelDepth(cancel)
        case .level1:
            var cancel = CancelMarketData()
            cancel.requestID = requestID
            return .cancelMarketData(cancel)
        }
    }

    private func tickByTick(_ type: String, _ requestID: Int32) -> RequestTickByTick {
        var request = RequestTickByTick()
        request.requestID = requestID
        request.contract = contract
        request.tickType = type
        return request
    }

    private func depth(_ rows: Int32, _ isSmart: Bool, _ requestID: Int32) -> RequestMarketDepth {
        var request = RequestMarketDepth()
        request.requestID = requestID
        request.contract = contract
        request.rows = rows
        request.isSmartDepth = isSmart
        return request
    }

    private func level1(_ requestID: Int32) -> RequestMarketData {
        var request = RequestMarketData()
        request.requestID = requestID
        request.contract = contract
        return request
    }

    private static func marketDataType(_ type: Int32) -> StreamCommand {
        var message = RequestMarketDataType()
        message.marketDataType = type
        return .marketDataType(message)
    }
}
