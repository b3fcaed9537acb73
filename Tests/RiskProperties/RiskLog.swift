import Risk
import TradingModel

/// What an engine was told, and what it said to that: enough to tell it to another one.
struct RiskLog {
    private enum Entry {
        case order(OrderRequest, Timestamp, RiskQuotes, RiskDecision)
        case change(ModifyRequest, OrderRequest, Timestamp, RiskQuotes, RiskDecision)
        case report(OrderEvent, SymbolID)
        case notice(SystemNotice, Timestamp)
        case confirmed(ModifyRequest)
        case refused(ClientOrderID)
    }

    private var entries: [Entry] = []
    private(set) var decisions = 0

    mutating func add(_ decision: RiskDecision, _ request: OrderRequest, _ quotes: RiskQuotes) {
        decisions += 1
        entries.append(.order(request, quotes.time, quotes, decision))
    }

    mutating func add(
        _ decision: RiskDecision, _ change: ModifyRequest, of request: OrderRequest, _ quotes: RiskQuotes
    ) {
        decisions += 1
        entries.append(.change(change, request, quotes.time, quotes, decision))
    }

    mutating func add(_ report: OrderEvent, _ symbol: SymbolID) { entries.append(.report(report, symbol)) }
    mutating func add(_ notice: SystemNotice, _ time: Timestamp) { entries.append(.notice(notice, time)) }

    mutating func add(answer change: ModifyRequest, isAgreed: Bool) {
        entries.append(isAgreed ? .confirmed(change) : .refused(change.id))
    }

    /// Tells all of it to another engine.
    ///
    /// - Returns: the first verdict that is another one now, in words.
    func replay(to engine: inout RiskEngine) -> String? {
        for (place, entry) in entries.enumerated() {
            switch entry {
            case .order(let request, let now, let quotes, let decision):
                guard engine.decide(request, now: now, quotes: quotes) == decision else {
                    return "replayed, entry \(place), the order \(request.id) is judged otherwise"
                }
            case .change(let change, let request, let now, let quotes, let decision):
                guard engine.decide(change, of: request, now: now, quotes: quotes) == decision else {
                    return "replayed, entry \(place), the change of \(request.id) is judged otherwise"
                }
            case .report(let report, let symbol): engine.fold(report, symbol)
            case .notice(let notice, let time): engine.fold(notice, at: time)
            case .confirmed(let change): engine.confirm(change)
            case .refused(let id): engine.refuseModify(id)
            }
        }
        return nil
    }
}
