/// The id of an execution, `0000e0d5.67fe667b.01.01`: what it is of, and which correction.
///
/// Executions that are the same but for the part behind the last dot are versions of one; the highest holds.
struct ExecutionName: Hashable, Sendable {
    /// Everything before the last dot.
    let base: String
    /// The part behind it; 0 when it is no number.
    let revision: Int

    init(_ text: String) {
        if let dot = text.lastIndex(of: "."), let revision = Int(text[text.index(after: dot)...]) {
            base = String(text[..<dot])
            self.revision = revision
        } else {
            base = text
            revision = 0
        }
    }
}
