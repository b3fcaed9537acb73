import ArgumentParser
import Benchmarking
import Glibc
import Platform

/// Measures the daemon and its parts beside plain C: `scripts/bench`.
@main
struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tradingd-bench",
        abstract: "Measures tradingd and its parts beside plain C that does the same work.",
        discussion: """
            Prints one JSON object a line on standard output, the machine first, then the figures; and a table on \
            standard error. Exits 1 when ours and C disagree, a run does not count, or the allocation counter fails \
            its proof; a figure below its floor is no failure.
            """)

    @Flag(help: "Short form: proves that everything works; the figures mean little.")
    var smoke = false

    @Option(parsing: .upToNextOption, help: "Take only these groups (see --list).")
    var only: [String] = []

    @Flag(help: "List the groups and exit.")
    var list = false

    @Option(help: "Measured passes in this process (default 7); half as many runs of the daemon.")
    var passes: Int?

    @Flag(help: "Take memory over ten times the length, too.")
    var long = false

    @Option(help: "Write the JSON lines to this file, too.")
    var json: String?

    @Option(help: "The tradingd to measure (default: beside this program).")
    var tradingd: String?

    @Option(help: "Folder of recordings (default: $TRADINGD_DATA, then ../shared/data).")
    var data: String?

    func validate() throws {
        if let passes, !(1...1_000).contains(passes) { throw ValidationError("--passes: 1 to 1000") }
        for name in only where !FigureGroup.all.contains(where: { $0.name == name }) {
            throw ValidationError("--only: there is no group '\(name)', see --list")
        }
        if let data, access(data + "/events", X_OK) != 0 {
            throw ValidationError("--data: \(data) has no folder 'events'")
        }
    }

    func run() throws {
        if list {
            for group in FigureGroup.all { Console.output("\(group.name): \(group.summary)\n") }
            return
        }
        do {
            try measure()
        } catch {
            Console.error("tradingd-bench: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func measure() throws {
        #if DEBUG
        Console.error("tradingd-bench: warning: a debug build: its figures mean nothing\n")
        #endif
        let folder = Recordings.folder(data)
        if folder == nil { Console.error("tradingd-bench: no recordings: simulated input only\n") }
        let directory = try Self.ownDirectory()
        let bench = try Bench(
            plan: Plan(isSmoke: smoke, passes: passes, isLong: long),
            daemon: tradingd ?? directory + "/tradingd",
            counter: directory + "/libAllocationCounter.so", data: folder)
        var report = Report()
        report.add(Machine(swift: Self.compiler).line)
        let figures = try measure(bench, &report)
        if let json { try DurableFile.replace(json, with: report.bytes, mode: 0o644) }
        Console.error(FigureTable.text(figures) + report.machine)
        if figures.contains(where: { $0.verdict == .invalid }) || report.hasFaults {
            throw BenchmarkFault("some figures do not count")
        }
    }

    /// Takes the groups that are wanted; one that fails does not keep the others from being taken.
    private func measure(_ bench: Bench, _ report: inout Report) throws -> [Figure] {
        var figures: [Figure] = []
        for group in FigureGroup.all where only.isEmpty || only.contains(group.name) {
            do {
                for figure in try group.measure(bench) {
                    figures.append(figure)
                    report.add(figure.line)
                }
            } catch {
                report.addFault("\(group.name): \(error)")
            }
        }
        return figures
    }

    /// Where this program is, with the others of its build.
    private static func ownDirectory() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw SystemError("readlink", "/proc/self/exe") }
        let path = buffer[..<count].map { UInt8(bitPattern: $0) }
        return DurableFile.directoryName(String(decoding: path, as: UTF8.self))
    }

    private static var compiler: String {
        if let version = ProcessEnvironment.variables["TRADINGD_BENCH_SWIFT"], !version.isEmpty {
            return version
        }
        #if compiler(>=6.3)
        return "6.3 or later"
        #else
        return "6.2"
        #endif
    }
}

/// The JSON lines: printed as they come, kept for the file.
private struct Report {
    private(set) var bytes: [UInt8] = []
    /// The first line: what the figures were taken on.
    private(set) var machine = ""
    private(set) var hasFaults = false

    mutating func add(_ line: String) {
        if bytes.isEmpty { machine = line + "\n" }
        Console.output(line + "\n")
        bytes += (line + "\n").utf8
    }

    /// Says what went wrong with a group.
    mutating func addFault(_ text: String) {
        hasFaults = true
        Console.error("tradingd-bench: \(text)\n")
    }
}
