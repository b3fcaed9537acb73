import TWSProtocol
import TestSupport
import TradingModel

/// Fills a message with random values through its own description, so no field can be left out.
struct RandomFields: FieldCoder {
    let version: ServerVersion
    let isReader = true
    /// Texts that a client may send.
    let isPlain: Bool
    private(set) var fault: FieldFault?
    private var random: TestRandom

    init(version: ServerVersion, isPlain: Bool, seed: UInt64) {
        self.version = version
        self.isPlain = isPlain
        random = TestRandom(seed: seed)
        for _ in 0..<4 { _ = random.below(2) }
    }

    /// A message of random values; `nil` when this version has no such message.
    static func message<Message: WireMessage>(
        _: Message.Type, version: ServerVersion, isPlain: Bool, seed: UInt64
    ) -> Message? {
        // Most kinds of ticks and conditions are none; another try finds some.
        for attempt in 0..<10_000 as Range<UInt64> {
            var fields = RandomFields(version: version, isPlain: isPlain, seed: seed &+ attempt &* 7_919)
            var message = Message()
            message.describe(&fields)
            if fields.fault == .version { return nil }
            if fields.fault == nil { return message }
        }
        return nil
    }

    mutating func refuse(_ fault: FieldFault) { self.fault = self.fault ?? fault }

    private mutating func chance(_ one: UInt64) -> Bool { random.below(one) == 0 }

    private mutating func bits() -> UInt64 { random.below(1 << 32) << 32 | random.below(1 << 32) }

    mutating func integer(_ value: inout Int32) {
        switch random.below(8) {
        case 0: value = Int32(truncatingIfNeeded: bits())
        case 1: value = [.min, .max, -1, 0][Int(random.below(4))]
        default: value = Int32(random.below(9))
        }
    }

    mutating func integer(_ value: inout Int32?) {
        var number: Int32 = 0
        integer(&number)
        value = chance(3) || number == .max ? nil : number
    }

    mutating func integer(_ value: inout Int64) {
        value = chance(2) ? Int64(random.below(1000)) : Int64(truncatingIfNeeded: bits())
    }

    mutating func integer(_ value: inout Int64?) {
        var number: Int64 = 0
        integer(&number)
        value = chance(3) || number == .max ? nil : number
    }

    mutating func flag(_ value: inout Bool) { value = chance(2) }

    mutating func price(_ value: inout Price) { value = Price(rawValue: billionths()) }

    mutating func price(_ value: inout Price?) {
        value = chance(3) ? nil : Price(rawValue: billionths())
    }

    mutating func money(_ value: inout Money) {
        var digits = Int128(billionths())
        if chance(2) { digits = (digits << 62 | Int128(bits() >> 2)) % 100_000_000_000_000_000_000_000 }
        if chance(2) { digits *= 1_000_000_000 }
        value = Money(rawValue: digits)
    }

    mutating func money(_ value: inout Money?) {
        var sum = Money.zero
        money(&sum)
        value = chance(3) ? nil : sum
    }

    mutating func quantity(_ value: inout Quantity) { value = Quantity(rawValue: billionths()) }

    mutating func quantity(_ value: inout Quantity?) {
        value = chance(3) ? nil : Quantity(rawValue: billionths())
    }

    private mutating func billionths() -> Int64 {
        let whole = Int64(random.below(200_000)) * 1_000_000_000
        switch random.below(6) {
        case 0: return [0, 1, -1, .max, .min + 1, 50_000][Int(random.below(6))]
        case 1: return max(.min + 1, Int64(truncatingIfNeeded: bits()))
        case 2: return whole + Int64(random.below(1_000_000_000))
        case 3: return -whole
        default: return whole
        }
    }

    mutating func number(_ value: inout Double) {
        switch random.below(6) {
        case 0: value = chance(2) ? .infinity : -.infinity
        case 1: value = Double(bitPattern: bits())
        default: value = Double(random.below(100_000)) / 1_000
        }
        if value.isNaN || value.magnitude == .greatestFiniteMagnitude { value = 5.0e-5 }
    }

    mutating func number(_ value: inout Double?) {
        var number = 0.0
        self.number(&number)
        value = chance(3) ? nil : number
    }

    mutating func competition(_ value: inout CompetitionOffset) {
        switch random.below(3) {
        case 0: value = .unset
        case 1: value = .upToMid
        default: value = .offset(Price(rawValue: billionths()))
        }
    }

    mutating func text(_ value: inout ShortText) { value = ShortText(word()) }

    mutating func text(_ value: inout String) { value = word() }

    mutating func escapedText(_ value: inout String) { value = word().filter { $0 != "u" } }

    /// Words that decide which fields there are, nothing, or any characters.
    private mutating func word() -> String {
        if chance(4) { return "" }
        let words = [
            "BAG", "FUND", "PEG BENCH", "PEGBENCH", "PEG BEST", "PEGBEST", "PEG MID", "PEGMID", "IBKRATS",
            "a", "o",
            "None",
        ]
        if chance(2) { return words[Int(random.below(UInt64(words.count)))] }
        let plain = Array(" ;=,.aZ09~-+?\t\r\n\\\"'{}")
        let characters = isPlain ? plain : plain + Array("\u{1}\u{7f}éÿŁ価🙂")
        return String(
            (0..<random.below(20)).map { _ in characters[Int(random.below(UInt64(characters.count)))] })
    }

    mutating func constant(_: Int32) {}

    mutating func list<Group: FieldGroup>(_ groups: inout [Group]) {
        self.groups(&groups, count: Int32(random.below(4)))
    }

    mutating func groups<Group: FieldGroup>(_ groups: inout [Group], count: Int32) {
        groups = []
        for _ in 0..<count {
            var group = Group()
            group.describe(&self)
            groups.append(group)
        }
    }
}
