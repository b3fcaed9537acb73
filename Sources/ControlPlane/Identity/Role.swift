/// What a caller may do; the method table says what each role means for each method.
public enum Role: String, CaseIterable, Sendable {
    /// A developer: everything in `dev`, little in `paper`, a look at `prod`.
    case dev
    /// Runs the system.
    case `operator`
    /// Reads everything, changes nothing.
    case auditor
    /// Could connect but is in no group that gives a role; `none` on the wire.
    case unprivileged = "none"
}

/// The profile a daemon runs under.
public enum DaemonProfile: String, CaseIterable, Sendable {
    /// Development: simulation and replay.
    case dev
    /// The broker's paper account.
    case paper
    /// Real money.
    case prod
}
