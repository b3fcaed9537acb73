import ExactJSON
import Risk
import TradingModel

/// What was simulated in place of real orders, counted.
public struct ShadowTally: Sendable, Hashable {
    /// Times it stood in.
    public internal(set) var times = 0
    /// Orders that were sent to the simulated venue.
    public internal(set) var sent = 0
    /// Intents that its controls refused.
    public internal(set) var denied = 0
    private var reports = [Int](repeating: 0, count: OrderReport.allCases.count)

    /// Nothing yet.
    public init() {}

    /// Reports of the simulated venue.
    public subscript(report: OrderReport) -> Int { reports[Int(report.rawValue)] }

    mutating func count(_ report: OrderEvent) {
        // Those that controls refused are counted as that.
        guard !report.reason.hasPrefix(OrderEvent.unsentPrefix) else { return }
        reports[Int(report.report.rawValue)] += 1
    }
}

extension SystemNotice {
    /// Members of the audit line that says when it begins and ends.
    func writeShadow(to json: inout JSONWriter) {
        json.key("reason")
        json.string(reason)
        guard kind == .shadowEnded else { return }
        json.key("book")
        json.string(detail)
    }
}

extension OrderRequest {
    /// Members of the audit line of an intent that is simulated.
    ///
    /// - Parameter refusal: why it was refused; `nil` where it was sent to the simulated venue.
    func writeShadow(_ refusal: RiskReason?, to json: inout JSONWriter) {
        json.key("cid")
        json.orderID(id)
        json.key("symbol")
        json.string(symbol.name)
        json.key("strategy")
        json.string(strategy.name)
        json.key("side")
        json.string(side.name)
        json.key("qty")
        json.quantityText(quantity)
        json.key("limit")
        if let limitPrice { json.priceText(limitPrice) } else { json.null() }
        json.key("signal_seq")
        json.integer(signalSequence)
        json.key("denied")
        if let refusal { json.string(refusal.code) } else { json.null() }
    }
}
