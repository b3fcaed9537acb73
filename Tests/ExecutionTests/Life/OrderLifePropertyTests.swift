import TestSupport
import Testing
import TradingModel

@testable import Execution

/// What a venue says of one order, delivered as badly as can be: out of order, twice, or not at all.
@Suite("The life of an order, told badly")
struct OrderLifePropertyTests {
    /// One thing that is told; an execution has a number, by which the owner knows it again.
    private struct Told {
        var event: OrderLifeEvent
        var execution: Int?
    }

    /// The owner of an order: knows executions by number, and nothing else.
    private struct Owner {
        var life: OrderLife
        var known: Set<Int> = []
        var sum: Int64 = 0

        mutating func hear(_ told: Told) {
            if let execution = told.execution, !known.insert(execution).inserted { return }
            let before = life
            let outcome = life.fold(told.event)
            if let execution = told.execution, case .fill(let quantity) = told.event, execution >= 0 {
                sum += quantity.rawValue
            }
            check(before, told.event, outcome)
        }

        private func check(_ before: OrderLife, _ event: OrderLifeEvent, _ outcome: OrderLifeOutcome) {
            func place() -> Comment { "\(before) × \(event) → \(life) \(outcome)" }
            #expect(life.filled.rawValue == sum, place())
            #expect(life.leaves >= .zero && life.overfill >= .zero, place())
            guard before.isDone else { return }
            #expect(life.isDone, place())
            if before.state != life.state { #expect(life.filled > before.filled, place()) }
        }
    }

    private var random: TestRandom
    private let rounds = 3_000

    init() { random = TestRandom(seed: TestSeed.value("TRADINGD_LIFE_SEED")) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(random.below(UInt64(elements.count)))]
    }

    /// What a venue would say of an order for 10 units, in its order.
    private mutating func story() -> [Told] {
        var story: [OrderLifeEvent] = [.handedOver, .acknowledged, .held(pick(OrderHold.allCases)), .working]
        if random.below(4) == 0 { story.append(.outcomeUnknown(at: Timestamp(nanoseconds: 1))) }
        if random.below(3) == 0 { story += [.cancelRequested(1), .cancelRefused(1)] }
        if random.below(3) == 0 {
            let quantity = units(Int64(random.below(14)) + 1)
            story += [
                .modifyRequested(1, quantity), pick([.modifyAccepted(1, quantity), .modifyRefused(1)]),
            ]
        }
        var told = story.map { Told(event: $0, execution: nil) }
        for number in 0..<Int(random.below(5)) {
            let place = Int(random.below(UInt64(told.count) + 1))
            told.insert(Told(event: .fill(units(Int64(random.below(5)) + 1)), execution: number), at: place)
        }
        let end: OrderLifeEvent = pick([.toldFilled, .cancelled, .rejected, .expired, .absent, .working])
        return told + [Told(event: end, execution: nil)]
    }

    /// The same with repetitions, and in another order; executions are told at least once.
    private mutating func spoil(_ story: [Told]) -> [Told] {
        var told = story.filter { $0.execution != nil || random.below(6) > 0 }
        for _ in 0..<random.below(6) {
            told.insert(pick(story), at: Int(random.below(UInt64(told.count) + 1)))
        }
        for _ in 0..<random.below(6) where told.count > 1 {
            told.swapAt(Int(random.below(UInt64(told.count))), Int(random.below(UInt64(told.count))))
        }
        return told
    }

    @Test("what has filled is the sum of the executions, whatever comes twice, late or never")
    mutating func fills() {
        for _ in 0..<rounds {
            let story = story()
            var straight = Owner(life: OrderLife(quantity: units(10)))
            for told in story { straight.hear(told) }
            var spoilt = Owner(life: OrderLife(quantity: units(10)))
            for told in spoil(story) { spoilt.hear(told) }
            #expect(spoilt.life.filled == straight.life.filled)
        }
    }

    @Test("any sequence of any events keeps what must hold")
    mutating func anything() {
        let events = OrderLifeCases.events
        for _ in 0..<rounds {
            var life = pick(OrderLifeCases.states).life
            for _ in 0..<12 {
                let event = pick(events)
                let (next, outcome) = life.after(event.event)
                func place() -> Comment { "\(life) × \(event) → \(next) \(outcome)" }
                #expect(next.leaves >= .zero && next.filled >= .zero && next.quantity > .zero, place())
                if life.isDone { #expect(next.isDone, place()) }
                if !event.changesFills { #expect(next.filled == life.filled, place()) }
                if !next.isDone && next.filled < life.filled { #expect(next.state == life.state, place()) }
                #expect(life.after(event.event).life == next, "it depends on nothing else")
                life = next
            }
        }
    }

    @Test("corrections and busts leave what their newest versions add up to")
    mutating func corrections() {
        for _ in 0..<rounds {
            var life = OrderLife(quantity: units(10))
            var versions: [Int64] = []
            for _ in 0..<8 {
                let size = Int64(random.below(6))
                if versions.isEmpty || random.below(2) == 0 {
                    versions.append(size)
                    _ = life.fold(.fill(units(size)))
                } else {
                    let place = Int(random.below(UInt64(versions.count)))
                    let old = versions[place]
                    versions[place] = size
                    _ = life.fold(
                        size == 0 ? .bust(units(old)) : .correction(from: units(old), to: units(size)))
                }
                #expect(life.filled == units(versions.reduce(0, +)), "\(versions) \(life)")
            }
        }
    }
}
