import ControlPlane
import ExactJSON
import Platform
import Testing

@testable import TradingSystem

@Suite("Requests that a second person approves")
struct TwoPersonRequestsTests {
    private let time = Locked<UInt64>(1_000)

    private func store() -> TwoPersonRequests {
        let number = Locked<UInt32>(0)
        return TwoPersonRequests(
            clock: { [time] in time.withLock { $0 } },
            // The same number twice in a row: an id in use is not given again.
            randomNumber: {
                number.withLock {
                    $0 += 1
                    return $0 / 2
                }
            })
    }

    private let parameters = [JSONValue.Member("scope", .string("all"))]

    @Test("a second person gets what the first asked for, once")
    func approves() throws {
        let store = store()
        let request = try store.request("killswitch.release", parameters, by: 1_000)
        #expect(request.id == "00000000" && store.pending == [request])
        let approved = try store.approve(request.id, of: "killswitch.release", by: 1_001)
        #expect(approved == request && approved.parameters == parameters && store.pending.isEmpty)
        #expect(throws: TwoPersonRequests.Refusal.unknown("00000000")) {
            try store.approve(request.id, of: "killswitch.release", by: 1_001)
        }
    }

    @Test("who asked may not approve, and the request waits on for another")
    func samePerson() throws {
        let store = store()
        let id = try store.request("risk.set", [], by: 1_000).id
        #expect(throws: TwoPersonRequests.Refusal.samePerson(1_000)) {
            try store.approve(id, of: "risk.set", by: 1_000)
        }
        #expect(try store.approve(id, of: "risk.set", by: 1_001).uid == 1_000)
    }

    @Test("an approval of one method does not allow another")
    func otherMethod() throws {
        let store = store()
        let id = try store.request("risk.set", [], by: 1_000).id
        #expect(throws: TwoPersonRequests.Refusal.otherMethod("risk.set")) {
            try store.approve(id, of: "killswitch.release", by: 1_001)
        }
        #expect(store.pending.count == 1)
    }

    @Test("a request lives ten minutes, not a nanosecond longer")
    func expiry() throws {
        let store = store()
        let first = try store.request("risk.set", [], by: 1_000).id
        time.withLock { $0 += TwoPersonRequests.lifetime - 1 }
        #expect(try store.approve(first, of: "risk.set", by: 1_001).id == first)
        let second = try store.request("risk.set", [], by: 1_000).id
        #expect(second != first)
        time.withLock { $0 += TwoPersonRequests.lifetime }
        #expect(store.pending.isEmpty)
        #expect(throws: TwoPersonRequests.Refusal.expired(second)) {
            try store.approve(second, of: "risk.set", by: 1_001)
        }
    }

    @Test("a full store refuses, and has room again once requests are too old")
    func full() throws {
        let store = store()
        for _ in 0..<TwoPersonRequests.capacity { _ = try store.request("risk.set", [], by: 1_000) }
        #expect(Set(store.pending.map(\.id)).count == TwoPersonRequests.capacity)
        #expect(throws: TwoPersonRequests.Refusal.full(TwoPersonRequests.capacity)) {
            try store.request("risk.set", [], by: 1_001)
        }
        time.withLock { $0 += TwoPersonRequests.lifetime }
        #expect(try store.request("risk.set", [], by: 1_001).id.utf8.count == 8)
    }
}
