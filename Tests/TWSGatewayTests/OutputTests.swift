import Testing

@testable import TWSGateway

@Suite("Output")
struct OutputTests {
    /// A bound of so many bytes, ten times as many at most, and times of 5 and 10 ns.
    private static func bound(_ bytes: Int) -> OutputBound {
        var limits = GatewayLimits()
        limits.outputBytes = bytes
        limits.outputBytesAtMost = 10 * bytes
        limits.outputPatience = 5
        limits.farewell = 10
        return OutputBound(limits)
    }

    /// Writes all that may be written.
    private func written(
        _ output: inout SessionOutput, now: UInt64 = 0, room: Int = .max
    ) -> [[UInt8]] {
        var portions: [[UInt8]] = []
        while true {
            let goesOn = output.writePortion(now: now) { bytes throws(Never) in
                let taken = Array(bytes.prefix(room))
                if !taken.isEmpty { portions.append(taken) }
                return taken.count
            }
            if !goesOn { return portions }
        }
    }

    @Test("what is appended goes in one write")
    func plain() {
        var output = SessionOutput(Self.bound(100))
        output.append([1, 2], frames: 1)
        output.append([3], frames: 1)
        #expect(written(&output) == [[1, 2, 3]])
        #expect(output.isEmpty && output.written == 3)
    }

    @Test("what the socket did not take goes later, in order")
    func partial() {
        var output = SessionOutput(Self.bound(100))
        output.append([1, 2, 3, 4, 5], frames: 1)
        #expect(written(&output, room: 2) == [[1, 2]])
        output.append([6], frames: 1)
        #expect(written(&output) == [[3, 4, 5, 6]])
    }

    @Test("a trickle writes byte by byte until its time is over")
    func trickle() {
        var output = SessionOutput(Self.bound(100))
        output.trickleUntil = 10
        output.append([1, 2, 3], frames: 1)
        #expect(written(&output, now: 9) == [[1], [2], [3]])
        output.append([4, 5], frames: 1)
        #expect(written(&output, now: 10) == [[4, 5]])
    }

    @Test("silence writes nothing until it is over")
    func silence() {
        var output = SessionOutput(Self.bound(100))
        output.silentUntil = 10
        output.append([1], frames: 1)
        #expect(written(&output, now: 9).isEmpty)
        #expect(written(&output, now: 10) == [[1]])
    }

    @Test("held messages go in one write when there are enough, and later ones at once")
    func hold() {
        var output = SessionOutput(Self.bound(100))
        output.hold(frames: 3)
        output.append([1], frames: 1)
        output.append([2], frames: 1)
        #expect(written(&output).isEmpty)
        output.append([3], frames: 1)
        #expect(written(&output) == [[1, 2, 3]])
        output.append([4], frames: 1)
        #expect(written(&output) == [[4]])
    }

    @Test("a cut ends the stream at exactly that byte")
    func cut() {
        var output = SessionOutput(Self.bound(100))
        output.append([1, 2], frames: 1)
        #expect(written(&output) == [[1, 2]])
        output.cut(after: 1)
        #expect(!output.isCut)
        output.cut(after: 4)
        output.append([3, 4, 5, 6], frames: 1)
        #expect(written(&output) == [[3, 4]])
        #expect(output.isCut)
        #expect(written(&output).isEmpty)
    }

    @Test(
        "a firehose goes between what was there and what comes later, to the message",
        arguments: [1, 2, 3, 7, 9])
    func firehose(count: Int) {
        var output = SessionOutput(Self.bound(100))
        output.append([0], frames: 1)
        let block = FirehoseBlock(bytes: [1, 2, 2, 3], ends: [1, 3, 4], count: count)
        output.hose(block)
        output.append([9], frames: 1)
        let all: [UInt8] = [1, 2, 2, 3]
        let (blocks, rest) = count.quotientAndRemainder(dividingBy: 3)
        let expected =
            [0] + (0..<blocks).flatMap { _ in all } + all.prefix(rest == 0 ? 0 : block.ends[rest - 1]) + [9]
        #expect(written(&output, room: 3).flatMap(\.self) + drained(&output) == expected)
        #expect(output.isEmpty)
    }

    private func drained(_ output: inout SessionOutput) -> [UInt8] {
        var bytes: [UInt8] = []
        while !output.isEmpty { bytes += written(&output, room: 3).flatMap(\.self) }
        return bytes
    }

    @Test("a client that takes nothing overruns its bound when patience is over, a firehose does not")
    func overrun() {
        var output = SessionOutput(Self.bound(3))
        output.hose(FirehoseBlock(bytes: [1, 2], ends: [2], count: 1_000_000))
        output.append([1, 2, 3], frames: 1)
        #expect(written(&output, now: 1, room: 0).isEmpty)
        #expect(!output.isOverrun(now: 100) && output.overrunAt == nil)
        output.append([4], frames: 1)
        #expect(output.overrunAt == 6)
        #expect(!output.isOverrun(now: 5) && output.isOverrun(now: 6))
    }

    @Test("much at once is no overrun as long as some of it is taken")
    func longAnswer() {
        var output = SessionOutput(Self.bound(3))
        output.append([UInt8](repeating: 1, count: 30), frames: 1)
        #expect(!output.isOverrun(now: 1_000))
        for now in stride(from: UInt64(0), to: 20, by: 4) {
            #expect(written(&output, now: now, room: 1).count == 1)
            #expect(!output.isOverrun(now: now + 4))
        }
        #expect(written(&output, now: 20, room: 0).isEmpty)
        #expect(output.isOverrun(now: 21))
    }

    @Test("more than the hard bound is an overrun at once")
    func hardBound() {
        var output = SessionOutput(Self.bound(3))
        output.append([UInt8](repeating: 1, count: 31), frames: 1)
        #expect(output.isOverrun(now: 0))
    }

    @Test("silence is not the client's fault")
    func silentOverrun() {
        var output = SessionOutput(Self.bound(1))
        output.append([1, 2], frames: 1)
        #expect(written(&output, now: 1, room: 0).isEmpty)
        output.silentUntil = 50
        #expect(!output.isOverrun(now: 54) && output.isOverrun(now: 55))
    }

    @Test("what was held goes when the connection is to end, which it does at its time at the latest")
    func finishing() {
        var output = SessionOutput(Self.bound(100))
        output.hold(frames: 1_000)
        output.append([1, 2, 3], frames: 1)
        #expect(!output.mayWrite(now: 1) && output.lateAt == nil)
        output.finish(now: 2)
        output.finish(now: 5)
        #expect(output.mayWrite(now: 2) && output.lateAt == 12)
        #expect(written(&output, now: 4, room: 1) == [[1]])
        #expect(!output.isLate(now: 13) && output.isLate(now: 14))
    }
}
