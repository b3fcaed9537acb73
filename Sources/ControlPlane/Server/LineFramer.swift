import Glibc

/// Cuts a byte stream into lines (LF or CRLF), within a bound.
struct LineFramer {
    enum Item: Equatable {
        case line([UInt8])
        /// The line at the head is over the limit; nothing after it can be trusted.
        case tooLong
    }

    private var buffer: [UInt8] = []
    /// First byte not yet taken.
    private var start = 0
    /// First byte not yet searched for a line end.
    private var searched = 0
    /// Behind the last complete line that contains `word`.
    private var wordEnd = 0
    private let limit: Int
    private let word: StaticString?

    /// - Parameters:
    ///   - limit: bytes of a line without its line end.
    ///   - word: looked for in every complete line, before its turn comes.
    init(limit: Int, lookingFor word: StaticString? = nil) {
        self.limit = limit
        self.word = word
    }

    /// A complete line that contains the word has not been taken yet.
    var holdsWord: Bool { start < wordEnd }

    /// Bytes of a line whose end has not come, or of lines not yet taken.
    var pendingBytes: Int { buffer.count - start }

    mutating func append(_ bytes: some Collection<UInt8>) {
        compact()
        let before = buffer.count
        buffer.append(contentsOf: bytes)
        if let word { lookFor(word, behind: before) }
    }

    /// Looks through the lines of which at least one has been completed by the bytes behind `before`.
    private mutating func lookFor(_ word: StaticString, behind before: Int) {
        wordEnd =
            buffer.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress, memchr(base + before, 0x0A, bytes.count - before) != nil
                else { return nil }
                return Self.endOfLast(word, in: bytes, from: start)
            } ?? wordEnd
    }

    /// - Returns: the index behind the last complete line that contains the word; `nil` when there is none.
    private static func endOfLast(
        _ word: StaticString, in bytes: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var (end, place): (Int?, Int) = (nil, start)
        while place + word.utf8CodeUnitCount <= bytes.count,
            let found = memchr(base + place, Int32(word.utf8Start.pointee), bytes.count - place)
        {
            place = UnsafeRawPointer(found) - base + 1
            guard place - 1 + word.utf8CodeUnitCount <= bytes.count,
                memcmp(found, word.utf8Start, word.utf8CodeUnitCount) == 0
            else { continue }
            guard let lineEnd = memchr(found, 0x0A, bytes.count - place + 1) else { break }
            place = UnsafeRawPointer(lineEnd) - base + 1
            end = place
        }
        return end
    }

    /// The next complete line that is not blank; `nil` until more bytes come.
    mutating func next() -> Item? {
        while let end = nextLineFeed() {
            let line = Self.withoutCarriageReturn(buffer[start..<end])
            start = end + 1
            searched = start
            if line.count > limit { return .tooLong }
            if !Self.isBlank(line) { return .line(Array(line)) }
        }
        searched = buffer.count
        return Self.withoutCarriageReturn(buffer[start...]).count > limit ? .tooLong : nil
    }

    /// The first complete line that contains the word, taken out of its turn; those before it stay.
    mutating func nextWithWord() -> Item? {
        guard let word, holdsWord else { return nil }
        var place = start
        while place < wordEnd, let end = buffer[place..<wordEnd].firstIndex(of: 0x0A) {
            let line = Self.withoutCarriageReturn(buffer[place..<end])
            guard !Self.contains(word, line) else {
                let taken = Array(line)
                remove(place..<(end + 1))
                return taken.count > limit ? .tooLong : .line(taken)
            }
            place = end + 1
        }
        return nil
    }

    /// Forgets complete lines without the word.
    mutating func dropOtherLines() {
        compact()
        var kept: [UInt8] = []
        var place = 0
        while let end = buffer[place...].firstIndex(of: 0x0A) {
            if let word, Self.contains(word, buffer[place..<end]) { kept += buffer[place...end] }
            place = end + 1
        }
        wordEnd = kept.count
        buffer.replaceSubrange(..<place, with: kept)
        searched = 0
    }

    /// Takes whole lines out of the middle.
    private mutating func remove(_ lines: Range<Int>) {
        buffer.removeSubrange(lines)
        searched = start
        wordEnd -= lines.count
        // What is left before may be without the word.
        if !Self.contains(word ?? "", buffer[start..<max(start, wordEnd)]) { wordEnd = start }
    }

    private static func contains(_ word: StaticString, _ line: ArraySlice<UInt8>) -> Bool {
        let length = word.utf8CodeUnitCount
        guard length > 0, line.count >= length else { return length == 0 }
        return line.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return (0...(bytes.count - length)).contains { memcmp(base + $0, word.utf8Start, length) == 0 }
        }
    }

    /// What is left when the stream has ended: a last line without line end, perhaps cut short.
    mutating func remainder() -> Item? {
        append([0x0A])
        return next()
    }

    /// `memchr` looks at many bytes a cycle; answers may have megabytes.
    private func nextLineFeed() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard searched < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + searched, 0x0A, bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private mutating func compact() {
        guard start > 0 else { return }
        buffer.removeSubrange(..<start)
        searched -= start
        wordEnd = max(0, wordEnd - start)
        start = 0
    }

    private static func withoutCarriageReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == 0x0D ? line.dropLast() : line
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }
}
