extension Gateway {
    /// Longest line of a command, in bytes.
    public static let longestCommand = 4_096

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
