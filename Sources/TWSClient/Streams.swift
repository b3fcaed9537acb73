import TWSProtocol
import TradingModel

/// One stream that is wanted, for as long as it is wanted: stays the same over every resubscription.
///
/// Dense from 0, given in the order of `StreamControl.open`, reused after `close`.
public struct StreamID: Hashable, Sendable, BitwiseCopyable {
    /// Dense index; the request id of `MarketMessage`s handed to a `MarketDataListener` is replaced by it.
    public let rawValue: Int32

    /// The index itself.
    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// What a stream delivers and how it is asked for.
public enum StreamKind: Hashable, Sendable {
    /// reqTickByTickData BidAsk: every change of best bid and ask.
    case tickByTickQuotes
    /// reqTickByTickData AllLast, or Last: every print.
    case tickByTickTrades(includesUnreported: Bool)
    /// reqMktDepth.
    case depth(rows: Int32, isSmart: Bool)
    /// reqMktData: conflated snapshots of level 1; `isDelayed` asks for market data type 3.
    case level1(isDelayed: Bool)
}

extension StreamKind {
    /// snake_case name: `tick_by_tick_quotes`, `depth`, `level1_delayed` …
    public var name: StaticString {
        switch self {
        case .tickByTickQuotes: "tick_by_tick_quotes"
        case .tickByTickTrades: "tick_by_tick_trades"
        case .depth: "depth"
        case .level1(isDelayed: false): "level1"
        case .level1(isDelayed: true): "level1_delayed"
        }
    }
}

/// A wish for a stream.
public struct StreamRequest: Hashable, Sendable {
    /// Our instrument.
    public var symbol: SymbolID
    /// IBKR's, resolved: with its contract id and exchange.
    public var contract: Contract
    /// What is wanted.
    public var kind: StreamKind
    /// Where lines are short, the lower number gets them; the instrument's place in the settings.
    public var priority: Int

    /// A wish.
    public init(symbol: SymbolID, contract: Contract, kind: StreamKind, priority: Int) {
        self.symbol = symbol
        self.contract = contract
        self.kind = kind
        self.priority = priority
    }
}

/// What became of a stream; told on the client's queue.
public enum StreamNotice: Hashable, Sendable {
    /// The request is on the wire; data may follow.
    case requested
    /// It cannot be asked for yet.
    case waiting(StreamWait)
    /// The gateway will not deliver it; it is not asked for again until `StreamControl.retry`.
    case refused(code: Int32, text: String)
    /// It had been delivered and has ended by the gateway's word (316, 10182, 354 …); asked for again by `retry`.
    case ended(code: Int32, text: String)
    /// Something to know; the stream lives on (10167 delayed data follow, 10090, 2152 …).
    case note(code: Int32, text: String)
    /// 317: both sides of the book are void, fresh rows follow.
    case reset
    /// The connection or the gateway's link is lost, or its data were (1101): what was told is void. It is asked for again by
    /// the client itself.
    case lost
    /// The link to IBKR is down or a data farm is broken: nothing may come; the subscription stands.
    case interrupted(code: Int32)
    /// Link or farm are well again: data should come; whoever watches for silence begins to count.
    case resumed(code: Int32)
}

/// Why a stream waits.
public enum StreamWait: Hashable, Sendable {
    /// The session is not live.
    case notLive
    /// All lines of its kind are in use by instruments that come first.
    case noLine
    /// Its instrument had a tick-by-tick request less than 15 s ago.
    case tickByTickInterval
}

/// Opens and closes streams; declarative: what is open is subscribed again after every reconnect and 1101.
///
/// To be called on the client's queue only.
public protocol StreamControl: AnyObject, Sendable {
    /// Wants a stream from now on.
    func open(_ request: StreamRequest) -> StreamID

    /// No longer wants it; what still comes of it is dropped.
    func close(_ stream: StreamID)

    /// Asks again for a stream that was refused or has ended, or cancels and asks again for one that is silent or
    /// whose book is broken.
    func retry(_ stream: StreamID)
}
