import Risk
import TradingModel

/// A venue's report as events of an order's life.
extension OrderLife {
    /// Folds a report: first what it says of the quantity, then of an execution, then where the order stands.
    ///
    /// - Parameters:
    ///   - isRepeat: whether its execution was booked before; it is then left out.
    ///   - counts: take every outcome.
    mutating func fold(_ report: OrderEvent, isRepeat: Bool = false, _ counts: inout OrderOutcomeCounts) {
        if report.quantity != quantity, !isDone, report.report != .replaceReject {
            counts.count(fold(.modifyAccepted(0, report.quantity)))
        }
        switch report.report {
        case .ack: foldAcknowledgement(report, &counts)
        case .fill: foldFill(report, isRepeat, &counts)
        case .cancel: counts.count(fold(.cancelled))
        case .reject: counts.count(fold(report.tellsUnsent ? .notSent : .rejected))
        // What it cost changes nothing of where it stands.
        case .commission: break
        case .expire: counts.count(fold(.expired))
        case .replace: foldAcknowledgement(report, &counts)
        case .replaceReject: counts.count(fold(.modifyRefused(0)))
        }
    }

    /// Also a change is confirmed so, and one to what has filled already ends the order.
    private mutating func foldAcknowledgement(_ report: OrderEvent, _ counts: inout OrderOutcomeCounts) {
        if requests.modify != 0 { counts.count(fold(.modifyAccepted(0, report.quantity))) }
        switch report.status {
        case .accepted, .partiallyFilled: counts.count(fold(.working))
        case .filled: counts.count(fold(.toldFilled))
        case .cancelled: counts.count(fold(.cancelled))
        case .rejected: counts.count(fold(.rejected))
        case .expired: counts.count(fold(.expired))
        }
    }

    private mutating func foldFill(_ report: OrderEvent, _ isRepeat: Bool, _ counts: inout OrderOutcomeCounts)
    {
        if isRepeat {
            counts.count(.absorbed(.repeated))
        } else if report.lastQuantity < .zero {
            counts.count(fold(.bust(-report.lastQuantity)))
        } else {
            counts.count(fold(.fill(report.lastQuantity)))
        }
        // A report with an end tells that nobody answers requests any more.
        guard report.status.isTerminal, !isDone || !requests.isEmpty else { return }
        switch report.status {
        case .accepted, .partiallyFilled: break
        case .filled: counts.count(fold(.toldFilled))
        case .cancelled: counts.count(fold(.cancelled))
        case .rejected: counts.count(fold(.rejected))
        case .expired: counts.count(fold(.expired))
        }
    }
}

extension OrderLife {
    /// Where an order of an earlier session stands: nobody knows whether one arrived that was never answered.
    init(_ restored: RestoredOrder, at now: Timestamp) {
        self.init(quantity: restored.quantity)
        _ = fold(.handedOver)
        if restored.filled > .zero { _ = fold(.fill(restored.filled)) }
        _ = fold(restored.isAcknowledged ? .working : .outcomeUnknown(at: now))
        switch restored.end {
        // One that was changed to what had filled is over all the same.
        case .filled?: _ = fold(filled >= quantity ? .toldFilled : .cancelled)
        case .cancelled?: _ = fold(.cancelled)
        case .rejected?: _ = fold(.rejected)
        case .expired?: _ = fold(.expired)
        case .accepted?, .partiallyFilled?, nil: break
        }
    }
}

extension OrderEvent {
    /// Whether we say ourselves that the order has not left.
    var tellsUnsent: Bool { report == .reject && venueOrderID == 0 && reason.hasPrefix(Self.unsentPrefix) }
}
