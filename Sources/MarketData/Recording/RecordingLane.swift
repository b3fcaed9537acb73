import TradingModel

/// One file on its way into the merge: framing, parsing, checks, order. Holds the read-ahead of the file.
struct RecordingLane {
    /// Events parsed ahead at a time.
    private static let readAhead = 256

    let file: String
    private(set) var block: OrderingBlock
    /// What ended the file early; to be thrown when the events before it are used up.
    private(set) var failure: HistoricalLoaderError?
    private(set) var statistics = LoaderStatistics()
    /// Which file was opened, for the next pass.
    let identity: RecordingFile.Identity
    private var input: InputBuffer
    private var format: RecordingFormat
    private var assembly = SnapshotAssembly()
    private var isOver = false
    private let options: HistoricalLoaderOptions
    private let wanted: Set<SymbolID>?

    /// Opens the file and reads its first line.
    init(
        _ file: String, options: HistoricalLoaderOptions, wanted: Set<SymbolID>?
    ) throws(HistoricalLoaderError) {
        self.file = file
        self.options = options
        self.wanted = wanted
        block = OrderingBlock(window: options.reorderWindow)
        do throws(RecordingFile.Fault) {
            let content = try RecordingFile(file, readSize: options.readSize)
            identity = content.identity
            input = InputBuffer(content, readSize: options.readSize)
            format = try RecordingFormat.recognise(&input)
        } catch {
            throw Self.error(error, file, lastLine: 0)
        }
        if case .unusable(let line, let reason) = format {
            throw .header(MalformedRow(file: file, line: line, reason: reason))
        }
    }

    /// Parses on until an event is ready, or the file is over.
    mutating func fill() {
        block.compact()
        var target = max(Self.readAhead, 2 * block.held)
        while !block.isReady && !isOver {
            parse(until: target)
            block.seal(isOver: isOver)
            target = 2 * block.held
            if block.held > OrderingBlock.mostHeld {
                fail(.tooManyHeld(file: file, line: line, limit: OrderingBlock.mostHeld))
                block.seal(isOver: true)
            }
        }
    }

    /// Takes the ready events that come before `bound`; see `OrderingBlock.take`.
    @inline(__always)
    mutating func take(
        before bound: EventKey, file: Int, into output: inout ContiguousArray<MarketEvent>, limit: Int,
        _ marks: inout DepthBatchMarks, _ passes: inout RecordingPasses
    ) {
        block.take(before: bound, file: file, into: &output, limit: limit, &marks, &passes)
    }

    private mutating func parse(until target: Int) {
        do throws(RecordingFile.Fault) {
            switch format {
            case .csv(var splitter, var reader):
                defer { format = .csv(splitter, reader) }
                try parseCSV(&splitter, &reader, until: target)
            case .jsonLines(var splitter, var reader):
                defer { format = .jsonLines(splitter, reader) }
                while true {
                    takePlainRows(&reader, &splitter, mayTellSnapshots: false, until: target)
                    guard block.events.count < target, !isOver else { break }
                    takeJSON(try splitter.next(in: &input), &reader, knowsShapes: false)
                }
            case .jsonArray(var splitter, var reader):
                defer { format = .jsonArray(splitter, reader) }
                while block.events.count < target, !isOver {
                    takeJSON(try splitter.next(in: &input), &reader, knowsShapes: true)
                }
            case .journal(var blocks):
                defer { format = .journal(blocks) }
                parseJournal(&blocks, until: target)
            case .empty, .unusable: isOver = true
            }
        } catch {
            flushAssembly()
            fail(Self.error(error, file, lastLine: line))
        }
        if isOver { flushAssembly() }
    }

    /// Block by block; a journal among other recordings is rare enough to go the long way.
    private mutating func parseJournal(_ blocks: inout JournalBlocks, until target: Int) {
        var selection = JournalSelection(types: options.types, symbols: wanted)
        var events: ContiguousArray<MarketEvent> = []
        defer { statistics = statistics.adding(selection.statistics) }
        do throws(JournalReadFault) {
            while block.events.count < target, !isOver {
                switch try blocks.hasEvents ? .block : blocks.advance(&input) {
                case .end: isOver = true
                case .torn(let bytes):
                    isOver = true
                    options.onTornTail?(
                        JournalTornTail(
                            file: file, blocks: blocks.count, offset: blocks.offset, bytes: bytes))
                case .block: try takeJournal(&blocks, &events, &selection)
                }
            }
        } catch {
            fail(
                HistoricalLoaderError(
                    JournalChain.error(error, file, block: blocks.count, offset: blocks.offset)))
        }
    }

    private mutating func takeJournal(
        _ blocks: inout JournalBlocks, _ events: inout ContiguousArray<MarketEvent>,
        _ selection: inout JournalSelection
    ) throws(JournalReadFault) {
        events.removeAll(keepingCapacity: true)
        do throws(JournalFault) {
            try blocks.take(from: &input, into: &events, limit: Self.readAhead, &selection)
        } catch { throw .block(error) }
        do throws(RowFault) {
            for event in events { try block.append(event, keepsBatchMark: true) }
        } catch { throw .block(JournalFault(error.reason)) }
    }

    private mutating func parseCSV(
        _ splitter: inout LineSplitter, _ reader: inout CSVRowReader, until target: Int
    ) throws(RecordingFile.Fault) {
        let isDepth = reader.layout.kind == .depth
        while true {
            takePlainRows(&reader, &splitter, mayTellSnapshots: isDepth, until: target)
            guard block.events.count < target, !isOver else { break }
            guard let record = accept(try splitter.next(in: &input)) else { continue }
            var row = FlatRecord(reader.layout.kind)
            do throws(RowFault) {
                if options.readsCarefully || !reader.readPlain(input.bytes.span, record, into: &row) {
                    row = try reader.readCarefully(input.bytes.span, record)
                }
                guard isWanted(row.symbol) else { continue }
                if isDepth { try appendDepth(row, record.line) } else { try block.append(row) }
            } catch {
                refuse(record.line, error.reason)
            }
        }
    }

    /// Takes the rows at hand that are whole and plain, without looking for their ends first.
    ///
    /// - Parameter mayTellSnapshots: whether insert rows of one `seq` tell a snapshot.
    @inline(__always)
    private mutating func takePlainRows(
        _ reader: inout some PlainRowReader, _ splitter: inout LineSplitter, mayTellSnapshots: Bool,
        until target: Int
    ) {
        guard !options.readsCarefully else { return }
        let window = input.bytes
        let bytes = window.span
        let end = input.end
        while block.events.count < target, !isOver {
            var position = input.start
            var row = FlatRecord()
            guard reader.readRow(bytes, at: &position, into: &row) else { return }
            if bytes[position] == 0x0D { position += 1 }
            // The line feed at `end` is not the row's own.
            guard position < end, bytes[position] == 0x0A, position - input.start <= LineSplitter.longest
            else { return }
            input.start = position + 1
            splitter.passLine()
            statistics.rows += 1
            guard isWanted(row.symbol) else { continue }
            do throws(RowFault) {
                if mayTellSnapshots { try appendDepth(row, splitter.line) } else { try block.append(row) }
            } catch {
                refuse(splitter.line, error.reason)
            }
        }
    }

    /// - Parameter knowsShapes: whether the record may have a shape seen before, which was not looked for yet.
    @inline(__always)
    private mutating func takeJSON(
        _ framing: Framing, _ reader: inout JSONRecordReader, knowsShapes: Bool
    ) {
        guard let record = accept(framing) else { return }
        do throws(RowFault) {
            var row = FlatRecord()
            if readFlat(record, &reader, knowsShapes, &row) {
                if isWanted(row.symbol) { try block.append(row) }
                return
            }
            switch try readEvent(record, &reader) {
            case .event(let event, let keepsBatchMark):
                if let types = options.types, !types.contains(event.eventType) {
                    statistics.skipped[event.eventType.name.description, default: 0] += 1
                } else if isWanted(event.symbol) {
                    try block.append(event, keepsBatchMark: keepsBatchMark)
                }
            case .skipped(let type): statistics.skipped[type, default: 0] += 1
            }
        } catch {
            refuse(record.line, error.reason)
        }
    }

    @inline(__always)
    private func readFlat(
        _ record: FramedRecord, _ reader: inout JSONRecordReader, _ knowsShapes: Bool, _ row: inout FlatRecord
    ) -> Bool {
        if options.readsCarefully { return false }
        let bytes = input.bytes.span
        return knowsShapes
            ? reader.readPlain(bytes, record, into: &row) : reader.readAnyOrder(bytes, record, into: &row)
    }

    private func readEvent(
        _ record: FramedRecord, _ reader: inout JSONRecordReader
    ) throws(RowFault) -> JSONRecord {
        if !options.readsCarefully, let nested = reader.readNested(input.bytes.span, record) { return nested }
        return try JSONRecordReader.readCarefully(input.bytes.span, record)
    }

    /// The record to parse, if what was framed is one; counts it.
    @inline(__always)
    private mutating func accept(_ framing: Framing) -> FramedRecord? {
        switch framing {
        case .record(let record):
            if record.start == record.end || isBlank(record) { return nil }
            statistics.rows += 1
            return record
        case .fault(let line, let reason):
            statistics.rows += 1
            refuse(line, reason)
            return nil
        case .end:
            isOver = true
            return nil
        }
    }

    @inline(__always)
    private func isBlank(_ record: FramedRecord) -> Bool {
        guard input.bytes[record.start] <= 0x20 else { return false }
        return input.bytes[record.start..<record.end].allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    @inline(__always)
    private mutating func isWanted(_ symbol: SymbolID) -> Bool {
        guard let wanted, symbol != .none, !wanted.contains(symbol) else { return true }
        statistics.filtered += 1
        return false
    }

    @inline(__always)
    private mutating func appendDepth(_ row: FlatRecord, _ line: Int) throws(RowFault) {
        if assembly.isCompleted(by: row) { flushAssembly() }
        if try assembly.hold(row, line: line) { return }
        try block.append(row)
    }

    private mutating func flushAssembly() {
        let line = assembly.line
        do throws(RowFault) {
            switch assembly.flush() {
            case .row(let row): try block.append(row)
            case .snapshot(let event): try block.append(event, keepsBatchMark: false)
            case nil: break
            }
        } catch {
            refuse(line, error.reason)
        }
    }

    private mutating func refuse(_ line: Int, _ reason: String) {
        statistics.malformed += 1
        let row = MalformedRow(file: file, line: line, reason: reason)
        options.onMalformed?(row)
        if options.malformedRows == .fail { fail(.malformed(row)) }
    }

    private mutating func fail(_ error: HistoricalLoaderError) {
        if failure == nil { failure = error }
        isOver = true
    }

    private var line: Int {
        switch format {
        case .csv(let splitter, _), .jsonLines(let splitter, _): splitter.line
        case .jsonArray(let splitter, _): splitter.currentLine
        case .journal(let blocks): blocks.count
        case .empty, .unusable: 0
        }
    }

    static func error(
        _ fault: RecordingFile.Fault, _ file: String, lastLine: Int
    ) -> HistoricalLoaderError {
        switch fault {
        case .system(let error): .unreadable(error)
        case .notAFile: .notAFile(file)
        case .gzip(let offset, let reason):
            .corrupt(file: file, offset: offset, lastLine: lastLine, reason: reason)
        }
    }
}
