import Testing

@testable import TradingSystem

@Suite("Life cycle")
struct LifeCycleTests {
    @Test("goes from start to stop through the documented states")
    func mainPath() {
        var state = LifeCycle.starting
        for (input, next) in [
            (LifeCycle.Input.built, LifeCycle.reconciling), (.reconciled, .disarmed), (.arm, .running),
            (.kill, .halted),
            (.release, .disarmed), (.arm, .running), (.disarm, .disarmed), (.stop, .draining),
            (.drained, .stopped),
        ] {
            #expect(state.after(input) == next)
            state = next
        }
    }

    @Test("whatever is released, an operator arms anew")
    func releaseDisarms() {
        #expect(LifeCycle.running.after(.release) == .disarmed)
        #expect(LifeCycle.disarmed.after(.release) == .disarmed)
        #expect(LifeCycle.reconciling.after(.release) == .reconciling)
    }

    @Test("a halted session is never armed without a release")
    func haltedStaysHalted() {
        #expect(LifeCycle.halted.after(.arm) == nil)
        #expect(LifeCycle.halted.after(.release) == .disarmed)
    }

    @Test("from every state, no path of inputs leads from halted to running but through release and arm")
    func noWayAround() {
        var reached: Set<LifeCycle> = [.halted]
        var frontier: [LifeCycle] = [.halted]
        while let state = frontier.popLast() {
            for input in LifeCycle.Input.allCases where input != .release {
                if let next = state.after(input), reached.insert(next).inserted { frontier.append(next) }
            }
        }
        #expect(!reached.contains(.running) && !reached.contains(.disarmed))
    }

    @Test("a stopped session takes nothing more")
    func stopped() {
        for input in LifeCycle.Input.allCases {
            #expect([nil, .stopped].contains(LifeCycle.stopped.after(input)))
        }
    }
}
