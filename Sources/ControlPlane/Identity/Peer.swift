import CLinux
import Glibc
import Platform

/// The process at the other end of a Unix-domain socket, as the kernel noted it when it connected.
public struct Peer: Equatable, Sendable {
    /// Process id; for the audit only, as it may be reused.
    public let pid: pid_t
    /// Effective user id.
    public let uid: uid_t
    /// Effective group id.
    public let gid: gid_t
    /// Supplementary group ids.
    public let groups: [gid_t]

    /// A peer.
    public init(pid: pid_t, uid: uid_t, gid: gid_t, groups: [gid_t] = []) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
        self.groups = groups
    }

    /// Asks the kernel about the peer of a connected socket (SO_PEERCRED, SO_PEERGROUPS).
    ///
    /// Nothing is looked up by name or in `/proc`: a group given to the user later counts only after the user
    /// has logged in with it.
    /// - Throws: `SystemError` of the call that failed.
    public init(socket: Int32) throws(SystemError) {
        var pid = pid_t()
        var uid = uid_t()
        var gid = gid_t()
        guard tradingd_peer_credentials(socket, &pid, &uid, &gid) == 0 else {
            throw SystemError("getsockopt", "SO_PEERCRED")
        }
        self.init(pid: pid, uid: uid, gid: gid, groups: try Self.groups(of: socket))
    }

    /// True when the peer has that group, as primary or supplementary one.
    public func belongs(to group: gid_t) -> Bool { gid == group || groups.contains(group) }

    /// The kernel allows 65,536 groups a process.
    private static func groups(of socket: Int32) throws(SystemError) -> [gid_t] {
        var groups = [gid_t](repeating: 0, count: 64)
        for _ in 0..<2 {
            var count = UInt32(groups.count)
            if tradingd_peer_groups(socket, &groups, &count) == 0 { return Array(groups.prefix(Int(count))) }
            guard errno == ERANGE, count <= 65_536 else { break }
            groups = [gid_t](repeating: 0, count: Int(count))
        }
        throw SystemError("getsockopt", "SO_PEERGROUPS")
    }
}
