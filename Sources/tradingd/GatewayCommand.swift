import ArgumentParser
import Dispatch
import Glibc
import MarketData
import Platform
import TWSGateway
import TWSProtocol
import TradingModel

/// `tradingd gateway`: a simulated IB Gateway.
struct GatewayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Simulates an IB Gateway: any TWS client can connect, trade, and meet faults on demand.")

    @Option(help: "Numeric address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "Port; 0 lets the system choose.")
    var port: UInt16 = 4002

    @Option(help: "Seed of the simulated market.")
    var seed: UInt64 = 1

    func run() throws {
        StandardStreams.ensureOpen()
        let instruments = GatewayInstrument.catalogue(at: Timestamp(nanoseconds: AnchoredClock.wallNanoseconds()))
        let options = GatewayOptions(instruments: instruments)
        do throws(GatewayError) {
            let gateway = try Gateway(
                options, host: host, port: port,
                feed: .simulator(seed: seed, instruments: instruments, eventsPerSecond: 200)
            ) { note in Console.error("tradingd gateway: \(note)\n") }
            let opened = try gateway.start()
            Console.output("tradingd gateway: listening on \(host):\(opened)\n")
            waitForEnd()
            gateway.stop()
        } catch {
            throw failure(error.description, exitCode: 69)
        }
    }

    /// Blocks until the process is told to end.
    private func waitForEnd() {
        let end = DispatchSemaphore(value: 0)
        signal(SIGPIPE, SIG_IGN)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { _ = end.signal() }
            source.activate()
            return source
        }
        end.wait()
        for source in sources { source.cancel() }
    }
}
