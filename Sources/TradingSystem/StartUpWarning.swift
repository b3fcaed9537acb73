/// Something about the start of a session that somebody has to look at before it trades.
struct StartUpWarning: Sendable, Hashable {
    /// What it is about.
    enum Kind: String, Sendable, CaseIterable {
        /// A setting that is unusual for the profile, such as its port.
        case settings
        /// The profile does not trade in this mode.
        case profile
        /// An account of the login does not fit the profile.
        case account
        /// Orders were found at the broker.
        case foundAtBroker = "found_at_broker"
        /// Orders of an earlier session may still work there.
        case leftAtBroker = "left_at_broker"
        /// What earlier sessions have used up of the limits is not known, or not all of it.
        case budget
        /// The clock is not synchronised, or not well enough.
        case clock

        /// Why it cannot be acknowledged; `nil` where it can.
        var obstacle: String? {
            switch self {
            case .settings, .foundAtBroker, .leftAtBroker, .budget, .clock: nil
            case .profile: "a developer's limits are not for an account"
            case .account: "orders would go to an account that the profile's limits are not for"
            }
        }
    }

    let kind: Kind
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// The warning, and why it cannot be acknowledged, for people.
    var words: String { kind.obstacle.map { "\(text) (cannot be acknowledged: \($0))" } ?? text }
}
