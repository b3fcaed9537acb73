import TradingModel

/// Reads the rows of one CSV recording.
struct CSVRowReader {
    let layout: CSVLayout
    private var fields = FieldReader()

    init(_ layout: CSVLayout) { self.layout = layout }

    /// Reads a row in plain form.
    ///
    /// - Returns: `false` when the row needs a careful look.
    @inline(__always)
    mutating func readPlain(
        _ bytes: Span<UInt8>, _ row: FramedRecord, into record: inout FlatRecord
    ) -> Bool {
        var position = row.start
        var column = 0
        while true {
            let field = layout.fields[column]
            if field == .ignored {
                while position < row.end, bytes[position] != UInt8(ascii: ",") { position += 1 }
            } else if (field == .bidSize || field == .askSize || field == .sequence)
                && (bytes[position] == UInt8(ascii: ",") || position == row.end)
            {
                // Not recorded.
            } else {
                guard fields.read(field, bytes, at: &position, into: &record) else { return false }
                record.seen |= field.bit
            }
            column += 1
            guard column < layout.count else { break }
            guard bytes[position] == UInt8(ascii: ",") else { return false }
            position += 1
        }
        record.isDepth = layout.kind == .depth
        return position == row.end && record.isPlainEvent
    }

    /// Reads a row in any form.
    ///
    /// - Throws: `RowFault` naming the field.
    func readCarefully(_ bytes: Span<UInt8>, _ row: FramedRecord) throws(RowFault) -> FlatRecord {
        let text = bytes.extracting(row.start..<row.end).withUnsafeBufferPointer {
            String(decoding: $0, as: UTF8.self)
        }
        return try CarefulCSVRow(text, layout).record()
    }
}
