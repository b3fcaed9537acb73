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
    /// Of what is cancelled once a broker is back that was gone for too long.
    public static let absenceReason = "broker was gone"
    /// Of reduce-only orders that the position has no room for.
    public static let smallerReason = "reduce-only: the position is smaller now"
    /// Of an exit whose twin has taken out what it was for.
    public static let twinReason = "the other exit has filled"

    /// Whether an order has ended because somebody on our side wanted it to.
    var isEndedByUs: Bool { reason.isOurWish }

    /// Whether the order has not left, or never reached the venue, and nobody wanted that.
    var isUnsent: Bool {
        report == .reject && venueOrderID == 0 && reason.hasPrefix(Self.unsentPrefix)
            && !String(reason.dropFirst(Self.unsentPrefix.count)).isOurWish
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
