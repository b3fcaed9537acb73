import TWSProtocol

/// What must hold of the codec for any bytes whatsoever; a broken promise ends the process.
///
/// The first byte of an input chooses the version, the second what the rest is: a message of either end, a stream of
/// frames in pieces, or a greeting.
public enum WireProperty {
    /// Runs one input.
    public static func check(_ input: UnsafeBufferPointer<UInt8>) {
        guard input.count >= 2 else { return }
        let lowest = ServerVersion.lowest.rawValue
        let version = ServerVersion(lowest + Int32(input[0]) % Int32(ServerVersion.spoken.count))
        let rest = Array(input[2...])
        switch input[1] & 7 {
        case 0, 1: checkMessage(ServerMessage.self, rest + [0], .gateway, version)
        case 2, 3: checkMessage(ClientMessage.self, rest + [0], .client, version)
        case 4: checkStream(rest, pieces: Int(input[1] >> 3) + 1, version)
        case 5: checkStream(rest, pieces: rest.count + 1, version)
        default: checkGreeting(rest)
        }
    }

    /// A message that can be read can be written, and is read again as the same.
    private static func checkMessage<Messages: WritableMessageSet>(
        _: Messages.Type, _ body: [UInt8], _ side: WireSide, _ version: ServerVersion
    ) {
        guard let first = message(Messages.self, body, version) else { return }
        var writer = FieldWriter(side, version: version)
        guard write(first, to: &writer) else { return }
        let bytes = writer.bytes
        guard let second = message(Messages.self, bytes, version) else {
            preconditionFailure("what was written can be read")
        }
        precondition(second == first, "what is read again is the same")
        writer.removeAll()
        precondition(
            write(second, to: &writer) && writer.bytes == bytes, "what is the same is written the same")
    }

    /// A client refuses to send texts that are not printable ASCII, and nothing else.
    private static func write(_ message: some WritableMessageSet, to writer: inout FieldWriter) -> Bool {
        do throws(MessageFault) {
            try message.write(to: &writer)
            return true
        } catch {
            precondition(error.fault == .text && writer.side == .client, "\(error)")
            return false
        }
    }

    private static func message<Messages: MessageSet>(
        _: Messages.Type, _ body: [UInt8], _ version: ServerVersion
    ) -> Messages? {
        do throws(FrameFault) {
            switch try Messages.decode(body.span, version: version) {
            case .message(let message): return message
            case .unknown, .empty: return nil
            case .discarded(let fault):
                precondition(
                    fault.field > 0 || fault.fault == .version, "a fault lies behind the message's number")
                return nil
            }
        } catch {
            return nil
        }
    }

    /// Frames do not depend on how the bytes arrive, and none of them is lost or made up.
    private static func checkStream(_ stream: [UInt8], pieces: Int, _ version: ServerVersion) {
        let whole = frames(stream, step: max(1, stream.count), version)
        precondition(
            frames(stream, step: max(1, stream.count / pieces), version) == whole, "frames are frames")
    }

    /// Greetings of both ends: what can be read is written the same.
    private static func checkGreeting(_ body: [UInt8]) {
        _ = ClientGreeting.hasPrefix(body.span)
        if let greeting = try? ClientGreeting(body: body.span) {
            let again = try? ClientGreeting(body: Array(greeting.bytes[8...]).span)
            precondition(again == greeting, "greetings agree")
        }
        if let answer = try? GatewayGreeting(body: body.span) {
            let again = try? GatewayGreeting(body: Array(answer.bytes[4...]).span)
            precondition(again == answer, "answers agree")
        }
    }

    private static func frames(_ stream: [UInt8], step: Int, _ version: ServerVersion) -> [Int] {
        var buffer = FrameBuffer()
        var lengths: [Int] = []
        for start in stride(from: 0, to: stream.count, by: step) {
            buffer.append(stream[start..<min(start + step, stream.count)].span)
            do throws(FrameFault) {
                while let length = try buffer.next({ body in
                    _ = try? MarketMessage.decode(body, version: version)
                    return body.count
                }) {
                    lengths.append(length)
                }
            } catch {
                return lengths + [-1]
            }
        }
        precondition(lengths.reduce(0) { $0 + $1 + 4 } + buffer.unread == stream.count, "no byte is lost")
        return lengths
    }
}
