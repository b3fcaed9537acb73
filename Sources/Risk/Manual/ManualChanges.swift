import TradingModel

/// The newest changes that operators have asked for, with what became of them: one that is asked for again by the same caller
/// under the same token is not made twice.
public struct ManualChanges: Sendable {
    /// A change asked for.
    public struct Entry: Sendable {
        /// What was asked for.
        public let wish: ChangeWish
        /// What was said of it.
        public let verdict: ChangeVerdict
    }

    private var memory = TokenMemory<Entry>()

    /// Nobody has asked for anything.
    public init() {}

    /// What became of a change; `nil` where it was not asked for, or is forgotten.
    public func entry(by actor: String, _ token: String) -> Entry? { memory[actor, token] }

    /// The change that a notice asks for; `nil` for one that cannot be understood or is known.
    public func wish(_ notice: SystemNotice) -> ChangeWish? {
        guard let wish = ChangeWish(text: notice.detail), entry(by: notice.actor, wish.token) == nil else {
            return nil
        }
        return wish
    }

    /// Remembers what was said of one.
    public mutating func note(_ wish: ChangeWish, _ verdict: ChangeVerdict, by actor: String) {
        memory.insert(Entry(wish: wish, verdict: verdict), actor, wish.token)
    }
}
