import Benchmarking

/// How large and how often everything is measured.
struct Plan {
    /// Short form: wrong results fail, figures mean little.
    let isSmoke: Bool
    /// Measured passes of figures taken in this process.
    let passes: Int
    /// Measured runs of the daemon.
    let runs: Int
    /// Whether memory is taken over ten times the length, too.
    let isLong: Bool

    init(isSmoke: Bool, passes: Int?, isLong: Bool) {
        self.isSmoke = isSmoke
        self.passes = passes ?? (isSmoke ? 2 : 7)
        runs = passes.map { ($0 + 1) / 2 } ?? (isSmoke ? 1 : 3)
        self.isLong = isLong
    }

    /// `full`, or `short` in the short form.
    func size(_ full: Int, short: Int) -> Int { isSmoke ? short : full }
}

/// Everything a figure needs.
final class Bench {
    let plan: Plan
    let scratch: Scratch
    let recordings: Recordings
    let daemon: Daemon

    init(plan: Plan, daemon program: String, counter: String, data: String?) throws {
        self.plan = plan
        scratch = try Scratch()
        daemon = try Daemon(program: program, counter: counter, scratch: scratch)
        recordings = Recordings(scratch: scratch, folder: data)
    }
}

/// A group of figures that are taken together.
struct FigureGroup: Sendable {
    let name: String
    let summary: String
    let measure: @Sendable (Bench) throws -> [Figure]

    /// In the order in which they run.
    static let all: [FigureGroup] = [
        FigureGroup(
            name: "counter", summary: "proof of the allocation counter, here and in the daemon",
            measure: CounterProof.measure),
        FigureGroup(
            name: "replay", summary: "whole replays by the daemon: events/s, memory",
            measure: ReplayFigures.measure),
        FigureGroup(
            name: "journal", summary: "whole replays of a journal, and its codec",
            measure: JournalFigures.measure),
        FigureGroup(
            name: "allocations", summary: "allocations per event and per order in the daemon",
            measure: AllocationFigures.measure),
        FigureGroup(
            name: "orders", summary: "a replay in which every quote leads to an order",
            measure: OrderPath.measure),
        FigureGroup(
            name: "start", summary: "start to READY and idle memory of mode sim",
            measure: StartFigures.measure),
        FigureGroup(
            name: "ladder", summary: "ladder operation, alone, with a look at the top, judged",
            measure: LadderFigures.measure),
        FigureGroup(name: "csv", summary: "quotes from CSV", measure: ParseFigures.measureCSV),
        FigureGroup(name: "ndjson", summary: "quotes from JSON lines", measure: ParseFigures.measureNDJSON),
        FigureGroup(
            name: "wire", summary: "frequent messages of the TWS socket, from memory",
            measure: WireFigures.measure),
        FigureGroup(
            name: "live", summary: "messages over loopback into normalised events, on two cores",
            measure: LiveFigures.measure),
        FigureGroup(
            name: "tick-to-trade", summary: "a tick leaves the gateway until the order's bytes are there",
            measure: TickToTrade.measure),
        FigureGroup(
            name: "latch", summary: "an engage's last byte until risk knows, among 38 other clients",
            measure: LatchFigures.measure),
        FigureGroup(
            name: "engines", summary: "the four engines, called directly and by the bus; the tape alone",
            measure: EngineFigures.measure),
        FigureGroup(name: "tap", summary: "an observer's ring", measure: TapFigure.measure),
        FigureGroup(
            name: "risk", summary: "a decision with every control, 50 instruments",
            measure: RiskFigures.measure),
        FigureGroup(
            name: "trips", summary: "what the trips cost a market event", measure: TripFigures.measure),
        FigureGroup(
            name: "audit", summary: "appending to the audit log, 1 to 1,000 lines a commit",
            measure: AuditFigures.measure),
        FigureGroup(
            name: "verify", summary: "verifying an audit log", measure: VerificationFigures.measure),
    ]
}
