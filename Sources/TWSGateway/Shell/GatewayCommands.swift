import Glibc

extension Gateway {
    /// Longest line of a command, in bytes.
    public static let longestCommand = 4_096

    /// Carries out commands by line, until the input ends, fails, or its time limit passes; on the caller's thread.
    ///
    /// - Parameters:
    ///   - descriptor: what they are read from; it stays open.
    ///   - answer: takes an answer, without line end, and says whether to go on.
    public func serveCommands(from descriptor: Int32, answer: (String) -> Bool) {
        var lines = LineBuffer(limit: Self.longestCommand)
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            let whole = count > 0 ? lines.append(buffer[..<count]) : count == 0 ? lines.finish() : []
            for line in whole {
                let text = line.map { self.answer($0) } ?? "error: the line is too long"
                if let text, !answer(text) { return }
            }
            guard count > 0 else { return }
        }
    }

    /// Carries out one line given live: `status`, or a fault.
    ///
    /// - Returns: what is to be answered, without line end: JSON, `ok`, or `error: …`; `nil` for a blank line.
    public func answer(_ line: String) -> String? {
        let word = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
        if word.isEmpty { return nil }
        if word == ["status"] { return status }
        do throws(FaultSyntaxError) {
            try perform(line)
            return "ok"
        } catch {
            return "error: \(error)"
        }
    }
}
