import TradingModel

/// A journal as a recording: the events of its feed, as often as asked for, with nothing between file and batch.
///
/// Only for inputs that are one session's journal alone; among other recordings it goes through the merge.
struct JournalRecording {
    private let files: [String]
    private let options: HistoricalLoaderOptions
    private var chain: JournalChain
    private var selection: JournalSelection
    private var pass = 0
    private var extent = PassExtent()
    private var shift = PassShift()
    private var delivered = LoaderStatistics()
    private var failure: HistoricalLoaderError?
    private var hasToldTail = false

    /// - Returns: `nil` when not every file is a journal, or they are not of one session.
    init?(_ files: [String], _ options: HistoricalLoaderOptions) throws(HistoricalLoaderError) {
        for file in files where try !Self.isJournal(file) { return nil }
        self.files = files
        self.options = options
        let symbols = options.symbols.map { names in Set(names.compactMap { SymbolID($0) }) }
        selection = JournalSelection(types: options.types, symbols: symbols)
        do throws(JournalError) {
            chain = try JournalChain(files, readSize: 4 * options.readSize)
        } catch {
            if case .files = error { return nil }
            throw HistoricalLoaderError(error)
        }
    }

    private static func isJournal(_ file: String) throws(HistoricalLoaderError) -> Bool {
        do throws(RecordingFile.Fault) {
            var input = InputBuffer(try RecordingFile(file, readSize: 64), readSize: 64)
            return try JournalBlocks.begins(&input)
        } catch {
            throw RecordingLane.error(error, file, lastLine: 0)
        }
    }

    /// Counts of all passes.
    var statistics: LoaderStatistics { delivered.adding(selection.statistics) }

    /// Fills `batch` with at most `limit` events.
    ///
    /// - Returns: `false` when there are none left; an error comes after the events before it.
    mutating func next(
        into batch: inout ContiguousArray<MarketEvent>, limit: Int
    ) throws(HistoricalLoaderError) -> Bool {
        while failure == nil {
            do throws(JournalError) {
                _ = try chain.next(into: &batch, limit: limit, &selection)
            } catch {
                failure = HistoricalLoaderError(error)
            }
            if !batch.isEmpty { break }
            tellTail()
            guard failure == nil, beginPass() else { break }
        }
        if pass == 0 { note(batch) } else { move(&batch) }
        let events = batch.span
        for index in events.indices { delivered.countDelivered(events[index].eventType) }
        if batch.isEmpty, let failure { throw failure }
        return !batch.isEmpty
    }

    /// Opens the files again, when there is another pass.
    private mutating func beginPass() -> Bool {
        guard pass + 1 < options.repeats, extent.first != nil else { return false }
        // Looked at once for the last pass, so that the input is not played nine times to fail in the tenth.
        guard extent.shift(options.repeats - 1) != nil, let next = extent.shift(pass + 1) else {
            failure = .beyondTime(repeats: options.repeats)
            return false
        }
        do throws(JournalError) {
            let identities = chain.identities
            chain = try JournalChain(files, readSize: 4 * options.readSize)
            for (index, identity) in chain.identities.enumerated() where identity != identities[index] {
                failure = .changed(file: files[index])
                return false
            }
        } catch {
            failure = HistoricalLoaderError(error)
            return false
        }
        pass += 1
        shift = next
        return true
    }

    private mutating func note(_ batch: borrowing ContiguousArray<MarketEvent>) {
        let events = batch.span
        guard !events.isEmpty else { return }
        for index in events.indices { extent.note(numbersOf: events[index]) }
        extent.note(
            from: events[0].receivedAt.nanoseconds, to: events[events.count - 1].receivedAt.nanoseconds)
    }

    private func move(_ batch: inout ContiguousArray<MarketEvent>) {
        var events = batch.mutableSpan
        for index in events.indices { shift.move(&events[index]) }
    }

    private mutating func tellTail() {
        guard !hasToldTail, let tail = chain.tornTail else { return }
        hasToldTail = true
        options.onTornTail?(tail)
    }
}

extension HistoricalLoaderError {
    /// A journal's fault as one of a recording.
    init(_ error: JournalError) {
        if case .unreadable(let error) = error { self = error } else { self = .journal(error) }
    }
}
