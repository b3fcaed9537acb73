import Glibc
import TradingModel

extension FieldReader {
    /// Passes over a whole number; `nil` after a fault.
    @inlinable
    @inline(__always)
    mutating func wholeNumber() -> Int64? {
        guard begin() else { return nil }
        let isNegative = cursor.pointee == UInt8(ascii: "-")
        if isNegative { cursor += 1 }
        let start = cursor
        var value: UInt64 = 0
        while true {
            let digit = cursor.pointee &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            cursor += 1
        }
        let digits = cursor - start
        guard cursor.pointee == 0, digits > 0 || !isNegative else {
            refuse(.malformed)
            return nil
        }
        cursor += 1
        // Up to 18 digits fit, whatever they are.
        if digits > 18 {
            guard let long = Self.longNumber(UnsafeBufferPointer(start: start, count: digits), isNegative)
            else {
                refuse(.range)
                return nil
            }
            return long
        }
        return isNegative ? -Int64(truncatingIfNeeded: value) : Int64(truncatingIfNeeded: value)
    }

    @usableFromInline
    @inline(never)
    static func longNumber(_ digits: UnsafeBufferPointer<UInt8>, _ isNegative: Bool) -> Int64? {
        var value: Int64 = 0
        for byte in digits {
            let digit = Int64(byte - 0x30)
            let (tenfold, isOver) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = tenfold.addingReportingOverflow(isNegative ? -digit : digit)
            guard !isOver, !isOverToo else { return nil }
            value = sum
        }
        return value
    }

    /// Reads digits; empty is 0.
    @inlinable
    @inline(__always)
    public mutating func integer(_ value: inout Int32) {
        guard let number = wholeNumber() else { return }
        guard let narrow = Int32(exactly: number) else { return refuse(.range) }
        value = narrow
    }

    /// Reads digits; empty or 2147483647 is `nil`.
    @inlinable
    @inline(__always)
    public mutating func integer(_ value: inout Int32?) {
        guard !skipEmpty(&value) else { return }
        guard let number = wholeNumber() else { return }
        guard let narrow = Int32(exactly: number) else { return refuse(.range) }
        value = narrow == .max ? nil : narrow
    }

    /// Reads digits; empty is 0.
    @inlinable
    @inline(__always)
    public mutating func integer(_ value: inout Int64) {
        guard let number = wholeNumber() else { return }
        value = number
    }

    /// Reads digits; empty or 9223372036854775807 is `nil`.
    @inlinable
    public mutating func integer(_ value: inout Int64?) {
        guard !skipEmpty(&value) else { return }
        guard let number = wholeNumber() else { return }
        value = number == .max ? nil : number
    }

    /// Reads `1`, `0` or nothing; of a gateway, any number but 0 is yes.
    @inlinable
    @inline(__always)
    public mutating func flag(_ value: inout Bool) {
        guard let number = wholeNumber() else { return }
        guard number == 0 || number == 1 || !isStrict else { return refuse(.value) }
        value = number != 0
    }

    /// Reads what a field always says, whatever it says.
    @inlinable
    @inline(__always)
    public mutating func constant(_: Int32) {
        guard begin() else { return }
        _ = fieldBytes()
    }

    /// Takes an empty field, which is `nil`.
    @inlinable
    @inline(__always)
    mutating func skipEmpty<Value>(_ value: inout Value?) -> Bool {
        guard cursor < end, cursor.pointee == 0 else { return false }
        field = cursor
        cursor += 1
        value = nil
        return true
    }

    /// Passes over a decimal number; the plain form here, every other one by `DecimalField`.
    @inlinable
    @inline(__always)
    mutating func decimal() -> DecimalField {
        let start = cursor
        let isNegative = cursor.pointee == UInt8(ascii: "-")
        if isNegative { cursor += 1 }
        let first = cursor
        var value: UInt64 = 0
        while true {
            let digit = cursor.pointee &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            cursor += 1
        }
        let whole = cursor - first
        var decimals = 0
        if cursor.pointee == UInt8(ascii: ".") {
            cursor += 1
            let point = cursor
            while true {
                let digit = cursor.pointee &- 0x30
                guard digit < 10 else { break }
                value = value &* 10 &+ UInt64(digit)
                cursor += 1
            }
            decimals = cursor - point
        }
        // Nine digits before the point and nine behind it fit, whatever they are.
        guard cursor.pointee == 0, UInt(bitPattern: whole &- 1) < 9, UInt(bitPattern: decimals) <= 9 else {
            cursor = start
            return Self.carefulDecimal(fieldBytes())
        }
        cursor += 1
        let billionths = Int64(truncatingIfNeeded: value &* PowerOfTen.billionths(decimals: decimals))
        return DecimalField(isNegative ? -billionths : billionths, .exact)
    }

    @usableFromInline
    @inline(never)
    static func carefulDecimal(_ bytes: UnsafeBufferPointer<UInt8>) -> DecimalField {
        bytes.isEmpty ? DecimalField(0, .exact) : DecimalField.read(bytes)
    }

    /// Reads a decimal; empty is 0, digits below 1e-9 are rounded.
    @inlinable
    @inline(__always)
    public mutating func price(_ value: inout Price) {
        guard begin() else { return }
        let read = decimal()
        switch read.outcome {
        case .exact, .rounded: value = Price(rawValue: read.billionths)
        case .malformed: refuse(.malformed)
        case .tooLarge, .tooSmall, .unset: refuse(.range)
        }
    }

    /// Reads a decimal; empty or "unset" is `nil`, digits below 1e-9 are rounded.
    @inlinable
    public mutating func price(_ value: inout Price?) {
        guard !skipEmpty(&value), begin() else { return }
        let read = decimal()
        switch read.outcome {
        case .exact, .rounded: value = Price(rawValue: read.billionths)
        case .unset: value = nil
        case .malformed: refuse(.malformed)
        case .tooLarge, .tooSmall: refuse(.range)
        }
    }

    /// Reads a decimal, exactly; empty is 0, the numbers for "unset" are refused.
    @inlinable
    @inline(__always)
    public mutating func quantity(_ value: inout Quantity) {
        guard begin() else { return }
        let read = decimal()
        switch read.outcome {
        case .exact where read.billionths != FieldReader.unsetSize:
            value = Quantity(rawValue: read.billionths)
        case .malformed: refuse(.malformed)
        case .exact, .rounded, .tooLarge, .tooSmall, .unset: refuse(.range)
        }
    }

    /// Reads a decimal, exactly; empty and the numbers for "unset" are `nil`.
    @inlinable
    public mutating func quantity(_ value: inout Quantity?) {
        guard !skipEmpty(&value), begin() else { return }
        let read = decimal()
        switch read.outcome {
        case .exact:
            value = read.billionths == FieldReader.unsetSize ? nil : Quantity(rawValue: read.billionths)
        case .unset: value = nil
        case .malformed: refuse(.malformed)
        case .rounded, .tooLarge, .tooSmall: refuse(.range)
        }
    }

    /// 2147483647, the one "unset" size that fits.
    @usableFromInline static let unsetSize: Int64 = 2_147_483_647_000_000_000

    /// Reads a decimal; empty is 0, digits below 1e-18 are rounded.
    public mutating func money(_ value: inout Money) {
        guard begin() else { return }
        let bytes = fieldBytes()
        guard !bytes.isEmpty else { return value = .zero }
        let read = MoneyField.read(bytes)
        switch read.outcome {
        case .exact, .rounded: value = Money(rawValue: read.attos)
        case .malformed: refuse(.malformed)
        case .tooLarge, .tooSmall, .unset: refuse(.range)
        }
    }

    /// Reads a decimal; empty or "unset" is `nil`, digits below 1e-18 are rounded.
    public mutating func money(_ value: inout Money?) {
        guard !skipEmpty(&value), begin() else { return }
        let read = MoneyField.read(fieldBytes())
        switch read.outcome {
        case .exact, .rounded: value = Money(rawValue: read.attos)
        case .unset: value = nil
        case .malformed: refuse(.malformed)
        case .tooLarge, .tooSmall: refuse(.range)
        }
    }

    /// Reads a price, `Infinity` or nothing.
    public mutating func competition(_ value: inout CompetitionOffset) {
        let start = cursor
        if begin(), Self.isInfinity(fieldBytes()) { return value = .upToMid }
        cursor = start
        var offset: Price?
        price(&offset)
        guard fault == nil else { return }
        value = offset.map(CompetitionOffset.offset) ?? .unset
    }

    /// Reads a number that is not money; empty is 0.
    public mutating func number(_ value: inout Double) {
        guard begin() else { return }
        let bytes = fieldBytes()
        guard !bytes.isEmpty else { return value = 0 }
        guard let number = Self.double(bytes) else { return refuse(.malformed) }
        value = number
    }

    /// Reads a number that is not money; empty or 1.7976931348623157E308 is `nil`.
    public mutating func number(_ value: inout Double?) {
        guard !skipEmpty(&value), begin() else { return }
        guard let number = Self.double(fieldBytes()) else { return refuse(.malformed) }
        value = number == .greatestFiniteMagnitude ? nil : number
    }

    private static func isInfinity(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // The second one is ib_async's word for it.
        bytes.elementsEqual("Infinity".utf8) || bytes.elementsEqual("Infinite".utf8)
    }

    /// The number that all of the bytes tell; a NUL stands behind them.
    private static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        guard let start = bytes.baseAddress else { return nil }
        if isInfinity(bytes) { return .infinity }
        if bytes.elementsEqual("-Infinity".utf8) { return -.infinity }
        // strtod also takes blanks, hexadecimals and words.
        let isPlain = bytes.allSatisfy { byte in
            byte &- 0x30 < 10 || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65 || byte == 0x2B
        }
        guard isPlain else { return nil }
        return UnsafeRawPointer(start).withMemoryRebound(to: CChar.self, capacity: bytes.count + 1) { text in
            var rest: UnsafeMutablePointer<CChar>?
            let number = strtod(text, &rest)
            guard let rest, UnsafePointer(rest) == text + bytes.count, number.isFinite else { return nil }
            return number
        }
    }
}

@usableFromInline
enum PowerOfTen {
    /// What makes billionths of a number with `decimals` digits behind the point, 0 to 9.
    ///
    /// Constants in the code: a table would be looked up through its initialiser each time.
    @inlinable
    @inline(__always)
    static func billionths(decimals: Int) -> UInt64 {
        switch decimals {
        case 0: 1_000_000_000
        case 1: 100_000_000
        case 2: 10_000_000
        case 3: 1_000_000
        case 4: 100_000
        case 5: 10_000
        case 6: 1_000
        case 7: 100
        case 8: 10
        default: 1
        }
    }
}
