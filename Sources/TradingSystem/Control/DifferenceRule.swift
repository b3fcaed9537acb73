/// Whether a release may go past differences between our books and the broker's.
struct DifferenceRule: Sendable {
    /// Whether the kill of everything is ended, not lowered.
    var isWhole: Bool
    /// Whether the kill is there because of differences.
    var isDrift: Bool
    /// Whether the broker's positions are to be taken for right.
    var accepts: Bool
    var hasBroker: Bool
    var isConnected: Bool
    /// What differs now, in words.
    var differences: [String]
    /// What differs in another way than it was told, so that it may still be on its way, in words.
    var unsettled: [String] = []

    /// Why it may not; `nil` where it may.
    var refusal: String? {
        if accepts {
            guard hasBroker else { return "there is no broker whose positions could be accepted" }
            guard isWhole else { return "positions are accepted with the end of a kill of everything alone" }
            guard isConnected else { return "positions are accepted while the broker is connected alone" }
            guard unsettled.isEmpty else {
                return "what differs is not settled yet: \(unsettled.joined(separator: "; ")); look again"
            }
            return nil
        }
        // Whoever has raised a kill by drift, to flatten say, has not settled what differs.
        guard isDrift || isWhole, !differences.isEmpty else { return nil }
        return
            "our books still differ from the broker's: \(differences.joined(separator: "; ")); find out why, "
            + "then --accept-positions takes the broker's for right"
    }
}
