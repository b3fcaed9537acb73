import Testing

@testable import ControlPlane

@Suite("One client's state")
struct ClientStateTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("cuts lines at any split of the stream")
    func splits() {
        let text = "one\r\ntwo\n\n \r\nthree\nfour"
        for size in 1...text.utf8.count {
            var framer = LineFramer(limit: 100)
            var lines: [String] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                framer.append(rest.prefix(size))
                rest = rest.dropFirst(size)
                while case .line(let line) = framer.next() {
                    lines.append(String(decoding: line, as: UTF8.self))
                }
            }
            #expect(lines == ["one", "two", "three"])
            #expect(framer.remainder() == .line(Array("four".utf8)))
            #expect(framer.remainder() == nil)
        }
    }

    @Test("accepts a line at the limit and refuses one byte more, ended or not")
    func limit() {
        func item(_ text: String) -> LineFramer.Item? {
            var framer = LineFramer(limit: 4)
            framer.append(Array(text.utf8))
            return framer.next()
        }
        #expect(item("1234\n") == .line(Array("1234".utf8)))
        #expect(item("1234\r\n") == .line(Array("1234".utf8)))
        #expect(item("1234\r") == nil)
        #expect(item("12345\n") == .tooLong && item("12345") == .tooLong && item("1234\r\r") == .tooLong)
    }

    @Test("closes by the first deadline that passes, and by none that does not apply")
    func deadlines() {
        let start = 10 * Self.second
        var state = ClientState(limits: ControlLimits(), now: start)
        #expect(state.expiry(now: start + 299 * Self.second) == nil)
        #expect(state.expiry(now: start + 300 * Self.second) == .idle)
        state.received(Array("{".utf8), now: start)
        #expect(state.nextLine(now: start) == nil)
        #expect(state.expiry(now: start + 5 * Self.second - 1) == nil)
        #expect(state.expiry(now: start + 5 * Self.second) == .arrival)
        state.received(Array("}\n{".utf8), now: start + 4 * Self.second)
        #expect(state.nextLine(now: start + 4 * Self.second) == .line(Array("{}".utf8)))
        #expect(state.nextLine(now: start + 4 * Self.second) == nil)
        #expect(state.expiry(now: start + 8 * Self.second) == nil)
        #expect(state.expiry(now: start + 9 * Self.second) == .arrival)
        state.inFlight = 1
        #expect(state.expiry(now: start + 999 * Self.second) == nil)
        state.send([1], now: start + 20 * Self.second)
        #expect(state.expiry(now: start + 25 * Self.second) == .write)
        state.wrote(1, now: start + 24 * Self.second)
        #expect(state.expiry(now: start + 28 * Self.second) == nil)
        state.wrote(1, now: start + 24 * Self.second)
        state.inFlight = 0
        #expect(state.expiry(now: start) == nil)
    }

    @Test("holds back a client that does not read, and finishes only when all is sent")
    func blocking() {
        var limits = ControlLimits()
        limits.outputBytes = 4
        var state = ClientState(limits: limits, now: 0)
        state.received(Array("1\n2\n".utf8), now: 0)
        #expect(state.nextLine(now: 0) == .line([0x31]))
        state.send([1, 2, 3], now: 0)
        #expect(state.isBlocked && !state.wantsToRead && state.nextLine(now: 0) == nil)
        state.ended()
        state.wrote(4, now: 0)
        #expect(!state.isBlocked && !state.isFinished)
        #expect(state.nextLine(now: 0) == .line([0x32]))
        #expect(state.isFinished)
    }
}

@Suite("Limits")
struct LimitTests {
    @Test("keeps places for those who may engage, evicting the least active of them")
    func admission() {
        var limits = ControlLimits()
        limits.clients = 2
        limits.clientsPerUser = 2
        limits.reservedClients = 2
        var admission = ConnectionAdmission(limits: limits)
        #expect(admission.admit(1, uid: 1, mayEngage: false) == .admitted)
        #expect(admission.admit(2, uid: 1, mayEngage: false) == .admitted)
        #expect(admission.admit(3, uid: 2, mayEngage: false) == .refused(.allTaken))
        #expect(admission.admit(4, uid: 3, mayEngage: true) == .admitted)
        #expect(admission.admit(5, uid: 3, mayEngage: true) == .admitted)
        admission.touch(4)
        #expect(admission.admit(6, uid: 3, mayEngage: true) == .replacing(5))
        #expect(admission.admit(7, uid: 3, mayEngage: true) == .replacing(4))
        #expect(admission.count == 4)
        admission.leave(1)
        #expect(admission.admit(8, uid: 1, mayEngage: false) == .admitted)
        admission.leave(8)
        #expect(admission.admit(9, uid: 2, mayEngage: false) == .admitted)
    }

    @Test("bounds a user's connections without touching other users")
    func perUser() {
        var limits = ControlLimits()
        limits.clientsPerUser = 1
        limits.reservedClients = 0
        var admission = ConnectionAdmission(limits: limits)
        #expect(admission.admit(1, uid: 1, mayEngage: true) == .admitted)
        #expect(admission.admit(2, uid: 1, mayEngage: true) == .refused(.tooManyOfUser))
        #expect(admission.admit(3, uid: 2, mayEngage: false) == .admitted)
    }

    @Test("gives each user a burst, then an even rate, and forgets users who rest")
    func rate() {
        var limiter = RateLimiter(perSecond: 4)
        for _ in 0..<4 { #expect(limiter.take(1, now: 0) == 0) }
        #expect(limiter.take(1, now: 0) == 250_000_000)
        #expect(limiter.take(1, now: 249_999_999) == 1)
        #expect(limiter.take(1, now: 250_000_000) == 0)
        #expect(limiter.take(2, now: 250_000_000) == 0)
        for user in 100..<1_000 { #expect(limiter.take(UInt32(user), now: 10_000_000_000) == 0) }
        for _ in 0..<4 { #expect(limiter.take(1, now: 20_000_000_000) == 0) }
        #expect(limiter.take(1, now: 20_000_000_000) > 0)
    }

    @Test("remembers as many requests as it may and drops the oldest")
    func memory() {
        var limits = ControlLimits()
        limits.rememberedRequests = 2
        var memory = RequestMemory(limits: limits)
        func key(_ id: String) -> RequestMemory.Key { RequestMemory.Key(uid: 1, method: "m", requestID: id) }
        for id in ["a", "b"] {
            #expect(memory.begin(key(id), parameters: [], now: 0) == .new)
            #expect(memory.begin(key(id), parameters: [], now: 0) == .running)
            memory.end(key(id), result: [1])
        }
        #expect(memory.begin(key("c"), parameters: [], now: 0) == .new)
        memory.end(key("c"), result: nil)
        #expect(memory.begin(key("c"), parameters: [], now: 0) == .new)
        #expect(memory.begin(key("b"), parameters: [], now: 0) == .done([1]))
        #expect(memory.begin(key("a"), parameters: [], now: 0) == .new)
    }

    @Test("turns any duration into nanoseconds without overflow")
    func durations() {
        #expect(Duration.milliseconds(1_500).clampedNanoseconds == 1_500_000_000)
        #expect(Duration.seconds(-1).clampedNanoseconds == 0)
        #expect(Duration.seconds(Int64.max).clampedNanoseconds == .max)
    }
}
