import TWSClient
import TWSProtocol
import TradingModel

extension IBKREventCore {
    /// One of the less frequent messages of a stream.
    mutating func take(_ message: ServerMessage, of stream: StreamID, at time: Timestamp) {
        guard let route = route(stream.rawValue), route.role == .level1 else { return }
        let slot = Int(route.slot)
        switch message {
        case .marketDataTypeNotice(let notice): setLevel1Kind(notice.marketDataType, slot, time)
        case .tickGeneric(let tick) where tick.tickType == 49 || tick.tickType == 90:
            // −1: not known, so no halt is known of.
            feeds[slot].setHalted(byLevel1: tick.value > 0, time, options, &out)
        case .tickString(let tick) where tick.tickType == 45:
            guard let second = Int64(tick.value), second > 0, second < 9_000_000_000 else { return }
            feeds[slot].level1.lastTradeAt = Timestamp(nanoseconds: second * 1_000_000_000)
        default: break
        }
    }

    /// What became of a stream.
    mutating func take(_ notice: StreamNotice, of stream: StreamID, at time: Timestamp) {
        guard let route = route(stream.rawValue) else { return }
        let slot = Int(route.slot)
        feeds[slot].plan.take(notice, route.role, slot: slot, at: time, &actions)
        feeds[slot].unsettle()
        switch (notice, route.role) {
        case (.reset, .depth):
            counts.bookResets += 1
            feeds[slot].breakBook("cleared by the venue (317)", time, options, &out)
        case (.requested, .depth):
            feeds[slot].awaitsFreshBook = false
            feeds[slot].voidBook("subscribed anew", time, options, &out)
        case (.waiting, .depth):
            feeds[slot].voidBook("to be subscribed anew", time, options, &out)
        case (.requested, .level1), (.lost, .level1):
            feeds[slot].resetLevel1()
        case (.note(code: 10_167, _), .level1): setLevel1Kind(3, slot, time)
        case (.lost, .depth), (.refused, .depth), (.ended, .depth):
            feeds[slot].book.reset()
            feeds[slot].facts.ladderReset = nil
        default: break
        }
        forgetHalt(notice, route.role, slot)
        feeds[slot].tell(time, options, &out)
        feeds[slot].publishHeldVolume(time, options, &out)
    }

    /// A connection is being made.
    mutating func sessionBegins() {
        for slot in feeds.indices { feeds[slot].plan.sessionBegins(slot: slot, &actions) }
    }

    /// The end of a halt may be missed meanwhile; level 1 tells anew whether there is one.
    private mutating func forgetHalt(_ notice: StreamNotice, _ role: StreamRole, _ slot: Int) {
        switch notice {
        case .requested, .lost, .refused, .ended:
            if role == .level1 { feeds[slot].facts.isHaltedByLevel1 = false }
            if role == .trades { feeds[slot].facts.isHaltedByPrints = false }
        case .waiting, .note, .reset, .interrupted, .resumed: break
        }
    }

    /// A contract is resolved, or is not to be had.
    mutating func take(
        _ resolved: ResolvedContract?, for symbol: SymbolID, text: String, at time: Timestamp
    ) {
        guard let slot = feeds.firstIndex(where: { $0.symbol == symbol }) else { return }
        guard let resolved else {
            closeAll(slot, at: time)
            feeds[slot].facts.contractFault = "contract: \(text)"
            return feeds[slot].tell(time, options, &out)
        }
        feeds[slot].facts.contractFault = nil
        feeds[slot].keepHours(resolved.data)
        guard feeds[slot].contract != resolved.contract else { return feeds[slot].tell(time, options, &out) }
        closeAll(slot, at: time)
        feeds[slot].contract = resolved.contract
        for role in feeds[slot].plan.wanted {
            feeds[slot].plan.opened(role, at: time)
            actions.append(.open(slot: slot, role))
        }
        feeds[slot].tell(time, options, &out)
    }

    private mutating func closeAll(_ slot: Int, at time: Timestamp) {
        feeds[slot].contract = nil
        feeds[slot].unsettle()
        feeds[slot].book.reset()
        feeds[slot].resetLevel1()
        feeds[slot].facts.ladderReset = nil
        feeds[slot].facts.isHaltedByLevel1 = false
        feeds[slot].facts.isHaltedByPrints = false
        for role in StreamRole.allCases where feeds[slot].plan[role].phase != .off {
            feeds[slot].plan.closed(role, at: time)
            actions.append(.close(slot: slot, role))
        }
    }

    /// What to ask the client for to open a stream; `nil` while the contract is not known.
    func request(_ slot: Int, _ role: StreamRole) -> StreamRequest? {
        let feed = feeds[slot]
        guard let contract = feed.contract else { return nil }
        let kind: StreamKind =
            switch role {
            case .quotes: .tickByTickQuotes
            case .trades: .tickByTickTrades(includesUnreported: feed.wishes.trades == .allLast)
            case .depth:
                .depth(
                    rows: Int32(min(max(feed.wishes.depthRows, 1), LadderSide.capacity)),
                    isSmart: feed.wishes.isSmartDepth)
            case .level1: .level1(isDelayed: feed.plan.asksDelayed)
            }
        return StreamRequest(symbol: feed.symbol, contract: contract, kind: kind, priority: slot)
    }

    /// Looks for silence, and for what is due.
    mutating func timePassed(_ time: Timestamp) {
        for slot in feeds.indices {
            let openSince = feeds[slot].calendar.openSince(time)
            var isChanged = feeds[slot].plan.poll(time, openSince: openSince, slot: slot, &actions)
            if let openSince, feeds[slot].findStaleness(time, openSince, options) { isChanged = true }
            if feeds[slot].plan[.depth].phase == .flowing { feeds[slot].checkBook(time, options, &out) }
            if isChanged {
                feeds[slot].unsettle()
                feeds[slot].tell(time, options, &out)
            }
            feeds[slot].publishHeldVolume(time, options, &out)
        }
    }
}

extension InstrumentFeed {
    /// Finds streams that have been silent for too long.
    ///
    /// - Returns: whether there is a new one.
    mutating func findStaleness(
        _ time: Timestamp, _ openSince: Timestamp, _ options: IBKREventsOptions
    ) -> Bool {
        let quoteAt =
            plan.quoteSupply == .tickByTick ? max(plan[.quotes].lastAt, level1QuoteAt) : level1QuoteAt
        var isChanged = findMissingVolume(time, options)
        if markStale(
            .quotes, plan.quoteSupply != .nobody, quoteAt, options.staleAfter, time, openSince)
        {
            isChanged = true
        }
        if markStale(
            .depth, plan[.depth].phase == .flowing, plan[.depth].lastAt, options.staleAfter, time, openSince)
        {
            isChanged = true
        }
        let watchesTrades =
            options.tradesStaleAfter > 0 && plan[.trades].phase == .flowing
            && !facts.isStale[Int(FeedStream.quotes.rawValue)]
        if markStale(
            .trades, watchesTrades, plan[.trades].lastAt, options.tradesStaleAfter, time, openSince)
        {
            isChanged = true
        }
        return isChanged
    }

    private mutating func findMissingVolume(_ time: Timestamp, _ options: IBKREventsOptions) -> Bool {
        let level1 = plan[.level1]
        guard !facts.hasVolume, !facts.isVolumeOverdue, level1.phase == .flowing,
            time.since(level1.since) > options.firstDataGrace
        else { return false }
        facts.isVolumeOverdue = true
        return true
    }

    private mutating func markStale(
        _ stream: FeedStream, _ isWatched: Bool, _ lastAt: Timestamp, _ limit: Int64, _ time: Timestamp,
        _ openSince: Timestamp
    ) -> Bool {
        let index = Int(stream.rawValue)
        guard isWatched, !facts.isStale[index], time.since(max(lastAt, openSince)) > limit else {
            return false
        }
        facts.isStale[index] = true
        if stream == .quotes { forgetQuote() }
        return true
    }
}
