import ControlPlane
import ExactJSON
import Glibc
import TestSupport

/// An operator who gives one order after the other until the daemon is gone, and remembers what was acknowledged.
struct InsistentOperator {
    /// Reasons of the calls that the daemon has confirmed, since they were last forgotten.
    private(set) var acknowledged: [String] = []
    /// The kill switch as last confirmed; `nil` when a change of it was under way as the daemon went.
    private(set) var isEngaged: Bool? = false
    private var isArmed = false
    private var random: TestRandom
    private var number = 0

    /// - Parameter seed: of the choice of calls.
    init(seed: UInt64) { random = TestRandom(seed: seed) }

    /// What a new daemon says about the kill switch.
    mutating func found(engaged: Bool, armed: Bool) {
        (isEngaged, isArmed) = (engaged, armed)
        acknowledged.removeAll()
    }

    /// Calls until the daemon hangs up.
    ///
    /// - Parameter limit: calls at most, for a daemon that does not go.
    mutating func insist(_ socket: String, limit: Int = 100_000) throws {
        var client = ControlClient(path: socket)
        for _ in 0..<limit {
            let method = nextMethod()
            number += 1
            // Orders need their time, too.
            _ = poll(nil, 0, Int32(random.below(40)))
            let reason = "drill number \(number) \(method)"
            do throws(ControlClientError) {
                let answer = try client.call(
                    method: method, params: ["reason": .string(reason)], timeout: .seconds(60))
                guard method != "killswitch.engage" || answer["persisted"] == true else { continue }
                acknowledged.append(reason)
                follow(method)
            } catch {
                guard case .remote = error else {
                    if method.hasPrefix("killswitch.") { isEngaged = nil }
                    return
                }
                // Too many calls a second, orders that are not cancelled yet, or armed as it is.
                isArmed = method == "mode.arm"
                _ = poll(nil, 0, 2)
            }
        }
    }

    private mutating func nextMethod() -> String {
        if isEngaged == true { return random.below(3) == 0 ? "killswitch.engage" : "killswitch.release" }
        if !isArmed { return random.below(4) == 0 ? "killswitch.engage" : "mode.arm" }
        return random.below(6) == 0 ? "killswitch.engage" : "mode.disarm"
    }

    private mutating func follow(_ method: String) {
        switch method {
        case "killswitch.engage": (isEngaged, isArmed) = (true, false)
        case "killswitch.release": isEngaged = false
        default: isArmed = method == "mode.arm"
        }
    }
}
