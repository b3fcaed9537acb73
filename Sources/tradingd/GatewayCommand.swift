import ArgumentParser
import Dispatch
import Glibc
import MarketData
import Platform
import TWSGateway

/// `tradingd gateway`: a simulated IB Gateway.
struct GatewayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Simulates an IB Gateway: any TWS client can connect, trade, and meet faults on demand.",
        usage: "tradingd gateway [options]",
        discussion: """
            Speaks the text protocol of TWS, server versions 178 to 200. Its market is simulated from a seed, or a \
            recording. When the port is open it says so in one line; what happens is told on standard error.

            Faults come from a timeline (--faults FILE, one a line) and, live, from standard input and the socket of \
            --control, where each line is answered with 'ok' or 'error: ...'; 'status' is answered with counts as JSON.

              at 5s error 1100          on placeOrder drop           firehose bidask 1000000
              after 4096 bytes drop     after placeOrder reset       refuse 10189 tick XAUUSD
              silence 3s client 7       order duplicate-status       restart 2s

            Examples:
              tradingd gateway --port 4002 --seed 7
              tradingd gateway --port 0 --file day.csv.gz --map GOLD=XAUUSD --speed 10
            """)

    @OptionGroup(title: "Connections")
    var connections: GatewayConnectionArguments

    @OptionGroup(title: "Market")
    var market: GatewayMarketArguments

    @Option(help: "Account; may be given again (default: DU1234567).")
    var account: [String] = []

    @Option(help: "Keep orders and executions in this directory, over restarts, too.")
    var state: String?

    @Option(help: "Timeline of faults, one a line.")
    var faults: String?

    @Option(help: "Take commands on a Unix socket of this path.")
    var control: String?

    func run() throws {
        StandardStreams.ensureOpen()
        signal(SIGPIPE, SIG_IGN)
        let instruments = try market.instruments()
        var options = GatewayOptions(instruments: instruments)
        try connections.apply(to: &options)
        options.unsubscribed = try market.unsubscribed(instruments)
        options.marketWaitsForRequest = market.waitsForRequest
        options.stateDirectory = state
        if !account.isEmpty { options.accounts = account }
        if let wrong = options.accounts.first(where: { $0.isEmpty || $0.contains(",") }) {
            throw failure("--account: '\(wrong)' is no name of an account", exitCode: 64)
        }
        if let twice = account.firstGivenTwice {
            throw failure("--account: '\(twice)' is given twice", exitCode: 64)
        }
        try serve(options, feed: try market.feed(instruments), timeline: try timeline())
    }

    private func timeline() throws -> [ScheduledFault] {
        guard let faults else { return [] }
        let bytes: [UInt8]?
        do throws(SystemError) { bytes = try DurableFile.read(faults) } catch {
            throw failure("\(error)", exitCode: 66)
        }
        guard let bytes else { throw failure("--faults: \(faults): no such file", exitCode: 66) }
        do throws(FaultSyntaxError) {
            return try FaultParser.parseTimeline(String(decoding: bytes, as: UTF8.self), file: faults)
        } catch {
            throw failure(error.description, exitCode: 65)
        }
    }

    private func serve(_ options: GatewayOptions, feed: GatewayFeed, timeline: [ScheduledFault]) throws {
        let signals = EndingSignals()
        do throws(GatewayError) {
            let gateway = try Gateway(
                options, host: connections.host, port: connections.port, feed: feed, timeline: timeline
            ) { note in Console.error("tradingd gateway: \(note)\n") }
            defer { gateway.stop() }
            let commands = try openSocket()
            defer { commands?.stop() }
            let port = try gateway.start()
            try serve(commands, gateway)
            Console.output("tradingd gateway: listening on \(connections.host):\(port)\n")
            try readCommands(gateway)
            signals.wait()
        } catch {
            throw failure(error.description, exitCode: error.exitCode)
        }
    }

    private func openSocket() throws(GatewayError) -> CommandSocket? {
        guard let control else { return nil }
        do throws(SystemError) { return try CommandSocket(control) } catch {
            throw error.code == EADDRINUSE ? .controlInUse(control) : .system(error)
        }
    }

    private func serve(_ commands: CommandSocket?, _ gateway: Gateway) throws(GatewayError) {
        do throws(SystemError) { try commands?.serve(gateway) } catch { throw .system(error) }
    }

    /// Commands on standard input, until it ends; the gateway goes on without them.
    private func readCommands(_ gateway: Gateway) throws(GatewayError) {
        do throws(SystemError) {
            try NamedThread.start("gateway.stdin") {
                gateway.serveCommands(from: STDIN_FILENO) { answer in
                    Console.output(answer + "\n")
                    return true
                }
            }
        } catch {
            throw .system(error)
        }
    }
}

extension GatewayError {
    fileprivate var exitCode: Int32 {
        switch self {
        case .system(let error): error.code == EADDRINUSE ? 75 : 69
        case .controlInUse: 75
        case .brokerage: 74
        case .recording(let error):
            if case .unreadable = error { 66 } else { 65 }
        case .fault: 65
        }
    }
}

/// SIGTERM and SIGINT, to be waited for.
private struct EndingSignals {
    private let arrived = DispatchSemaphore(value: 0)
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGTERM, SIGINT].map { [arrived] number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { _ = arrived.signal() }
            source.activate()
            return source
        }
    }

    func wait() {
        arrived.wait()
        for source in sources { source.cancel() }
    }
}
