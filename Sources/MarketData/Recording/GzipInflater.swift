import CZlib

/// Decompresses a gzip stream of one or more members, piece by piece.
///
/// The `z_stream` lives on the heap because zlib keeps a pointer to it.
final class GzipInflater {
    /// What one step of decompression came to.
    enum Step: Equatable {
        /// Goes on; more input or more room is needed.
        case flowing
        /// A member is complete.
        case memberEnd
        /// Damaged, with zlib's words.
        case damaged(String)
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// Ready for the first member; `nil` when zlib has no memory.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, +16: gzip header and checksum are required and checked.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { return nil }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Makes ready for the next member.
    func beginMember() { inflateReset(stream) }

    /// Decompresses from `input` into `output`, as much as goes.
    ///
    /// - Returns: bytes taken, bytes made, and how it stands.
    func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, made: Int, step: Step) {
        // zlib does not write through next_in.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        let taken = input.count - Int(stream.pointee.avail_in)
        let made = output.count - Int(stream.pointee.avail_out)
        switch status {
        case Z_OK, Z_BUF_ERROR: return (taken, made, .flowing)
        case Z_STREAM_END: return (taken, made, .memberEnd)
        default: return (taken, made, .damaged(message(status)))
        }
    }

    private func message(_ status: Int32) -> String {
        if let text = stream.pointee.msg { return String(cString: text) }
        return String(cString: zError(status))
    }
}
