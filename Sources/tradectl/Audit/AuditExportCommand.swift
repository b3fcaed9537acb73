import ArgumentParser
import Audit
import ExactJSON
import Platform
import TradingModel

/// `tradectl audit export`
struct AuditExportCommand: ParsableCommand {
    static let names = AuditReport.all.map(\.name) + ["ratios", "certificate"]

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a report that auditors ask for, out of a verified log.",
        discussion: "Reports:\n"
            + AuditReport.all.map { "  \($0.name): \($0.summary)\n" }.joined()
            + "  ratios: messages and trades of each day, and the busiest seconds\n"
            + "  certificate: what verify says\n\n"
            + "Each begins with the head and size of the log and its newest checkpoint. Exit code 1 when the "
            + "log is broken; the report then ends at the last good line.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

    @OptionGroup var log: LogArgument
    @OptionGroup var evidence: EvidenceOptions

    @Option(help: "Name of the report.")
    var report: String

    @Option(help: "csv or json.")
    var format = Format.csv

    @Option(help: "Earliest time, e.g. 2026-01-05 or 2026-01-05T14:30:00Z.")
    var from: String?

    @Option(help: "Times before this one.")
    var to: String?

    func validate() throws {
        guard Self.names.contains(report) else {
            throw ValidationError("no report \(report); there are \(Self.names.joined(separator: ", "))")
        }
        for text in [from, to].compactMap(\.self) where Self.time(text) == nil {
            throw ValidationError("\(text): not a time like 2026-01-05 or 2026-01-05T14:30:00Z")
        }
    }

    func run() throws {
        let result = try log.verify(evidence.evidence())
        var output = AuditExport(format: format, report: report, result)
        do throws(SystemError) {
            try write(result, to: &output)
        } catch {
            throw Failure(error.description, exitCode: 1)
        }
        output.finish()
        if let fault = result.fault { throw Failure("broken: \(fault)", exitCode: 1) }
    }

    private func write(_ result: AuditVerification, to output: inout AuditExport) throws(SystemError) {
        if report == "certificate" { return output.certificate(result) }
        var ratios = AuditRatios()
        let lines = AuditReport.all.first { $0.name == report }
        if let lines { output.header(lines.columns.map(\.title)) }
        let wanted = Set((lines ?? AuditReport.all[0]).types.map(\.rawValue))
        let times = (from.flatMap(Self.time) ?? .zero, to.flatMap(Self.time))
        try AuditLines.forEach(in: result) { bytes, _ in
            guard let line = try? JSONParser.parse(bytes.withUnsafeBufferPointer { Array($0) }),
                let type = line["type"]?.stringValue, wanted.contains(type),
                let text = line["ts"]?.stringValue, let time = Timestamp(rfc3339: text),
                time >= times.0, times.1.map({ time < $0 }) ?? true
            else { return }
            if let lines { output.row(lines.cells(line)) } else { ratios.take(type: type, time: text) }
        }
        guard lines == nil else { return }
        output.header(AuditRatios.titles)
        for row in ratios.rows { output.row(row.map { .string($0) }) }
    }

    private static func time(_ text: String) -> Timestamp? {
        Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z")
    }
}

/// Writes a report piece by piece, so that its length does not matter.
struct AuditExport {
    private let format: AuditExportCommand.Format
    private var pending = ""
    private var titles: [String] = []
    private var isFirst = true

    /// Begins with what the report was made from.
    init(format: AuditExportCommand.Format, report: String, _ result: AuditVerification) {
        self.format = format
        let facts = Self.facts(report, result)
        switch format {
        case .csv: pending = facts.map { CSV.comment($0.key, $0.value.csvCell) }.joined()
        case .json:
            pending = "{" + facts.map { "\"\($0.key)\":\($0.value.text)," }.joined() + "\"rows\":["
        }
    }

    private static func facts(_ report: String, _ result: AuditVerification) -> [JSONValue.Member] {
        let checkpoint = result.lastCheckpoint?.checkpoint
        return [
            .init("report", .string(report)),
            .init("log", .string(result.origin ?? result.key?.origin ?? "unknown")),
            .init("result", .string(result.outcome.rawValue)), .init("head", .string(result.head.hex)),
            .init("size", .number("\(result.lastSequence)")),
            .init("checkpoint_size", .number("\(checkpoint?.size ?? 0)")),
            .init("checkpoint_root", checkpoint.map { .string($0.root.hex) } ?? .null),
        ]
    }

    mutating func header(_ titles: [String]) {
        self.titles = titles
        if format == .csv { add(CSV.row(titles)) }
    }

    mutating func row(_ cells: [JSONValue]) {
        switch format {
        case .csv: add(CSV.row(cells.map(\.csvCell)))
        case .json:
            let members = zip(titles, cells).map { JSONValue.Member($0, $1) }
            add((isFirst ? "\n" : ",\n") + JSONValue.object(members).text)
            isFirst = false
        }
    }

    /// The whole verification: one row for each member, or the object itself.
    mutating func certificate(_ result: AuditVerification) {
        header(["question", "answer"])
        for member in result.json.objectValue ?? [] { row([.string(member.key), member.value]) }
    }

    mutating func finish() {
        if format == .json { add("\n]}\n") }
        flush()
    }

    private mutating func add(_ text: String) {
        pending += text
        if pending.utf8.count > 65_536 { flush() }
    }

    private mutating func flush() {
        Console.output(pending)
        pending = ""
    }
}
