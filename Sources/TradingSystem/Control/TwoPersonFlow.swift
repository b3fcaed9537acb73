import Configuration
import ControlPlane
import ExactJSON
import Glibc
import Platform

/// How two persons let trading go on: one asks, another approves. The one way for every method that needs it.
struct TwoPersonFlow: Sendable {
    let requests: TwoPersonRequests
    /// Whether one person alone may not.
    let isNeeded: Bool

    /// How old, in engages and releases, what a request is about is now.
    typealias Generation = (TwoPersonRequests.Request) -> UInt64

    /// Keeps what the caller asks for, for another one.
    ///
    /// - Parameters:
    ///   - names: the parameters that belong to it.
    ///   - generation: of what it is about, from before it was checked that it may be.
    func ask(
        _ call: RPCCall, keeping names: Set<String>, generation: UInt64 = 0
    ) throws(RPCError) -> TwoPersonRequests.Request {
        try refuseRoot(call.caller)
        let kept = call.parameters.filter { names.contains($0.key) }
        do throws(TwoPersonRequests.Refusal) {
            return try requests.request(
                call.method, kept, by: call.caller.peer.uid, generation: generation)
        } catch { throw error.rpcError }
    }

    /// What the caller wants to approve, as the call that it was. Nothing is used up: it may still turn out not to be possible.
    func asked(
        _ id: String, _ call: RPCCall, generation: Generation = { _ in 0 }
    ) throws(RPCError) -> Asked {
        try refuseRoot(call.caller)
        do throws(TwoPersonRequests.Refusal) {
            let request = try requests.check(
                id, of: call.method, by: call.caller.peer.uid, generation: generation)
            return Asked(
                request: request,
                call: RPCCall(method: call.method, parameters: request.parameters, caller: call.caller))
        } catch { throw error.rpcError }
    }

    /// Uses the request up, right before what it asks for is done: it is done once.
    func use(_ asked: Asked, generation: Generation = { _ in 0 }) throws(RPCError) {
        do throws(TwoPersonRequests.Refusal) {
            _ = try requests.approve(
                asked.request.id, of: asked.request.method, by: asked.call.caller.peer.uid,
                generation: generation)
        } catch { throw error.rpcError }
    }

    /// Something asked for, and the call that makes it: with the values of who asked, by the caller who approves.
    struct Asked: Sendable {
        let request: TwoPersonRequests.Request
        let call: RPCCall

        /// Both, the one who asked first.
        var actors: String { "uid:\(request.uid)+uid:\(call.caller.peer.uid)" }
    }

    /// Whoever may use `sudo` would be two persons at once.
    private func refuseRoot(_ caller: Caller) throws(RPCError) {
        guard isNeeded, caller.peer.uid == 0 else { return }
        throw .twoPersonNeeded("two persons are needed: ask and approve as yourself, not as root")
    }
}

extension Daemon {
    /// Whether two persons have to let trading go on or loosen a limit: with real money, unless the settings say otherwise.
    var needsTwoPersons: Bool { settings.profile == .prod && settings.risk.needsTwoPersons }

    /// Requests and approvals of this daemon.
    var twoPersons: TwoPersonFlow { TwoPersonFlow(requests: requests, isNeeded: needsTwoPersons) }
}
