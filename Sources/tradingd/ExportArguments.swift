import ArgumentParser
import Configuration
import Export
import TradingModel

/// The part of the command line that says what a replay writes besides.
struct ExportArguments: ParsableArguments {
    @Option(
        name: .customLong("export"),
        help: "Write bars, footprints, tape, signals and orders of a replay into this directory.")
    var directory: String?

    // A negative number is a value too, so that it gets an answer of one line.
    @Option(
        parsing: .unconditional,
        help: "Export: height of the footprint rows (default: every price has its own).")
    var row: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Export: ladders at these moments, such as 2026-01-05T14:30:00Z, separated by commas.",
            valueName: "ts"))
    var exportDomAt: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Export: ladders at every multiple of this, such as 60s.", valueName: "interval"))
    var exportDomEvery: String?

    /// What is asked for; `nil` for no export.
    ///
    /// - Throws: the exit code of a usage error, after its message.
    func options() throws -> ExportOptions? {
        guard let directory else {
            let orphan =
                row != nil ? "--row" : exportDomEvery != nil ? "--export-dom-every" : "--export-dom-at"
            if row == nil && exportDomEvery == nil && exportDomAt.isEmpty { return nil }
            throw refusal("\(orphan): only with --export DIR")
        }
        if directory.isEmpty { throw refusal("--export: needs a directory") }
        var options = ExportOptions(directory: directory)
        options.rowSize = try row.map(rowSize)
        options.ladderTimes = try exportDomAt.flatMap(moments)
        options.ladderInterval = try exportDomEvery.map(interval)
        return options
    }

    private func rowSize(_ text: String) throws -> Price {
        let size: Price
        do throws(DecimalError) {
            size = try Price(text)
        } catch .overflow {
            throw refusal("--row: '\(text)' is too large")
        } catch {
            throw refusal("--row: '\(text)' is not a decimal number with at most 9 digits after the point")
        }
        guard size > .zero else { throw refusal("--row: must be > 0, not \(text)") }
        return size
    }

    private func moments(_ text: String) throws -> [Timestamp] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { moment in
            guard let time = Timestamp(rfc3339: moment) else {
                throw refusal("--export-dom-at: '\(moment)' is not a time such as 2026-01-05T14:30:00Z")
            }
            return time
        }
    }

    private func interval(_ text: String) throws -> Int64 {
        guard let interval = Durations.nanoseconds(text), interval >= 1_000_000 else {
            if isTooLong(text) { throw refusal("--export-dom-every: '\(text)' is too long") }
            throw refusal(
                "--export-dom-every: '\(text)' is not a duration from 1ms, such as 250ms, 60s, 2m, 1h")
        }
        return interval
    }

    /// Whether it is no duration only because there are too many of its unit.
    private func isTooLong(_ text: String) -> Bool {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        return digits.first.map { $0 != "0" } == true && Durations.nanoseconds(text) == nil
            && Durations.nanoseconds("1" + text.dropFirst(digits.count)) != nil
    }

    private func refusal(_ message: String) -> ExitCode { failure(message, exitCode: 64) }
}
