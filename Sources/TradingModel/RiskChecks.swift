/// The evaluated controls of one order in the order of evaluation, kept in place: a verdict allocates nothing for them.
public struct RiskChecks: Sendable, BitwiseCopyable, RandomAccessCollection, ExpressibleByArrayLiteral {
    /// Checks there is room for: every control, and the second scope of some.
    public static let capacity = 16

    private struct Entry: BitwiseCopyable {
        var limit = Word()
        var actual = Word()
        var reason = RiskReason.auditUnavailable
        var limitKind = Kind.missing
        var actualKind = Kind.missing
        var passed = false
    }

    /// 128 bits that ask for no more than the alignment of 64.
    private struct Word: BitwiseCopyable {
        var low: UInt64 = 0
        var high: Int64 = 0
    }

    private enum Kind: UInt8, BitwiseCopyable {
        case flag, count, quantity, price, money, missing
    }

    private var entries: InlineArray<16, Entry> = InlineArray(repeating: Entry())
    private var used: UInt8 = 0
    /// The control that failed first.
    public private(set) var firstFailure: RiskReason?

    /// No checks.
    public init() {}

    /// Those checks; at most `capacity`.
    public init(arrayLiteral checks: RiskCheck...) {
        for check in checks { append(check) }
    }

    /// Adds a check.
    ///
    /// - Precondition: there are fewer than `capacity`.
    public mutating func append(_ check: RiskCheck) {
        precondition(used < Self.capacity, "more checks than there are controls")
        let (limit, limitKind) = Self.packed(check.limit)
        let (actual, actualKind) = Self.packed(check.actual)
        entries[Int(used)] = Entry(
            limit: limit, actual: actual, reason: check.reason, limitKind: limitKind, actualKind: actualKind,
            passed: check.passed)
        used += 1
        if !check.passed && firstFailure == nil { firstFailure = check.reason }
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// Number of checks.
    public var endIndex: Int { Int(used) }

    /// The check at a place.
    public subscript(index: Int) -> RiskCheck {
        precondition(index >= 0 && index < used, "no such check")
        let entry = entries[index]
        return RiskCheck(
            entry.reason, limit: Self.value(entry.limit, entry.limitKind),
            actual: Self.value(entry.actual, entry.actualKind), passed: entry.passed)
    }

    /// Whether every check passed.
    public var allPassed: Bool { firstFailure == nil }

    private static func packed(_ value: RiskCheck.Value) -> (Word, Kind) {
        switch value {
        case .flag(let flag): (Word(low: flag ? 1 : 0), .flag)
        case .count(let count): (Word(low: UInt64(bitPattern: Int64(count))), .count)
        case .quantity(let quantity): (Word(low: UInt64(bitPattern: quantity.rawValue)), .quantity)
        case .price(let price): (Word(low: UInt64(bitPattern: price.rawValue)), .price)
        case .money(let money):
            (
                Word(
                    low: UInt64(truncatingIfNeeded: money.rawValue),
                    high: Int64(truncatingIfNeeded: money.rawValue >> 64)), .money
            )
        case .missing: (Word(), .missing)
        }
    }

    private static func value(_ word: Word, _ kind: Kind) -> RiskCheck.Value {
        switch kind {
        case .flag: .flag(word.low != 0)
        case .count: .count(Int(Int64(bitPattern: word.low)))
        case .quantity: .quantity(Quantity(rawValue: Int64(bitPattern: word.low)))
        case .price: .price(Price(rawValue: Int64(bitPattern: word.low)))
        case .money: .money(Money(rawValue: Int128(word.high) << 64 | Int128(word.low)))
        case .missing: .missing
        }
    }
}

extension RiskChecks: Hashable {
    /// Whether both hold the same checks.
    public static func == (left: RiskChecks, right: RiskChecks) -> Bool { left.elementsEqual(right) }

    /// Hashes the checks.
    public func hash(into hasher: inout Hasher) {
        for check in self { hasher.combine(check) }
    }
}
