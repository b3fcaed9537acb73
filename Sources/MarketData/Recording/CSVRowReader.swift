import TradingModel

/// Reads the rows of one kind of line, as long as they are plain.
protocol PlainRowReader {
    /// Reads a row in plain form that begins at `position` and moves to its line end.
    ///
    /// - Returns: `false` when the row needs a closer look; `position` and `record` mean nothing then.
    mutating func readRow(_ bytes: Span<UInt8>, at position: inout Int, into record: inout FlatRecord) -> Bool
}

/// Reads the rows of one CSV recording.
struct CSVRowReader: PlainRowReader {
    let layout: CSVLayout
    private let columns: CSVColumns
    private var fields = FieldReader()

    init(_ layout: CSVLayout) {
        self.layout = layout
        columns = CSVColumns(layout)
    }

    @inline(__always)
    mutating func readRow(
        _ bytes: Span<UInt8>, at position: inout Int, into record: inout FlatRecord
    ) -> Bool {
        fields.readRow(bytes, columns, at: &position, into: &record)
    }

    /// Reads a row in plain form.
    ///
    /// - Returns: `false` when the row needs a careful look.
    mutating func readPlain(
        _ bytes: Span<UInt8>, _ row: FramedRecord, into record: inout FlatRecord
    ) -> Bool {
        var position = row.start
        return readRow(bytes, at: &position, into: &record) && position == row.end
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
