/// How JSON records of one kind are laid out, byte by byte between their values.
///
/// Learned from one record, because those that follow have nearly always the same keys in the same order. A record
/// that has another shape is not wrong, only slower to read.
struct RowShape {
    /// Steps a shape may have.
    static let mostSteps = 20

    /// Bytes that must be there, and the value behind them.
    struct Step: Equatable, BitwiseCopyable {
        var literal = ByteLiteral()
        var field = RecordField.nothing
        /// Whether the value may be `null`.
        var isOptional = false
    }

    /// In place: shapes are learned again wherever a record is cut by the end of what has been read.
    private(set) var steps = InlineArray<20, Step>(repeating: Step())
    private(set) var count = 0

    /// The shape of a JSON record in plain form; `nil` for one with unusually long gaps between its values.
    init?(_ bytes: Span<UInt8>, _ record: FramedRecord, _ values: ValuePlaces) {
        var position = record.start
        for index in 0..<values.count {
            // The kind is the same in all records of the shape: part of the text between the values.
            guard values[index].field != .kind else { continue }
            guard append(bytes, position..<values[index].start, values[index].field) else { return nil }
            position = values[index].end
        }
        guard append(bytes, position..<record.end, .nothing) else { return nil }
    }

    private mutating func append(_ bytes: Span<UInt8>, _ text: Range<Int>, _ field: RecordField) -> Bool {
        var text = text
        while count < Self.mostSteps {
            let end = min(text.upperBound, text.lowerBound + ByteLiteral.longest)
            let isLast = end == text.upperBound
            steps[count] = Step(
                literal: ByteLiteral(bytes.extracting(text.lowerBound..<end)),
                field: isLast ? field : .nothing,
                isOptional: isLast && (field == .bidSize || field == .askSize))
            count += 1
            if isLast { return true }
            text = end..<text.upperBound
        }
        return false
    }
}

/// Where the values of a JSON record lie, in their order.
struct ValuePlaces {
    /// One value, without quotes.
    struct Place: BitwiseCopyable {
        var field = RecordField.nothing
        var start = 0
        var end = 0
    }

    private var places = InlineArray<16, Place>(repeating: Place())
    private(set) var count = 0

    subscript(_ index: Int) -> Place { places[index] }

    /// Notes the next value. A record in plain form has each field once, so there is room.
    @inline(__always)
    mutating func note(_ field: RecordField, _ start: Int, _ end: Int) {
        places[count] = Place(field: field, start: start, end: end)
        count += 1
    }
}
