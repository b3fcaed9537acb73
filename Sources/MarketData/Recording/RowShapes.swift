/// The shapes of JSON records seen lately, one for each kind of flat record; the one that fitted last comes first.
struct RowShapes {
    /// Shapes that are kept.
    static let count = 3

    /// Rows in other shapes after which shapes are learned only now and then: no two rows are alike then.
    private static let patience = 64

    private var shapes: InlineArray<3, RowShape>
    private var place = 0
    private var misses = 0

    /// Nothing seen: shapes that no row has.
    init() { shapes = [RowShape(none: .tick), RowShape(none: .trade), RowShape(none: .depth)] }

    /// The shape to try first.
    var latest: RowShape {
        @inline(__always) _read { yield shapes[place] }
    }

    /// Goes on to the next shape.
    @inline(__always)
    mutating func turn() { place = place == Self.count - 1 ? 0 : place + 1 }

    /// Keeps the shape of a record that had none of these.
    mutating func learn(
        _ bytes: Span<UInt8>, _ record: FramedRecord, _ values: ValuePlaces, _ kind: FlatKind
    ) {
        misses &+= 1
        guard misses < Self.patience || misses.isMultiple(of: Self.patience),
            let shape = RowShape(bytes, record, values, kind)
        else { return }
        place = Int(kind.rawValue)
        shapes[place] = shape
    }
}
