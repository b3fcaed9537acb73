import TWSProtocol
import TradingModel

/// Which executions are asked for. Days are those of UTC; without a word about time, the current one.
struct ExecutionFilter: Sendable {
    private let request: RequestExecutions
    private let since: Timestamp
    private let days: Set<String>

    /// - Returns: `nil` when time, day or side is none.
    init?(_ request: RequestExecutions, at time: Timestamp) {
        self.request = request
        guard ["", "BUY", "SELL", "BOT", "SLD"].contains(request.side) else { return nil }
        days = Set(request.dates.map { "\($0.day)" })
        let day: Int64 = 86_400_000_000_000
        let midnight = time.floored(to: day)
        if !request.time.isEmpty {
            guard let since = GatewayTime.read(request.time) else { return nil }
            self.since = since
        } else if let last = request.lastDays {
            guard 0...3_650 ~= last else { return nil }
            since = midnight.advanced(by: -day * Int64(max(0, last - 1)))
        } else {
            since = days.isEmpty ? midnight : .zero
        }
    }

    func fits(_ execution: BookedExecution, _ order: BookedOrder, _ contract: Contract) -> Bool {
        guard execution.time >= since else { return false }
        guard days.isEmpty || days.contains(GatewayTime.date(execution.time)) else { return false }
        guard request.clientID == 0 || request.clientID == order.key.client else { return false }
        func says(_ wanted: String, _ value: String) -> Bool { wanted.isEmpty || wanted == value }
        return says(request.account, order.terms.account) && says(request.symbol, contract.symbol)
            && says(request.securityType, contract.securityType)
            && says(request.exchange, order.terms.exchange)
            && isSide(order.terms.side)
    }

    private func isSide(_ side: Side) -> Bool {
        switch request.side {
        case "BUY", "BOT": side == .buy
        case "SELL", "SLD": side == .sell
        default: true
        }
    }
}
