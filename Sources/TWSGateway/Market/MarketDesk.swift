import TWSProtocol
import TradingModel

/// Market data of the gateway: what the markets did, and who wants to know.
struct MarketDesk: Sendable {
    let search: ContractSearch
    private let limits: GatewayLimits

    init(_ instruments: [GatewayInstrument], _ limits: GatewayLimits, unsubscribed: Set<String>) {
        search = ContractSearch(instruments: instruments)
        self.limits = limits
    }

    var counts: (lines: Int, depth: Int, tickByTick: Int) { (0, 0, 0) }
    var nextDeadline: Timestamp? { nil }
    func knows(_ symbol: SymbolID) -> Bool { false }
    mutating func take(_ event: MarketEvent, at time: Timestamp, _ outbox: inout GatewayOutbox) {}
    mutating func sessionEnded(_ session: SessionID) {}
    mutating func advance(to time: Timestamp, _ outbox: inout GatewayOutbox) {}
}
