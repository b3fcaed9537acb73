import TradingModel

/// Reasons that we give, by which what we have ended is told from what the venue has.
extension OrderEvent {
    /// What the reason of a reject begins with when the order never left us.
    public static let unsentPrefix = "not sent: "
    /// Of what a kill has ended.
    public static let killReason = "kill switch"
    /// What the reason of what an operator has ended begins with.
    public static let wishedPrefix = "cancelled by "
    /// Of what ends with its session.
    public static let sessionEndReason = "session end"
    /// That of a report that a cancel was refused: the order works on.
    public static let cancelRefusal = "cancel refused"
    /// Of what is cancelled once a broker is back that was gone for too long.
    public static let absenceReason = "broker was gone"
    /// Of reduce-only orders that the position has no room for.
    public static let smallerReason = "reduce-only: the position is smaller now"
    /// Of an exit whose twin has taken out what it was for.
    public static let twinReason = "the other exit has filled"

    /// Whether the venue has ended the order and nobody on our side wanted that.
    var isEndedByVenue: Bool {
        (report == .cancel || report == .reject) && !reason.isOurWish && !reason.hasPrefix(Self.unsentPrefix)
    }

    /// What somebody on our side wanted when an order did not leave; `nil` where nobody did, or it left.
    ///
    /// - Parameter reason: of a reject.
    public static func wish(inReject reason: String) -> String? {
        guard reason.hasPrefix(unsentPrefix) else { return nil }
        let rest = String(reason.dropFirst(unsentPrefix.count))
        return rest.isOurWish ? rest : nil
    }

    /// Whether the order has not left, or never reached the venue, and nobody wanted that.
    var isUnsent: Bool {
        report == .reject && venueOrderID == 0 && reason.hasPrefix(Self.unsentPrefix)
            && Self.wish(inReject: reason) == nil
    }
}

extension String {
    fileprivate var isOurWish: Bool {
        hasPrefix(OrderEvent.wishedPrefix)
            || [
                OrderEvent.killReason, OrderEvent.sessionEndReason, OrderEvent.absenceReason,
                OrderEvent.smallerReason, OrderEvent.twinReason,
            ].contains(self)
    }
}
