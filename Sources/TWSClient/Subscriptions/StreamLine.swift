import TradingModel

/// An open stream as an operator sees it.
public struct StreamLine: Hashable, Sendable {
    /// Which one.
    public var id: StreamID
    /// Of which instrument.
    public var symbol: SymbolID
    /// What it delivers.
    public var kind: StreamKind
    /// How it stands: `requested`, `waiting`, `not_live`, `no_line`, `tick_by_tick_interval` or `refused`.
    public var state: String
    /// The code it was refused with.
    public var code: Int32?

    init(_ id: StreamID, _ request: StreamRequest, _ state: StreamState) {
        self.id = id
        symbol = request.symbol
        kind = request.kind
        self.state = state.name
        if case .refused(let code) = state { self.code = code }
    }
}

extension StreamState {
    fileprivate var name: String {
        switch self {
        case .wanted(nil): "waiting"
        case .wanted(.notLive): "not_live"
        case .wanted(.noLine): "no_line"
        case .wanted(.tickByTickInterval): "tick_by_tick_interval"
        case .subscribed: "requested"
        case .refused: "refused"
        }
    }
}
