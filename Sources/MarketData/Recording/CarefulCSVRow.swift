import TradingModel

/// Reads one CSV row slowly: every form of number, and words for every fault.
struct CarefulCSVRow {
    private let kind: FlatKind
    private var values: [RecordField: Substring] = [:]

    /// Splits the row.
    ///
    /// - Throws: `RowFault` when it has not as many fields as the header.
    init(_ text: String, _ layout: CSVLayout) throws(RowFault) {
        kind = layout.kind
        let cells = text.split(separator: ",", omittingEmptySubsequences: false)
        guard cells.count == layout.count else {
            throw RowFault("\(cells.count) fields where the header has \(layout.count)")
        }
        for (column, cell) in cells.enumerated() where layout.fields[column] != .ignored {
            values[layout.fields[column]] = cell
        }
    }

    /// The row, checked.
    func record() throws(RowFault) -> FlatRecord {
        var record = FlatRecord(kind)
        guard let time = Timestamp(rfc3339: try value(.time, "ts")) else {
            throw RowFault("ts: must be an RFC 3339 time in UTC")
        }
        guard let symbol = SymbolID(String(try value(.symbol, "symbol"))) else {
            throw RowFault("symbol: not a usable name")
        }
        record.time = time.nanoseconds
        record.symbol = symbol
        record.number = try sequence()
        record.isDepth = kind == .depth
        try readPayload(into: &record)
        try record.event.checkRanges()
        return record
    }

    private func readPayload(into record: inout FlatRecord) throws(RowFault) {
        switch kind {
        case .tick:
            record.price = try decimal(.bid, "bid")
            record.ask = try decimal(.ask, "ask")
            record.size = try optionalDecimal(.bidSize, "bid_size")
            record.askSize = try optionalDecimal(.askSize, "ask_size")
        case .trade:
            record.price = try decimal(.price, "price")
            record.size = try decimal(.size, "size")
            record.aggressor = try named(.aggressor, "aggressor", \Aggressor.name)
        case .depth:
            record.side = try named(.side, "side", \BookSide.name)
            record.operation = try named(.operation, "op", \DomOperation.name)
            record.position = try position()
            record.price = try decimal(.price, "price")
            record.size = try decimal(.size, "size")
        }
    }

    private func value(_ field: RecordField, _ name: String) throws(RowFault) -> Substring {
        guard let text = values[field], !text.isEmpty else { throw RowFault("\(name): missing") }
        return text
    }

    private func sequence() throws(RowFault) -> UInt64 {
        guard let text = values[.sequence], !text.isEmpty else { return 0 }
        guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = UInt64(text) else {
            throw RowFault("seq: must be a whole number in range")
        }
        return number
    }

    private func position() throws(RowFault) -> UInt8 {
        let text = try value(.position, "position")
        guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = UInt8(text),
            number <= FlatRecord.deepestPosition
        else { throw RowFault("position: must be 0 to \(FlatRecord.deepestPosition)") }
        return number
    }

    private func decimal(_ field: RecordField, _ name: String) throws(RowFault) -> Int64 {
        try decimal(try value(field, name), name)
    }

    private func optionalDecimal(_ field: RecordField, _ name: String) throws(RowFault) -> Int64 {
        guard let text = values[field], !text.isEmpty else { return FlatRecord.unknownSize }
        let size = try decimal(text, name)
        guard size >= 0 else { throw RowFault("\(name): must not be negative") }
        return size
    }

    private func decimal(_ text: Substring, _ name: String) throws(RowFault) -> Int64 {
        do {
            return try DecimalText.parse(text)
        } catch .malformed {
            throw RowFault("\(name): malformed number")
        } catch .overflow {
            throw RowFault("\(name): number too large")
        } catch {
            throw RowFault("\(name): more than nine decimals")
        }
    }

    private func named<Value: CaseIterable>(
        _ field: RecordField, _ name: String, _ text: (Value) -> StaticString
    ) throws(RowFault) -> Value {
        let found = try value(field, name)
        guard let value = Value.allCases.first(where: { text($0).description == found }) else {
            let names = Value.allCases.map { text($0).description }.joined(separator: ", ")
            throw RowFault("\(name): '\(found)' is none of \(names)")
        }
        return value
    }
}
