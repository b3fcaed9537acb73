/// The shapes of JSON records seen lately, one for each kind of flat record; the one that fitted last comes first.
struct RowShapes {
    /// Shapes that are kept.
    static let count = 3

    /// Records in other shapes, one after another, after which shapes are learned only now and then: no two rows are alike then.
    private static let patience = 64

    /// The steps of all shapes, each with room for the longest: one array, which is not counted as referenced anew for
    /// every record.
    private(set) var steps = ContiguousArray(
        repeating: RowShape.Step(), count: count * RowShape.mostSteps)
    private var ends = InlineArray<3, Int>(repeating: 0)
    private var place = 0
    private var misses = 0

    /// Kind of the shape to try first.
    private(set) var kind = FlatKind.tick

    /// Its steps; empty where no record of the kind was seen.
    @inline(__always)
    var range: (start: Int, end: Int) {
        let start = place &* RowShape.mostSteps
        return (start, start &+ ends[place])
    }

    /// Goes on to the next shape.
    @inline(__always)
    mutating func turn() {
        place = place == Self.count - 1 ? 0 : place + 1
        kind = place == 0 ? .tick : place == 1 ? .trade : .depth
    }

    /// Notes that a record had the shape that is tried first.
    @inline(__always)
    mutating func hit() { misses = 0 }

    /// Keeps the shape of a record that had none of these.
    ///
    /// Where no two records are alike, none is kept but now and then, and nothing is tried in vain.
    mutating func learn(
        _ bytes: Span<UInt8>, _ record: FramedRecord, _ values: ValuePlaces, _ kind: FlatKind
    ) {
        misses &+= 1
        if misses > Self.patience { ends = InlineArray(repeating: 0) }
        guard misses <= Self.patience || misses.isMultiple(of: Self.patience),
            let shape = RowShape(bytes, record, values)
        else { return }
        place = Int(kind.rawValue)
        self.kind = kind
        ends[place] = shape.count
        // A record that was cut by the end of what had been read teaches what is known already.
        for index in 0..<shape.count where steps[range.start + index] != shape.steps[index] {
            steps[range.start + index] = shape.steps[index]
        }
    }
}
