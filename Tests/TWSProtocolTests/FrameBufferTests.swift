import Testing

@testable import TWSProtocol

@Suite("Frames")
struct FrameBufferTests {
    /// A frame: its length, most significant byte first, and its body.
    private static func frame(_ body: [UInt8]) -> [UInt8] { header(UInt32(body.count)) + body }

    private static func header(_ length: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
    }

    @Test("frames come out as they went in, however the bytes arrive")
    func pieces() throws {
        let bodies: [[UInt8]] = [
            Array("1\0".utf8), [], Array("99\0".utf8) + [UInt8](repeating: 65, count: 200_000) + [0],
        ]
        let stream = bodies.flatMap(Self.frame)
        for step in [1, 3, 4_096, stream.count] {
            let buffer = Frames()
            var seen: [[UInt8]] = []
            for start in stride(from: 0, to: stream.count, by: step) {
                buffer.append(Array(stream[start..<min(start + step, stream.count)]))
                while let body = try buffer.next().get() { seen.append(body) }
            }
            #expect(seen == bodies)
            #expect(buffer.unread == 0)
        }
    }

    @Test("the longest length is taken")
    func longest() throws {
        let buffer = Frames()
        var body = [UInt8](repeating: 65, count: 0xFF_FFFF)
        (body[0], body[0xFF_FFFE]) = (1, 2)
        buffer.append([0x00, 0xFF, 0xFF, 0xFF])
        #expect(buffer.next() == .success(nil))
        buffer.append(body)
        // Not by value: a failure would print all of it.
        let isSame = try buffer.next().get() == body
        #expect(isSame)
        #expect(buffer.unread == 0)
    }

    @Test(
        "a longer length is a fault, for which no room is made",
        arguments: [0x100_0000, 0x100_0001, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32])
    func tooLong(length: UInt32) {
        let buffer = Frames()
        buffer.append(Self.header(length))
        buffer.append([UInt8](repeating: 65, count: 1_000))
        #expect(buffer.room == FrameBuffer.usualRoom)
        #expect(buffer.next() == .failure(.tooLong(length)))
        #expect(buffer.next() == .failure(.tooLong(length)))
        #expect(buffer.unread == 1_004)
    }

    @Test("a fault is met only when its frame is next")
    func tooLongBehind() {
        let buffer = Frames()
        buffer.append((Self.frame([49, 0]) + Self.header(0x100_0000)))
        #expect(buffer.next() == .success([49, 0]))
        #expect(buffer.next() == .failure(.tooLong(0x100_0000)))
    }

    @Test("a low limit holds from when it is set, for what is there already and for what comes")
    func lowLimit() {
        let buffer = Frames()
        let short = [UInt8](repeating: 65, count: 50)
        buffer.append((Self.frame(short) + Self.frame(short + [65])))
        buffer.limit = 50
        #expect(buffer.next() == .success(short))
        #expect(buffer.next() == .failure(.tooLong(51)))

        let later = Frames(limit: 50)
        later.append(Self.header(300_000))
        later.append(short)
        #expect(later.room == FrameBuffer.usualRoom)
        #expect(later.next() == .failure(.tooLong(300_000)))
    }

    @Test("a limit may be raised before the longer frame is next, but never above the protocol's")
    func raisedLimit() {
        let buffer = Frames(limit: 3)
        buffer.append(Self.header(4))
        buffer.limit = 4
        buffer.append([1, 2, 3, 4])
        #expect(buffer.next() == .success([1, 2, 3, 4]))
        let highest = Frames(limit: .max)
        #expect(highest.limit == FrameBuffer.longestMessage)
        highest.append(Self.header(0x100_0000))
        #expect(highest.next() == .failure(.tooLong(0x100_0000)))
    }

    @Test("frames of no length are messages without bytes")
    func empty() {
        let buffer = Frames()
        buffer.append([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(buffer.next() == .success([]))
        #expect(buffer.next() == .success([]))
        #expect(buffer.next() == .success(nil))
        #expect(buffer.unread == 3)
        buffer.append([2, 49, 0])
        #expect(buffer.next() == .success([49, 0]))
    }

    @Test("what was skipped is gone, and what is unread can be looked at without taking it")
    func skipping() {
        let buffer = Frames()
        #expect(buffer.bytes == [])
        buffer.skip(0)
        let greeting = Array("API\0".utf8)
        buffer.append((greeting + Self.frame([49, 0])))
        #expect(buffer.bytes == greeting + [0, 0, 0, 2, 49, 0])
        buffer.skip(3)
        #expect(buffer.bytes == [0, 0, 0, 0, 2, 49, 0])
        buffer.skip(1)
        #expect(buffer.unread == 6)
        #expect(buffer.next() == .success([49, 0]))
        #expect(buffer.bytes == [])
        buffer.append([7, 8])
        #expect(buffer.bytes == [7, 8])
        buffer.skip(2)
        #expect(buffer.unread == 0)
        #expect(buffer.next() == .success(nil))
    }

    @Test("many frames that arrive at once, more than the usual room, come one by one")
    func many() {
        let buffer = Frames()
        let bodies = (0..<20_000).map { Array("\($0)\0".utf8) }
        buffer.append(bodies.flatMap(Self.frame))
        #expect(buffer.room > FrameBuffer.usualRoom)
        for body in bodies { #expect(buffer.next() == .success(body)) }
        #expect(buffer.next() == .success(nil))
        buffer.append([0])
        #expect(buffer.room == FrameBuffer.usualRoom)
    }

    @Test(
        "a frame longer than the usual room arrives in pieces, and takes its own room only while it is there")
    func long() {
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let stream = Self.frame([49, 0]) + Self.frame(body) + Self.frame([50, 0])
        let buffer = Frames()
        var seen: [[UInt8]] = []
        var highest = 0
        for start in stride(from: 0, to: stream.count, by: 999) {
            buffer.append(Array(stream[start..<min(start + 999, stream.count)]))
            highest = max(highest, buffer.room)
            while case .success(.some(let message)) = buffer.next() { seen.append(message) }
        }
        #expect(seen == [[49, 0], body, [50, 0]])
        // Twice when it is full and bytes behind the frame are there too.
        #expect(highest <= 2 * (body.count + 4))
        buffer.append([0])
        #expect(buffer.room == FrameBuffer.usualRoom)
        #expect(buffer.bytes == [0])
    }

    @Test("as soon as a length is known there is room for just that frame")
    func roomOfOne() {
        let buffer = Frames()
        buffer.append([0, 1, 0x86, 0xA0])
        buffer.append([1])
        #expect(buffer.room == 100_004)
        buffer.append([UInt8](repeating: 2, count: 99_998))
        #expect(buffer.next() == .success(nil))
        #expect(buffer.unread == 100_003)
        buffer.append([3])
        #expect(buffer.room == 100_004)
        #expect((try? buffer.next().get())?.count == 100_000)
        buffer.append([0])
        #expect(buffer.room == FrameBuffer.usualRoom)
    }

    @Test("a read that fails leaves the buffer as it is, and finds room every time")
    func failingReads() {
        let buffer = Frames()
        buffer.append([0, 0, 0, 2, 49])
        for result in [-1, 0, Int.min] {
            let fill = buffer.fill(result)
            #expect(fill.returned == result)
            #expect(fill.room > 0)
            #expect(buffer.bytes == [0, 0, 0, 2, 49])
        }
        buffer.append([0])
        #expect(buffer.next() == .success([49, 0]))
    }
}

/// A buffer, and what comes out of it as values that can be compared.
private final class Frames {
    private var buffer: FrameBuffer

    init(limit: Int = FrameBuffer.longestMessage) { buffer = FrameBuffer(limit: limit) }

    var limit: Int {
        get { buffer.limit }
        set { buffer.limit = newValue }
    }
    var unread: Int { buffer.unread }
    /// Bytes of memory it holds.
    var room: Int { buffer.storage.count }
    /// The unread bytes.
    var bytes: [UInt8] { buffer.withUnread(Self.copy) }

    func append(_ bytes: [UInt8]) { buffer.append(bytes.span) }
    func skip(_ count: Int) { buffer.skip(count) }

    /// The next message, byte for byte.
    func next() -> Result<[UInt8]?, FrameFault> {
        do throws(FrameFault) {
            return .success(try buffer.next(Self.copy))
        } catch {
            return .failure(error)
        }
    }

    /// Lets a read return `result` without having put anything there.
    func fill(_ result: Int) -> (returned: Int, room: Int) {
        var room = 0
        let returned = buffer.fill {
            room = $0.count
            return result
        }
        return (returned, room)
    }

    private static func copy(_ span: Span<UInt8>) -> [UInt8] {
        span.withUnsafeBufferPointer { Array($0) }
    }
}
