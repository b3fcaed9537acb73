import TWSProtocol
import TradingModel

/// The session has changed its state.
public struct SessionChange: Hashable, Sendable {
    /// Before.
    public var from: SessionState
    /// Now.
    public var to: SessionState
    /// Why, in words.
    public var reason: String
    /// When, UTC by the client's anchored clock.
    public var time: Timestamp

    /// A change.
    public init(from: SessionState, to: SessionState, reason: String, time: Timestamp) {
        self.from = from
        self.to = to
        self.reason = reason
        self.time = time
    }
}

/// Who makes events out of market data. Called on the client's queue only.
public protocol MarketDataListener: AnyObject, Sendable {
    /// The session has changed its state.
    func sessionChanged(_ change: SessionChange)

    /// The frequent messages of open streams, in the order they came; `requestID` is the `StreamID`. Several calls a
    /// read of the socket are possible.
    func take(_ messages: Span<MarketMessage>, at time: Timestamp)

    /// A less frequent message of a stream: tickString, tickGeneric, marketDataType, tickReqParams.
    func take(_ message: ServerMessage, of stream: StreamID, at time: Timestamp)

    /// What became of a stream.
    func take(_ notice: StreamNotice, of stream: StreamID, at time: Timestamp)

    /// A contract is resolved, again after every reconnect. `nil` when the gateway knows none or several; the text says it.
    func take(_ contract: ResolvedContract?, for symbol: SymbolID, text: String, at time: Timestamp)

    /// What one read of the socket has brought is told: a batch ends.
    func readEnded(at time: Timestamp)

    /// Comes some ten times a second while the client runs, whatever its state.
    func timePassed(_ time: Timestamp)
}

/// Who follows orders and books. Called on the client's queue only.
public protocol OrderListener: AnyObject, Sendable {
    /// The session has changed its state. With `reconciling` the client asks for open orders, executions, positions and
    /// completed orders; the answers come through `take`.
    func sessionChanged(_ change: SessionChange)

    /// One of orderStatus, openOrder (its end), execDetails (its end), commissionReport, position (its end), completedOrder
    /// (its end), orderBound, managedAccounts, nextValidId.
    func take(_ message: ServerMessage, at time: Timestamp)

    /// An error message with the id of an order. The client makes no note of it: to tell it is the listener's part.
    func take(_ error: ErrorMessage, at time: Timestamp)

    /// All answers of a reconciliation are in; the listener compares. The session goes live when it returns.
    func reconciled(at time: Timestamp)

    /// An order, change or cancel that had been queued has not left and never will.
    func unsent(_ orderID: Int32, isCancel: Bool, reason: String, at time: Timestamp)

    /// Comes some ten times a second while the client runs, whatever its state.
    func timePassed(_ time: Timestamp)
}

/// What the gateway says of a contract.
public struct ResolvedContract: Hashable, Sendable {
    /// With contract id and exchange, ready for requests.
    public var contract: Contract
    /// Everything it said.
    public var data: ContractData
    /// Price steps by price, ascending, where the gateway told a market rule; empty otherwise.
    public var priceSteps: [PriceStep]

    /// A resolved contract.
    public init(contract: Contract, data: ContractData, priceSteps: [PriceStep] = []) {
        self.contract = contract
        self.data = data
        self.priceSteps = priceSteps
    }

    /// From `lowEdge` on, prices move by `increment`.
    public struct PriceStep: Hashable, Sendable {
        /// Lowest price it holds for.
        public var lowEdge: Price
        /// Step.
        public var increment: Price

        /// A step.
        public init(lowEdge: Price, increment: Price) {
            self.lowEdge = lowEdge
            self.increment = increment
        }
    }
}
