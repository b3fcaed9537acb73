import ExactJSON
import OrderFlow
import TradingModel

/// Writes what a replay makes of its recording into files: bars, footprints, tape, ladders, signals, orders, summary.
///
/// It observes and decides nothing. It is given every delivered event before the engines fold it, so the engines it reads
/// are as they were when all earlier events had been folded: their ladders are those of the moment just passed. Bars and
/// footprints are those the engines publish. What it keeps does not grow with the length of the replay.
public struct ExportStage: Sendable {
    /// Ladders between two events, at most: a recording that jumps by years must not fill the disk.
    static let ladderLimit = 1_000_000

    private var folder: ExportFolder
    private var files = ExportFiles()
    private let hasLadderFile: Bool
    private let barInterval: Int64
    /// Height of the rows that the engines beside it must give their footprints; `nil` for every price its own.
    public let footprintRow: Price?
    private let onFailure: @Sendable (ExportError) -> Void
    private var instruments = InstrumentTable<InstrumentDetails>(default: InstrumentDetails())
    private var schedule: LadderSchedule
    /// Instruments with a ladder, by name.
    private var ladders: [SymbolID] = []
    /// The latest time so far: that of an event may go back.
    private var lastTime: Timestamp?
    private var failure: ExportError?

    /// Takes hold of the directory and sees that it can be used; nothing in it changes before `begin`.
    ///
    /// - Parameters:
    ///   - barInterval: length of the engines' bars in nanoseconds.
    ///   - onFailure: called once, on the bus queue, when nothing more can be written; the rest of the events is ignored.
    /// - Throws: `ExportError`.
    public init(
        _ options: ExportOptions, barInterval: Int64, onFailure: @escaping @Sendable (ExportError) -> Void
    ) throws(ExportError) {
        folder = try ExportFolder(options.directory)
        hasLadderFile = options.hasLadders
        self.barInterval = barInterval
        footprintRow = options.rowSize
        self.onFailure = onFailure
        schedule = LadderSchedule(times: options.ladderTimes, interval: options.ladderInterval)
    }

    /// Removes the files of an earlier export and begins new ones, under their partial names: the replay begins.
    ///
    /// - Throws: `ExportError`; no file is open then, and the directory is let go.
    public mutating func begin() throws(ExportError) {
        do throws(ExportError) {
            try folder.clear()
            try files.begin(in: folder, hasLadders: hasLadderFile)
        } catch {
            letGo()
            throw error
        }
    }

    /// Takes one event that the engines have not folded yet.
    public mutating func handle(_ event: MarketEvent, _ engines: borrowing OrderFlowEngines) {
        guard failure == nil else { return }
        do throws(ExportError) {
            try take(event, engines)
        } catch {
            failure = error
            onFailure(error)
        }
    }

    private mutating func take(
        _ event: MarketEvent, _ engines: borrowing OrderFlowEngines
    ) throws(ExportError) {
        switch event.payload {
        case .tick(let tick):
            try passTime(event, engines)
            try add(tick, event)
        case .trade(let trade):
            try passTime(event, engines)
            instruments[event.symbol].add(trade, event)
        case .domDelta, .domSnapshot:
            try passTime(event, engines)
            noteLadder(event.symbol)
        case .feedStatus: try passTime(event, engines)
        case .deltaBar(let bar): try files.write(bar, of: event.symbol)
        case .footprintSnapshot(let bar): try files.write(bar, of: event.symbol)
        case .signal(let signal): try files.write(signal, event)
        case .orderEvent(let report): try files.write(report, event)
        case .tapeSnapshot, .riskDecision, .system, .timer: break
        }
    }

    private mutating func add(_ tick: Tick, _ event: MarketEvent) throws(ExportError) {
        let start = event.timestamp.floored(to: barInterval)
        if let bar = instruments[event.symbol].add(tick, event, barStart: start) {
            try files.write(bar, of: event.symbol)
        }
    }

    // MARK: Ladders

    /// Writes the ladders of the moments before an event.
    @inline(__always)
    private mutating func passTime(
        _ event: MarketEvent, _ engines: borrowing OrderFlowEngines
    ) throws(ExportError) {
        if lastTime == nil { schedule.begin(at: event.timestamp) }
        if event.timestamp > schedule.next { try writeLadders(before: event.timestamp, engines) }
        lastTime = max(lastTime ?? event.timestamp, event.timestamp)
    }

    private mutating func writeLadders(
        before time: Timestamp, _ engines: borrowing OrderFlowEngines
    ) throws(ExportError) {
        guard !ladders.isEmpty else {
            schedule.skip(before: time)
            return
        }
        var written = 0
        while schedule.next < time {
            let moment = schedule.removeFirst()
            for symbol in ladders {
                guard let dom = engines.flow(symbol)?.dom else { continue }
                written += 1
                guard written <= Self.ladderLimit else {
                    throw .tooManyLadders(between: lastTime ?? time, and: time)
                }
                try files.write(dom, at: moment, of: symbol)
            }
        }
    }

    private mutating func noteLadder(_ symbol: SymbolID) {
        guard !instruments[symbol].hasLadder else { return }
        instruments[symbol].hasLadder = true
        let name = symbol.name
        ladders.insert(symbol, at: ladders.firstIndex { name < $0.name } ?? ladders.endIndex)
    }

    // MARK: End

    /// Writes what the end leaves open and gives the files their names.
    ///
    /// - Parameters:
    ///   - engines: as they are after the last event.
    ///   - writeSummary: writes the summary as one value.
    /// - Throws: `ExportError`, also one that `onFailure` was told before; files keep their partial names then.
    public mutating func finish(
        _ engines: borrowing OrderFlowEngines, summary writeSummary: (inout JSONWriter) -> Void
    ) throws(ExportError) {
        if let failure {
            abandon()
            throw failure
        }
        do throws(ExportError) {
            try writeEnd(engines)
        } catch {
            abandon()
            throw error
        }
        defer { letGo() }
        try files.finish(summary: writeSummary)
        try folder.checkPlace()
        try files.publish()
    }

    private mutating func writeEnd(_ engines: borrowing OrderFlowEngines) throws(ExportError) {
        if let lastTime { schedule.end(at: lastTime) }
        try writeLadders(before: LadderSchedule.never, engines)
        let seen = instruments.byName.filter(\.value.hasData)
        for (symbol, details) in seen {
            let flow = engines.flow(symbol)
            if let bar = flow?.delta.current { try files.write(bar, of: symbol) }
            if let bar = flow?.footprint.current { try files.write(bar, of: symbol) }
            if let bar = details.tickBar { try files.write(bar, of: symbol) }
        }
        try files.writeTape(of: seen, engines)
    }

    /// Closes the files with what there is, under their partial names: the replay did not come to its end.
    public mutating func abandon() {
        files.abandon()
        letGo()
    }

    /// The files, closed before, and the directory belong to nobody from here on.
    private mutating func letGo() {
        files = ExportFiles()
        folder.release()
    }
}
