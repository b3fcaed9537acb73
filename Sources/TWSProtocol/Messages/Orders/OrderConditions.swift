/// What must hold for an order to be sent or cancelled.
public struct OrderConditions: Hashable, Sendable {
    /// The conditions; the others exist only if there is one.
    public var list: [OrderCondition] = []
    /// They count outside regular trading hours too.
    public var ignoresRegularHours = false
    /// They cancel the order instead of sending it.
    public var cancelsOrder = false

    /// All fields unset.
    public init() {}

    /// The list, and two more fields when it is not empty.
    mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.list(&list)
        guard !list.isEmpty else { return }
        fields.lenient(&ignoresRegularHours)
        fields.lenient(&cancelsOrder)
    }
}

/// One condition, and how it goes with the next one. A type that is not known makes its message unreadable, as nobody can
/// tell where it ends.
public struct OrderCondition: FieldGroup, Hashable {
    /// What is tested.
    public enum Test: Hashable, Sendable {
        /// A price (1).
        case price(PriceTest)
        /// The time (3).
        case time(TimeTest)
        /// The margin (4).
        case margin(MarginTest)
        /// A fill (5).
        case execution(ExecutionTest)
        /// A volume (6).
        case volume(VolumeTest)
        /// A change in percent (7).
        case percentChange(PercentChangeTest)

        /// Its number on the wire.
        var kind: Int32 {
            switch self {
            case .price: 1
            case .time: 3
            case .margin: 4
            case .execution: 5
            case .volume: 6
            case .percentChange: 7
            }
        }
    }

    /// Whether this or the next one must hold (`o`), instead of both (`a`).
    public var isAlternative = false
    /// What is tested.
    public var test = Test.time(TimeTest())

    /// A time that is not said.
    public init() {}

    /// A condition that the next one must join.
    public init(_ test: Test, isAlternative: Bool = false) {
        self.test = test
        self.isAlternative = isAlternative
    }

    /// Walks through the fields.
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        var kind = test.kind
        fields.integer(&kind)
        guard kind == 1 || 3...7 ~= kind else { return fields.refuse(.value) }
        var connector: ShortText = isAlternative ? "o" : "a"
        fields.text(&connector)
        isAlternative = connector != "a"
        switch kind {
        case 1: describePrice(&fields)
        case 3: describeTime(&fields)
        case 4: describeMargin(&fields)
        case 5: describeExecution(&fields)
        case 6: describeVolume(&fields)
        default: describePercentChange(&fields)
        }
    }

    private mutating func describePrice<Coder: FieldCoder>(_ fields: inout Coder) {
        var price = PriceTest()
        if case .price(let known) = test { price = known }
        price.describe(&fields)
        test = .price(price)
    }

    private mutating func describeTime<Coder: FieldCoder>(_ fields: inout Coder) {
        var time = TimeTest()
        if case .time(let known) = test { time = known }
        time.describe(&fields)
        test = .time(time)
    }

    private mutating func describeMargin<Coder: FieldCoder>(_ fields: inout Coder) {
        var margin = MarginTest()
        if case .margin(let known) = test { margin = known }
        margin.describe(&fields)
        test = .margin(margin)
    }

    private mutating func describeExecution<Coder: FieldCoder>(_ fields: inout Coder) {
        var execution = ExecutionTest()
        if case .execution(let known) = test { execution = known }
        execution.describe(&fields)
        test = .execution(execution)
    }

    private mutating func describeVolume<Coder: FieldCoder>(_ fields: inout Coder) {
        var volume = VolumeTest()
        if case .volume(let known) = test { volume = known }
        volume.describe(&fields)
        test = .volume(volume)
    }

    private mutating func describePercentChange<Coder: FieldCoder>(_ fields: inout Coder) {
        var change = PercentChangeTest()
        if case .percentChange(let known) = test { change = known }
        change.describe(&fields)
        test = .percentChange(change)
    }
}
