import ExactJSON
import OrderFlow
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Export
@testable import Messaging

/// Engines and an export beside them, as the decision path drives them.
struct ExportRig {
    let directory: TemporaryDirectory
    let failures = Locked<[ExportError]>([])
    private var stage: ExportStage
    private var engines: OrderFlowEngines
    private var outbox = Outbox()

    /// - Parameter options: changes what is exported.
    init(barInterval: Int64 = 60_000_000_000, _ options: (inout ExportOptions) -> Void = { _ in }) throws {
        directory = try TemporaryDirectory()
        var wanted = ExportOptions(directory: directory.path + "/export")
        options(&wanted)
        stage = try ExportStage(wanted, barInterval: barInterval) { [failures] error in
            failures.withLock { $0.append(error) }
        }
        try stage.begin()
        engines = OrderFlowEngines(
            options: OrderFlowOptions(
                barInterval: barInterval, tapeCapacity: 16, footprintRow: stage.footprintRow))
    }

    /// Delivers one event and what follows from it.
    mutating func play(
        _ payload: MarketEvent.Payload, at seconds: Double, _ symbol: SymbolID, _ sequence: UInt64 = 1
    ) {
        let time = Timestamp(nanoseconds: Int64(seconds * 1e9))
        var event = MarketEvent(
            timestamp: time, receivedAt: time, symbol: symbol, source: .replay, feedSequence: sequence,
            payload: payload)
        outbox.stamp(&event)
        while true {
            stage.handle(event, engines)
            engines.handle(event, &outbox)
            guard var next = outbox.next() else { return }
            outbox.stamp(&next)
            event = next
        }
    }

    /// Ends the export.
    mutating func finish() throws(ExportError) {
        try stage.finish(engines) { $0.value(["done": true]) }
    }

    /// Gives the export up.
    mutating func abandon() { stage.abandon() }

    /// Names in the directory.
    var names: [String] { directory.names(in: "export") }

    /// The values of a file of lines.
    func lines(_ name: String) throws -> [JSONValue] {
        try directory.read("export/" + name).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
    }
}

func trade(_ price: String, _ size: String, _ aggressor: Aggressor = .buy) throws -> MarketEvent.Payload {
    .trade(Trade(price: try Price(price), size: try Quantity(size), aggressor: aggressor))
}

func tick(_ bid: String, _ ask: String) throws -> MarketEvent.Payload {
    .tick(Tick(bid: try Price(bid), ask: try Price(ask)))
}
