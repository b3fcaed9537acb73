import TradingModel

/// Commissions by currency: at most four, without a place for them on the heap.
public struct CommissionTotals: Sendable {
    /// One currency's sum.
    public struct Entry: Sendable, Hashable, BitwiseCopyable {
        /// What was paid; negative for a rebate.
        public var amount: Money
        /// In which currency.
        public var currency: CurrencyCode
    }

    private var entries = InlineArray<4, Entry>(repeating: Entry(amount: .zero, currency: .none))
    private var count = 0
    /// Whether there was a fifth currency, of which nothing is counted here.
    public private(set) var isIncomplete = false

    /// Nothing paid.
    public init() {}

    /// Adds an amount; none without a currency.
    public mutating func add(_ amount: Money, _ currency: CurrencyCode) {
        guard currency != .none else { return }
        for place in 0..<count where entries[place].currency == currency {
            entries[place].amount += amount
            return
        }
        guard count < entries.count else {
            isIncomplete = true
            return
        }
        entries[count] = Entry(amount: amount, currency: currency)
        count += 1
    }

    /// The sums, in the order in which the currencies appeared.
    public var list: [Entry] { (0..<count).map { entries[$0] } }
}
