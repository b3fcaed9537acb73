/// The profiles in which something is allowed.
public struct ProfileSet: OptionSet, Sendable {
    /// One bit a profile.
    public let rawValue: UInt8

    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Allowed under `dev`.
    public static let dev = ProfileSet(rawValue: 1)
    /// Allowed under `paper`.
    public static let paper = ProfileSet(rawValue: 2)
    /// Allowed under `prod`.
    public static let prod = ProfileSet(rawValue: 4)
    /// Allowed under every profile.
    public static let all: ProfileSet = [.dev, .paper, .prod]

    /// True when `profile` is in the set.
    public func allows(_ profile: DaemonProfile) -> Bool {
        switch profile {
        case .dev: contains(.dev)
        case .paper: contains(.paper)
        case .prod: contains(.prod)
        }
    }
}

/// One cell row of the permission matrix: under which profiles each role may call a method.
public struct Access: Equatable, Sendable {
    /// Profiles for `Role.dev`.
    public let dev: ProfileSet
    /// Profiles for `Role.operator`.
    public let `operator`: ProfileSet
    /// Profiles for `Role.auditor`.
    public let auditor: ProfileSet
    /// Profiles for callers without a role.
    public let unprivileged: ProfileSet

    /// The profiles of `role`.
    public func profiles(for role: Role) -> ProfileSet {
        switch role {
        case .dev: dev
        case .operator: `operator`
        case .auditor: auditor
        case .unprivileged: unprivileged
        }
    }

    static let everyone = Access(dev: .all, operator: .all, auditor: .all, unprivileged: .all)
    /// Read by all roles, everywhere.
    static let readers = Access(dev: .all, operator: .all, auditor: .all, unprivileged: [])
    /// Read by all roles; a developer not in production.
    static let insiders = Access(dev: [.dev, .paper], operator: .all, auditor: .all, unprivileged: [])
    /// Stops trading: also for a developer in paper.
    static let stoppers = Access(dev: [.dev, .paper], operator: .all, auditor: [], unprivileged: [])
    /// Lets trading go on, or changes how: a developer in `dev` only.
    static let operators = Access(dev: .dev, operator: .all, auditor: [], unprivileged: [])
}

/// One method of the control plane: a row of the method table.
public struct ControlMethod: Equatable, Sendable {
    /// Whether a call changes anything.
    public enum Effect: String, Sendable {
        /// Reads only.
        case query
        /// Changes state: needs an `id`, and stands alone in its batch.
        case mutating
    }

    /// The name on the wire.
    public let name: String
    /// One line for people.
    public let summary: String
    /// Reads or changes.
    public let effect: Effect
    /// Who may call it.
    public let access: Access
    /// What it takes; mutating methods also take `reason` and `request_id`.
    public let parameters: [ParameterRule]
    /// How long a deferred answer may take before the caller is told `timeout`; the work itself goes on.
    public let answerDeadline: Duration

    static func query(
        _ name: String, _ summary: String, _ access: Access, _ parameters: ParameterRule...
    ) -> ControlMethod {
        ControlMethod(
            name: name, summary: summary, effect: .query, access: access, parameters: parameters,
            answerDeadline: .seconds(2))
    }

    static func mutating(
        _ name: String, _ summary: String, _ access: Access, within deadline: Duration,
        _ parameters: ParameterRule...
    ) -> ControlMethod {
        let common: [ParameterRule] = [
            .optional("reason", .text(longest: 1_024)), .optional("request_id", .text(longest: 128)),
        ]
        return ControlMethod(
            name: name, summary: summary, effect: .mutating, access: access, parameters: parameters + common,
            answerDeadline: deadline)
    }

    /// True when `role` may call it under `profile`.
    public func allows(_ role: Role, under profile: DaemonProfile) -> Bool {
        access.profiles(for: role).allows(profile)
    }
}
