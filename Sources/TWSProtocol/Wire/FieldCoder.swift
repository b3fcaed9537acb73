import TradingModel

/// What walks through the fields of a message, in the order of the wire: a reader fills them in, a writer sends them.
///
/// A message describes itself once, by calling one of these for each field; which fields there are may depend on the
/// version and on fields before. A coder that has met a fault does nothing any more, so a description never looks.
///
/// | here | on the wire |
/// |---|---|
/// | `integer` | digits; empty is 0. Optional: empty or 2147483647 (64 bits: 9223372036854775807) is `nil` |
/// | `flag` | `1` or `0`; empty is `false` |
/// | `price` | decimal or E notation, exact; digits below 1e-9 are rounded half to even: they are the noise of the sender's doubles. Optional: empty or 1.7976931348623157E308 is `nil` |
/// | `money` | the same with 18 exact decimals and room below 1e20: sums that a `Price` cannot hold |
/// | `quantity` | decimal, exact or refused. Optional: empty and the four "unset" numbers are `nil` |
/// | `number` | a `Double`, for what is not money: percentages, greeks. `Infinity` is a value; NaN is refused |
/// | `competition` | `price`, or `Infinity` |
/// | `lenient` | what the other kinds are, but a number that cannot be read is unset (`false`, unchanged) instead of a fault: for fields that inform, so that no order or execution is lost over them. In orders of a client they are strict, see `beStrict` |
/// | `text` | bytes; UTF-8, else Latin-1 |
/// | `escapedText` | the same, with `\uXXXX` for UTF-16 units |
public protocol FieldCoder {
    /// The version of the session.
    var version: ServerVersion { get }
    /// Whether fields are filled in (and sent otherwise).
    var isReader: Bool { get }

    /// 32 bits.
    mutating func integer(_ value: inout Int32)
    /// 32 bits, may be unset.
    mutating func integer(_ value: inout Int32?)
    /// 64 bits.
    mutating func integer(_ value: inout Int64)
    /// 64 bits, may be unset.
    mutating func integer(_ value: inout Int64?)
    /// Yes or no.
    mutating func flag(_ value: inout Bool)
    /// A price or an amount of money.
    mutating func price(_ value: inout Price)
    /// A price or an amount of money, may be unset.
    mutating func price(_ value: inout Price?)
    /// A sum of money.
    mutating func money(_ value: inout Money)
    /// A sum of money, may be unset.
    mutating func money(_ value: inout Money?)
    /// A size, quantity or position.
    mutating func quantity(_ value: inout Quantity)
    /// A size, quantity or position, may be unset.
    mutating func quantity(_ value: inout Quantity?)
    /// A number that is not money.
    mutating func number(_ value: inout Double)
    /// A number that is not money, may be unset.
    mutating func number(_ value: inout Double?)
    /// By how much to better the best price; unset, `Infinity` or a price.
    mutating func competition(_ value: inout CompetitionOffset)
    /// A number that informs: as it was when it cannot be read.
    mutating func lenient(_ value: inout Int32)
    /// A number that informs: `nil` when it cannot be read.
    mutating func lenient(_ value: inout Int32?)
    /// A number that informs: `nil` when it cannot be read.
    mutating func lenient(_ value: inout Int64?)
    /// A yes or no that informs: any number but 0 is yes, anything else no.
    mutating func lenient(_ value: inout Bool)
    /// A price that informs: `nil` when it cannot be read.
    mutating func lenient(_ value: inout Price?)
    /// A sum that informs: `nil` when it cannot be read.
    mutating func lenient(_ value: inout Money?)
    /// A size that informs: `nil` when it cannot be read; digits below 1e-9 are rounded.
    mutating func lenient(_ value: inout Quantity?)
    /// A number that informs: `nil` when it cannot be read.
    mutating func lenient(_ value: inout Double?)
    /// An offset that informs: unset when it cannot be read.
    mutating func lenient(_ value: inout CompetitionOffset)
    /// A short text of a frequent message; longer ones are cut.
    mutating func text(_ value: inout ShortText)
    /// A text.
    mutating func text(_ value: inout String)
    /// A text that is escaped on the wire.
    mutating func escapedText(_ value: inout String)
    /// A field that always says the same, such as the version of a message; what is read is not looked at.
    mutating func constant(_ value: Int32)
    /// As many groups as the count before them says.
    mutating func list<Group: FieldGroup>(_ groups: inout [Group])
    /// `count` groups, where the count was a field of its own.
    mutating func groups<Group: FieldGroup>(_ groups: inout [Group], count: Int32)
    /// From here on, `lenient` is as strict as the other kinds.
    mutating func beStrict()
    /// The value just walked over is none of the field's.
    mutating func refuse(_ fault: FieldFault)
}

extension FieldCoder {
    /// An enumeration by number; unknown numbers are refused.
    @inlinable
    public mutating func code<Code: RawRepresentable>(_ value: inout Code) where Code.RawValue == Int32 {
        var rawValue = value.rawValue
        integer(&rawValue)
        guard let known = Code(rawValue: rawValue) else { return refuse(.value) }
        value = known
    }

    /// A field that is always empty; what is read is not looked at.
    @inlinable
    public mutating func emptyField() {
        var nothing = ShortText()
        text(&nothing)
    }

    /// A yes or no, and the group if yes.
    @inlinable
    public mutating func optional<Group: FieldGroup>(_ group: inout Group?) {
        var isPresent = group != nil
        flag(&isPresent)
        guard isPresent else { return group = nil }
        var present = group ?? Group()
        present.describe(&self)
        group = present
    }

    /// Whether the session is at `version` or above.
    @inlinable
    public func has(_ version: ServerVersion) -> Bool { self.version >= version }
}

/// Fields that stand together: a message, or a part of one that repeats.
public protocol FieldGroup: Sendable {
    /// All fields unset, for a reader to fill.
    init()
    /// Walks through the fields in the order of the wire.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder)
}

/// A message: a group with a number of its own.
public protocol WireMessage: FieldGroup, Equatable {
    /// Its number.
    static var messageID: MessageID { get }
}

extension FieldGroup {
    /// Reads the fields; faults are left in the reader.
    init(from fields: inout FieldReader) {
        self.init()
        describe(&fields)
    }
}
