import ExactJSON
import Glibc
import Platform
import Testing

@testable import ControlPlane

@Suite("Roles and permissions")
struct PermissionMatrixTests {
    /// The matrix as it was agreed, written down a second time: for dev, operator, auditor and none the
    /// profiles dev, paper, prod; `x` allowed, `-` refused.
    private static let agreed = """
        rpc.hello           xxx xxx xxx xxx
        rpc.discover        xx- xxx xxx ---
        status              xxx xxx xxx ---
        health              xx- xxx xxx ---
        version             xx- xxx xxx ---
        metrics             xx- xxx xxx ---
        snapshot.dom        xxx xxx xxx ---
        snapshot.delta      xxx xxx xxx ---
        snapshot.tape       xxx xxx xxx ---
        snapshot.footprint  xxx xxx xxx ---
        snapshot.orders     xxx xxx xxx ---
        snapshot.positions  xxx xxx xxx ---
        position.list       xx- xxx xxx ---
        fill.list           xx- xxx xxx ---
        snapshot.risk       xxx xxx xxx ---
        snapshot.config     xxx xxx xxx ---
        why                 xxx xxx xxx ---
        killswitch.status   xx- xxx xxx ---
        killswitch.engage   xx- xxx --- ---
        killswitch.release  x-- xxx --- ---
        mode.show           xx- xxx xxx ---
        mode.arm            x-- xxx --- ---
        mode.disarm         x-- xxx --- ---
        mode.switch         x-- xxx --- ---
        risk.show           xx- xxx xxx ---
        risk.check          xx- xxx xxx ---
        risk.set            x-- xxx --- ---
        risk.override       x-- xxx --- ---
        mode.ack_warnings   x-- xxx --- ---
        order.submit        x-- xxx --- ---
        order.modify        x-- xxx --- ---
        order.cancel        xx- xxx --- ---
        order.cancel_all    xx- xxx --- ---
        order.list          xx- xxx xxx ---
        order.show          xx- xxx xxx ---
        trip.show           xx- xxx xxx ---
        trip.clear          x-- xxx --- ---
        order.unresolved    xx- xxx xxx ---
        recon.show          xx- xxx xxx ---
        recon.accept        x-- xxx --- ---
        fault.show          xx- xxx xxx ---
        log.show            xx- xxx xxx ---
        log.level           x-- xxx --- ---
        """

    private static let parameters = [
        "snapshot.dom": #"{"symbol":"X"}"#, "snapshot.delta": #"{"symbol":"X"}"#,
        "snapshot.tape": #"{"symbol":"X"}"#, "snapshot.footprint": #"{"symbol":"X"}"#,
        "mode.switch": #"{"mode":"sim"}"#,
        "risk.check": #"{"symbol":"X","side":"buy","quantity":"1"}"#, "log.level": #"{"level":"info"}"#,
        "trip.clear": #"{"name":"drift"}"#,
        "order.submit": #"{"symbol":"X","side":"buy","quantity":"1"}"#,
        "order.modify": #"{"order":"c-1-1"}"#,
        "order.cancel": #"{"order":"c-1-1"}"#, "order.show": #"{"order":"c-1-1"}"#,
    ]

    @Test("allows exactly the agreed cells, for every method, role and profile")
    func matrix() throws {
        let lines = Self.agreed.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.map { $0[0] } == MethodTable.methods.map(\.name))
        for line in lines {
            for (roleIndex, role) in [Role.dev, .operator, .auditor, .unprivileged].enumerated() {
                for (profile, cell) in zip(DaemonProfile.allCases, line[roleIndex + 1]) {
                    let rig = try DispatcherRig(profile: profile)
                    let text = requestText(line[0], params: Self.parameters[line[0]])
                    let code = try rig.code(text, role: role)
                    #expect(code == (cell == "x" ? 0 : -32001), "\(line[0]) \(role) \(profile)")
                    let ran = rig.calls.withLock { $0 }
                    #expect(ran == (cell == "x" && !line[0].hasPrefix("rpc.") ? [line[0]] : []))
                }
            }
        }
    }

    @Test("does not tell a caller without role which methods exist")
    func strangers() throws {
        let rig = try DispatcherRig()
        #expect(try rig.code(requestText("no.such"), role: .unprivileged) == -32001)
        #expect(rig.observations.withLock { $0.count } == 1)
    }

    @Test("gives roles by group, keeping duties apart")
    func groups() {
        let groups = RoleResolver.Groups(operators: 10, auditors: 20, developers: 30)
        let resolver = RoleResolver.byGroups(groups)
        func role(uid: uid_t = 1_000, gid: gid_t = 1, _ groups: gid_t...) -> Role {
            resolver.role(of: Peer(pid: 1, uid: uid, gid: gid, groups: groups))
        }
        #expect(role() == .unprivileged)
        #expect(role(10) == .operator && role(gid: 10) == .operator)
        #expect(role(5, 20) == .auditor && role(30, 5) == .dev)
        #expect(role(10, 20) == .auditor && role(20, 30) == .auditor && role(10, 30) == .operator)
        #expect(role(uid: 0) == .operator && role(uid: 0, 20) == .operator)
        let relaxed = RoleResolver.byGroups(groups, auditorsMayOperate: true)
        #expect(relaxed.role(of: Peer(pid: 1, uid: 1, gid: 10, groups: [20])) == .operator)
        #expect(relaxed.role(of: Peer(pid: 1, uid: 1, gid: 20)) == .auditor)
        let without = RoleResolver.byGroups(RoleResolver.Groups())
        #expect(without.role(of: Peer(pid: 1, uid: 1, gid: 0)) == .unprivileged)
    }

    @Test("gives roles by owner outside systemd")
    func owner() {
        func role(_ uid: uid_t, owner: uid_t, _ profile: DaemonProfile) -> Role {
            RoleResolver.byOwner(owner, profile: profile).role(of: Peer(pid: 1, uid: uid, gid: uid))
        }
        #expect(role(1_000, owner: 1_000, .dev) == .dev)
        #expect(role(1_000, owner: 1_000, .paper) == .operator)
        #expect(role(1_000, owner: 1_000, .prod) == .operator)
        #expect(role(0, owner: 1_000, .dev) == .operator && role(0, owner: 0, .dev) == .operator)
        #expect(role(1_001, owner: 1_000, .dev) == .unprivileged)
    }

    @Test("chooses the rule by the runtime directory and looks groups up by name")
    func ofThisProcess() {
        let outside = RoleResolver.ofThisProcess(profile: .prod, environment: Environment([:]))
        #expect(outside == .byOwner(geteuid(), profile: .prod))
        let service = RoleResolver.ofThisProcess(
            profile: .prod, environment: Environment(["RUNTIME_DIRECTORY": "/run/tradingd-prod"]))
        #expect(service == .byGroups(.ofThisSystem()))
        #expect(SystemGroup.identifier(of: "root") == 0)
        #expect(SystemGroup.identifier(of: "no-such-group-here") == nil)
    }
}
