import ExactJSON
import OrderFlow
import TradingModel

/// The files of an export and the form of their lines.
struct ExportFiles: Sendable {
    /// By the order of `ExportFileName`; `nil` where a file is not wanted, or not begun.
    private var files = [ExportFile?](repeating: nil, count: ExportFileName.allCases.count)

    /// Begins the files; none is open when it fails.
    mutating func begin(in folder: ExportFolder, hasLadders: Bool) throws(ExportError) {
        do throws(ExportError) {
            for name in ExportFileName.allCases where name != .ladders || hasLadders {
                files[name.rawValue] = try folder.file(name)
            }
        } catch {
            abandon()
            throw error
        }
    }

    /// Writes the summary and closes every file, under its partial name; all are closed in any case.
    mutating func finish(summary writeSummary: (inout JSONWriter) -> Void) throws(ExportError) {
        do throws(ExportError) {
            try line(.summary, writeSummary)
            for index in files.indices { try files[index]?.finish() }
        } catch {
            abandon()
            throw error
        }
    }

    /// Gives every file its name, the summary last.
    func publish() throws(ExportError) {
        for file in files { try file?.publish() }
    }

    /// Closes every file with the lines there are.
    mutating func abandon() {
        for index in files.indices {
            // It is not complete in any case, and somebody has been told why.
            do throws(ExportError) { try files[index]?.abandon() } catch { continue }
        }
    }

    private mutating func line(
        _ name: ExportFileName, _ body: (inout JSONWriter) -> Void
    ) throws(ExportError) {
        try files[name.rawValue]?.line(body)
    }
}

// MARK: - Lines

extension ExportFiles {
    mutating func write(_ bar: DeltaBar, of symbol: SymbolID) throws(ExportError) {
        try writeBar(.deltaBars, symbol, bar.start) { bar.writeFields(to: &$0) }
    }

    mutating func write(_ bar: FootprintSnapshot, of symbol: SymbolID) throws(ExportError) {
        try writeBar(.footprints, symbol, bar.start) { bar.writeFields(to: &$0) }
    }

    private mutating func writeBar(
        _ file: ExportFileName, _ symbol: SymbolID, _ start: Timestamp,
        _ writeFields: (inout JSONWriter) -> Void
    ) throws(ExportError) {
        try line(file) { json in
            json.beginObject()
            json.key("symbol")
            json.string(symbol.name)
            json.key("start")
            json.barStart(start)
            writeFields(&json)
            json.endObject()
        }
    }

    mutating func write(_ bar: TickBar, of symbol: SymbolID) throws(ExportError) {
        try line(.tickBars) { json in
            json.beginObject()
            json.key("symbol")
            json.string(symbol.name)
            json.fields(bar)
            json.endObject()
        }
    }

    mutating func write(_ dom: DomEngine, at time: Timestamp, of symbol: SymbolID) throws(ExportError) {
        try line(.ladders) { json in
            json.beginObject()
            json.key("symbol")
            json.string(symbol.name)
            json.key("ts")
            json.timestamp(time)
            json.key("after_seq")
            json.integer(dom.lastFeedSequence)
            json.key("bids")
            json.levels(dom.ladder.bids.levels)
            json.key("asks")
            json.levels(dom.ladder.asks.levels)
            json.endObject()
        }
    }

    mutating func write(_ signal: Signal, _ event: MarketEvent) throws(ExportError) {
        try line(.signals) { json in
            json.begin(event)
            signal.writeFields(to: &json)
            json.endObject()
        }
    }

    mutating func write(_ report: OrderEvent, _ event: MarketEvent) throws(ExportError) {
        try line(.orders) { json in
            json.begin(event)
            report.writeFields(to: &json)
            json.endObject()
        }
    }

    /// Writes the whole tape file: an object with a member for each instrument.
    mutating func writeTape(
        of instruments: [(symbol: SymbolID, value: InstrumentDetails)], _ engines: borrowing OrderFlowEngines
    ) throws(ExportError) {
        try files[ExportFileName.tape.rawValue]?.part { $0.beginObject() }
        for (symbol, details) in instruments {
            let totals = engines.flow(symbol)?.tape.snapshot(limit: 0).totals ?? TapeTotals()
            try files[ExportFileName.tape.rawValue]?.part { json in
                json.key(dynamic: symbol.name)
                json.beginObject()
                json.fields(totals, details.tape)
                if details.tape.tickRule.hasData {
                    json.key("tick_rule")
                    json.value(details.tape.tickRule)
                }
                if details.quotes.count > 0 {
                    json.key("ticks")
                    json.value(details.quotes)
                }
                if details.quotes.count > 0 && totals.trades > 0 {
                    json.key("quote_rule")
                    json.value(details.quoteRule)
                }
                json.endObject()
            }
        }
        try files[ExportFileName.tape.rawValue]?.line { $0.endObject() }
    }
}

extension JSONWriter {
    /// Opens the object of an event: `seq ts symbol`.
    fileprivate mutating func begin(_ event: MarketEvent) {
        beginObject()
        key("seq")
        integer(event.sequence)
        key("ts")
        timestamp(event.timestamp)
        key("symbol")
        string(event.symbol.name)
    }
}
