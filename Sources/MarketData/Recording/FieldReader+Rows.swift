extension FieldReader {
    /// Reads a JSON record that has the first of `shapes`, beginning at `position`, into `record` and moves behind it.
    ///
    /// It passes no line feed, so it cannot run past the end of the window.
    ///
    /// - Returns: `false` when the record has another shape or a value that is not plain; it needs a closer look then.
    @inline(__always)
    mutating func readRow(
        _ bytes: Span<UInt8>, _ shapes: borrowing RowShapes, at position: inout Int,
        into record: inout FlatRecord
    ) -> Bool {
        record.kind = shapes.kind
        record.isDepth = shapes.kind == .depth
        let steps = shapes.steps.span
        var (index, end) = shapes.range
        guard index < end else { return false }
        while index < end {
            let step = steps[index]
            index &+= 1
            guard step.literal.matches(bytes, at: position) else { return false }
            position &+= step.literal.count
            if step.field == .nothing { continue }
            if step.isOptional, bytes[position] == UInt8(ascii: "n") {
                guard bytes.word(at: position) & 0xFFFF_FFFF == JSONRecordReader.null else { return false }
                position &+= 4
                continue
            }
            guard read(step.field, bytes, at: &position, into: &record) else { return false }
        }
        return record.hasPlainValues
    }

    /// Reads a CSV row with `columns`; otherwise as the above.
    @inline(__always)
    mutating func readRow(
        _ bytes: Span<UInt8>, _ columns: borrowing CSVColumns, at position: inout Int,
        into record: inout FlatRecord
    ) -> Bool {
        record.kind = columns.kind
        record.isDepth = columns.kind == .depth
        let steps = columns.steps.span
        for index in 0..<steps.count {
            let step = steps[index]
            if step.isOptional, bytes[position] < 0x30 {
                // Not recorded, or wrong: then what follows is no comma.
            } else if step.field == .ignored {
                guard Self.skip(bytes, columns: step.columns, at: &position) else { return false }
            } else {
                guard read(step.field, bytes, at: &position, into: &record) else { return false }
            }
            if index &+ 1 < steps.count {
                guard bytes[position] == UInt8(ascii: ",") else { return false }
                position &+= 1
            }
        }
        return record.hasPlainValues
    }

    /// - Returns: `false` when the row ends before the last of them.
    private static func skip(_ bytes: Span<UInt8>, columns: UInt8, at position: inout Int) -> Bool {
        var left = columns
        while bytes[position] != 0x0A {
            if bytes[position] == UInt8(ascii: ",") {
                left -= 1
                if left == 0 { return true }
            }
            position += 1
        }
        return left == 1
    }
}
