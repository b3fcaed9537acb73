import Testing

@testable import TWSProtocol

@Suite("Frames")
struct FrameBufferTests {
    @Test("frames come out as they went in, however the bytes arrive")
    func pieces() throws {
        let bodies: [[UInt8]] = [
            Array("1\0".utf8), [], Array("99\0".utf8) + [UInt8](repeating: 65, count: 200_000) + [0],
        ]
        var stream: [UInt8] = []
        for body in bodies {
            for shift in [24, 16, 8, 0] { stream.append(UInt8(truncatingIfNeeded: body.count >> shift)) }
            stream += body
        }
        for step in [1, 3, 4_096, stream.count] {
            var buffer = FrameBuffer()
            var seen: [[UInt8]] = []
            for start in stride(from: 0, to: stream.count, by: step) {
                buffer.append(Array(stream[start..<min(start + step, stream.count)]).span)
                while let body = try buffer.next({ body in (0..<body.count).map { body[$0] } }) {
                    seen.append(body)
                }
            }
            #expect(seen == bodies)
            #expect(buffer.unread == 0)
        }
    }
}
