/// The evaluated controls of one order in the order of evaluation, kept in place: a verdict allocates nothing for them.
///
/// A flag takes no room but its entry, so that all controls together are no larger than half of them were with a fixed room
/// for each.
public struct RiskChecks: Sendable, BitwiseCopyable, RandomAccessCollection, ExpressibleByArrayLiteral {
    /// Checks there is room for: every control, and the second scope of some.
    public static let capacity = 40
    /// Words there is room for: one for a number, two for an amount of money.
    @usableFromInline static let wordCapacity = 64

    @usableFromInline
    struct Entry: Sendable, BitwiseCopyable {
        @usableFromInline var reason: RiskReason
        /// Kind of the limit, kind of the actual value, 3 bits each from the lowest; then whether it passed, whether the limit
        /// is on, whether the actual value is.
        @usableFromInline var form: UInt16
        /// The first word of its values.
        @usableFromInline var place: UInt8

        @inlinable
        init(reason: RiskReason = .auditUnavailable, form: UInt16 = 0, place: UInt8 = 0) {
            (self.reason, self.form, self.place) = (reason, form, place)
        }
    }

    @usableFromInline
    enum Kind: UInt16, Sendable, BitwiseCopyable {
        case flag, count, quantity, price, money, missing

        var words: Int {
            switch self {
            case .flag, .missing: 0
            case .count, .quantity, .price: 1
            case .money: 2
            }
        }

        init(_ value: RiskCheck.Value) {
            switch value {
            case .flag: self = .flag
            case .count: self = .count
            case .quantity: self = .quantity
            case .price: self = .price
            case .money: self = .money
            case .missing: self = .missing
            }
        }

        /// Of the three lowest bits; none but those that were put there.
        init(bits: UInt16) { self = Kind(rawValue: bits & 7) ?? .missing }
    }

    @usableFromInline var words: InlineArray<64, UInt64> = InlineArray(repeating: 0)
    @usableFromInline var entries: InlineArray<40, Entry> = InlineArray(repeating: Entry())
    @usableFromInline var used: UInt8 = 0
    @usableFromInline var usedWords: UInt8 = 0
    @usableFromInline var failure: RiskReason?

    /// The control that failed first.
    @inlinable public var firstFailure: RiskReason? { failure }

    /// No checks.
    public init() {}

    /// Those checks; at most `capacity`.
    public init(arrayLiteral checks: RiskCheck...) {
        for check in checks { append(check) }
    }

    /// Forgets all checks; their room is not cleared, as nobody looks at it.
    @inlinable
    public mutating func removeAll() {
        used = 0
        usedWords = 0
        failure = nil
    }

    /// Whether there is room for one more check of those values.
    public func hasRoom(for check: RiskCheck) -> Bool {
        Self.hasRoom(for: check, used, usedWords)
    }

    /// The same, by what is used: to be called with no copy of all the checks.
    @usableFromInline
    @inline(never)
    static func hasRoom(for check: RiskCheck, _ used: UInt8, _ usedWords: UInt8) -> Bool {
        let needed = Kind(check.limit).words + Kind(check.actual).words
        return used < capacity && Int(usedWords) + needed <= wordCapacity
    }

    /// Adds a check.
    ///
    /// - Precondition: there is room for it.
    @inlinable
    @inline(__always)
    public mutating func append(_ check: RiskCheck) {
        // Any check fits while there is room for the longest.
        precondition(
            usedWords <= Self.wordCapacity - 4 && used < Self.capacity
                || Self.hasRoom(for: check, used, usedWords),
            "more checks than there are controls")
        let place = usedWords
        let limit = put(check.limit)
        let actual = put(check.actual)
        var form = limit.kind | actual.kind << 3
        if check.passed { form |= 1 << 6 }
        if limit.isOn { form |= 1 << 7 }
        if actual.isOn { form |= 1 << 8 }
        entries[Int(used)] = Entry(reason: check.reason, form: form, place: place)
        used += 1
        if !check.passed && failure == nil { failure = check.reason }
    }

    /// Adds a check that fails where something is on: most controls are of this kind.
    ///
    /// - Precondition: there is room for it.
    @inlinable
    @inline(__always)
    public mutating func append(_ reason: RiskReason, mustBeOff isOn: Bool) {
        precondition(used < Self.capacity, "more checks than there are controls")
        entries[Int(used)] = Entry(reason: reason, form: isOn ? 1 << 8 : 1 << 6, place: usedWords)
        used += 1
        if isOn && failure == nil { failure = reason }
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// Number of checks.
    public var endIndex: Int { Int(used) }

    /// The check at a place.
    public subscript(index: Int) -> RiskCheck {
        precondition(index >= 0 && index < used, "no such check")
        return check(entries[index])
    }

    @inline(__always)
    private func check(_ entry: Entry) -> RiskCheck {
        let limit = Kind(bits: entry.form)
        return RiskCheck(
            entry.reason, limit: value(limit, entry.form & 1 << 7 != 0, at: Int(entry.place)),
            actual: value(
                Kind(bits: entry.form >> 3), entry.form & 1 << 8 != 0, at: Int(entry.place) + limit.words),
            passed: entry.form & 1 << 6 != 0)
    }

    /// The first place from `start` on with a check that is not the same at that place of `other`; compares what is stored,
    /// without making values of it. Mutating, so that nothing is copied to be read.
    public mutating func endOfSame(from start: Int, as other: inout RiskChecks) -> Int {
        let end = Int(Swift.min(used, other.used))
        var index = start
        while index < end {
            let (own, others) = (entries[index], other.entries[index])
            guard own.reason == others.reason, own.form == others.form else { return index }
            let count = Kind(bits: own.form).words + Kind(bits: own.form >> 3).words
            for word in 0..<count
            where words[Int(own.place) + word] != other.words[Int(others.place) + word] { return index }
            index += 1
        }
        return Swift.max(start, index)
    }

    /// The check at a place, read where it lies.
    public mutating func check(at index: Int) -> RiskCheck {
        precondition(index >= 0 && index < used, "no such check")
        return check(entries[index])
    }

    /// Whether every check passed.
    @inlinable public var allPassed: Bool { failure == nil }

    /// - Returns: its kind, and whether it is a flag that is on.
    @inlinable
    @inline(__always)
    mutating func put(_ value: RiskCheck.Value) -> (kind: UInt16, isOn: Bool) {
        switch value {
        case .flag(let isOn): return (Kind.flag.rawValue, isOn)
        case .missing: return (Kind.missing.rawValue, false)
        case .count(let count):
            put(UInt64(bitPattern: Int64(count)))
            return (Kind.count.rawValue, false)
        case .quantity(let quantity):
            put(UInt64(bitPattern: quantity.rawValue))
            return (Kind.quantity.rawValue, false)
        case .price(let price):
            put(UInt64(bitPattern: price.rawValue))
            return (Kind.price.rawValue, false)
        case .money(let money):
            put(UInt64(truncatingIfNeeded: money.rawValue))
            put(UInt64(truncatingIfNeeded: money.rawValue >> 64))
            return (Kind.money.rawValue, false)
        }
    }

    @inlinable
    @inline(__always)
    mutating func put(_ word: UInt64) {
        words[Int(usedWords)] = word
        usedWords += 1
    }

    @inline(__always)
    private func value(_ kind: Kind, _ isOn: Bool, at place: Int) -> RiskCheck.Value {
        switch kind {
        case .flag: .flag(isOn)
        case .count: .count(Int(Int64(bitPattern: words[place])))
        case .quantity: .quantity(Quantity(rawValue: Int64(bitPattern: words[place])))
        case .price: .price(Price(rawValue: Int64(bitPattern: words[place])))
        case .money:
            .money(
                Money(
                    rawValue: Int128(Int64(bitPattern: words[place + 1])) << 64 | Int128(words[place])))
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
