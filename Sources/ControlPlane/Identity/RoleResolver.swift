import Glibc

/// Gives a peer its role, from numbers resolved once; a value, so that a reload swaps it as a whole.
public struct RoleResolver: Equatable, Sendable {
    /// The groups that give a role; `nil` where the system has no such group.
    public struct Groups: Equatable, Sendable {
        /// Members are operators.
        public var operators: gid_t?
        /// Members are auditors.
        public var auditors: gid_t?
        /// Members are developers.
        public var developers: gid_t?

        /// Group ids by role.
        public init(operators: gid_t? = nil, auditors: gid_t? = nil, developers: gid_t? = nil) {
            self.operators = operators
            self.auditors = auditors
            self.developers = developers
        }

        /// `tradingd-operator`, `tradingd-auditor` and `tradingd-dev`, looked up now.
        public static func ofThisSystem() -> Groups {
            Groups(
                operators: SystemGroup.identifier(of: "tradingd-operator"),
                auditors: SystemGroup.identifier(of: "tradingd-auditor"),
                developers: SystemGroup.identifier(of: "tradingd-dev"))
        }
    }

    private enum Rule: Equatable {
        case groups(Groups, auditorsMayOperate: Bool)
        case owner(uid_t, Role)
    }

    private let rule: Rule

    /// Roles by group, as a service.
    ///
    /// - Parameter auditorsMayOperate: what holds for somebody in the auditors' group and in another one. Off,
    ///   the default, keeps duties apart: such a person is an auditor and changes nothing.
    public static func byGroups(_ groups: Groups, auditorsMayOperate: Bool = false) -> RoleResolver {
        RoleResolver(rule: .groups(groups, auditorsMayOperate: auditorsMayOperate))
    }

    /// Roles outside systemd: the daemon's own user is Dev under `dev`, Operator under `paper` and `prod`;
    /// root is Operator; nobody else has a role.
    public static func byOwner(_ uid: uid_t, profile: DaemonProfile) -> RoleResolver {
        RoleResolver(rule: .owner(uid, profile == .dev ? .dev : .operator))
    }

    /// `byGroups` when systemd gave the process a runtime directory, `byOwner` otherwise.
    public static func ofThisProcess(
        profile: DaemonProfile, environment: Environment = .process, auditorsMayOperate: Bool = false
    ) -> RoleResolver {
        environment["RUNTIME_DIRECTORY"] == nil
            ? byOwner(geteuid(), profile: profile)
            : byGroups(.ofThisSystem(), auditorsMayOperate: auditorsMayOperate)
    }

    private init(rule: Rule) { self.rule = rule }

    /// The role of `peer`. Root is Operator always.
    public func role(of peer: Peer) -> Role {
        if peer.uid == 0 { return .operator }
        switch rule {
        case .owner(let uid, let role): return peer.uid == uid ? role : .unprivileged
        case .groups(let groups, let auditorsMayOperate):
            return Self.role(of: peer, groups, auditorsMayOperate: auditorsMayOperate)
        }
    }

    private static func role(of peer: Peer, _ groups: Groups, auditorsMayOperate: Bool) -> Role {
        func belongs(to group: gid_t?) -> Bool { group.map(peer.belongs(to:)) ?? false }
        let audits = belongs(to: groups.auditors)
        if audits && !auditorsMayOperate { return .auditor }
        if belongs(to: groups.operators) { return .operator }
        if belongs(to: groups.developers) { return .dev }
        return audits ? .auditor : .unprivileged
    }
}

/// Looks up groups by name.
enum SystemGroup {
    /// The gid of the group `name`; `nil` when there is none or the lookup fails (no role is then given).
    static func identifier(of name: String) -> gid_t? {
        var size = 1_024
        while size <= 1 << 20 {
            var entry = group()
            var found: UnsafeMutablePointer<group>?
            var buffer = [CChar](repeating: 0, count: size)
            let result = getgrnam_r(name, &entry, &buffer, buffer.count, &found)
            if result == 0 { return found == nil ? nil : entry.gr_gid }
            guard result == ERANGE || result == EINTR else { return nil }
            if result == ERANGE { size *= 4 }
        }
        return nil
    }
}
