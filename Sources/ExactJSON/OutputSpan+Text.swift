extension OutputSpan<UInt8> {
    /// Appends the bytes of a text for which there is room.
    @inline(__always)
    mutating func append(_ text: StaticString) {
        withUnsafeMutableBufferPointer { buffer, count in
            text.withUTF8Buffer { source in
                precondition(buffer.count - count >= source.count, "no room for the text")
                // Within both buffers, as just checked; empty ones have no address.
                guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
                (to + count).initialize(from: from, count: source.count)
                count += source.count
            }
        }
    }
}
