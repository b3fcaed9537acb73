import Testing
import TradingModel

@testable import Risk

@Suite("Executions that are booked once")
struct ExecutionMemoryTests {
    private func repeats(_ memory: inout ExecutionMemory, _ quantities: Int64...) -> [Bool] {
        quantities.map { memory.isRepeat(7, Quantity(rawValue: $0)) }
    }

    @Test("an execution, its corrections, and each of them again")
    func corrections() {
        var memory = ExecutionMemory()
        let seen = repeats(&memory, 5, 5, -5, -5, 4, 4)
        #expect(seen == [false, true, false, true, false, true])
    }

    @Test("one that was booked before the memory began is corrected as often as the venue does")
    func bookedBefore() {
        var memory = ExecutionMemory()
        let seen = repeats(&memory, -5, 4, -4, 3, 3)
        #expect(seen == [false, false, false, false, true])
    }
}
