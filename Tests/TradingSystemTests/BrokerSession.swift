import Audit
import Configuration
import Dispatch
import ExactJSON
import MarketData
import Messaging
import Platform
import Positions
import Recorder
import TWSClient
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import Execution
@testable import TradingSystem

/// A lane whose orders wait for the test to answer them.
final class AnsweredLane: OrderLane {
    struct State {
        var lastID: Int32 = 0
        var outcome = SendOutcome.sent
        var placed: [PlaceOrder] = []
        var cancels: [Int32] = []
    }

    let state = Locked(State())

    func takeOrderID() -> Int32? {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    func place(_ order: borrowing PlaceOrder) -> SendOutcome {
        let order = copy order
        return state.withLock { state in
            if state.outcome == .sent { state.placed.append(order) }
            return state.outcome
        }
    }

    func cancel(_ order: borrowing CancelOrder) -> SendOutcome {
        let orderID = order.orderID
        state.withLock { $0.cancels.append(orderID) }
        return .sent
    }
}

/// A session of the broker with the real pipeline, journal and audit log; the gateway is played by the test.
final class BrokerSession {
    let directory: TemporaryDirectory
    let bus: EventBus<TradingPipeline>
    let orders: BrokerOrders
    let lane = AnsweredLane()
    private let audit: AuditLog
    private let writer: JournalWriter
    private let client = DispatchQueue(label: "client")
    private let gold: SymbolID
    private var time: Int64 = 1_767_623_400_000_000_000
    private var executions = 0
    private var answers = 0

    /// - Parameter overrides: settings besides.
    init(_ overrides: (key: String, value: String)...) throws {
        directory = try TemporaryDirectory()
        gold = try #require(SymbolID("XAUUSD"))
        let settings = try SettingsLoader.load(
            texts: [
                "settings.yaml": try RepositoryFile.read("config/settings.yaml"),
                "profiles/paper.yaml": try RepositoryFile.read("config/profiles/paper.yaml"),
            ], profile: "paper",
            flags: [
                SettingsOverride(key: "execution.mode", value: "ibkr", origin: "test"),
                SettingsOverride(key: "audit.durability", value: "process", origin: "test"),
                SettingsOverride(key: "risk.throttle_max", value: "1000", origin: "test"),
                SettingsOverride(key: "risk.duplicate_window", value: "1ms", origin: "test"),
                SettingsOverride(key: "risk.orders_per_second", value: "1000", origin: "test"),
                SettingsOverride(key: "risk.messages_per_second", value: "1000", origin: "test"),
            ]
                // It goes on, whatever the broker does.
                + [
                    "reject_storm.own", "reject_storm.broker", "day_loss.limit", "drawdown.limit",
                    "velocity.bps",
                ]
                .map { SettingsOverride(key: "risk.trips.\($0)", value: "0", origin: "test") }
                + [
                    SettingsOverride(key: "risk.trips.disconnect.after", value: "0s", origin: "test"),
                    // Nobody reads the clock here.
                    SettingsOverride(key: "risk.max_clock_error", value: "0s", origin: "test"),
                ]
                + overrides.map { SettingsOverride(key: $0.key, value: $0.value, origin: "test") })
        let hash = settings.decisionHash(sha256Hex)
        let start = Timestamp(nanoseconds: time)
        audit = try AuditLog(
            AuditSettings(directory: directory.path + "/audit"),
            identity: AuditIdentity(
                origin: "test/paper/log", build: "test", configHash: hash, machineID: "",
                bootID: ""), at: start, queue: DispatchQueue(label: "audit"))
        _ = try audit.stage(.sessionStart, at: start) { json in
            SessionRecord(session: 3, mode: .ibkr, settings: settings).write(to: &json)
        }
        writer = try JournalWriter(
            RecorderSettings(directory: directory.path + "/journal"),
            header: JournalHeader(
                product: "test", profile: "paper", mode: "ibkr", session: 3,
                configHash: hash, origin: audit.origin, startedAt: start, settings: settings.canonicalText),
            queue: DispatchQueue(label: "recorder"))
        let book = BrokerBook(options: BrokerOptions(clientID: 1, session: 3))
        bus = EventBus(
            core: try Wiring.pipeline(
                settings, mode: .ibkr, venue: .broker(IBKRAdapter(lane: lane, book: book)), session: 3,
                audit: audit,
                handOver: .of(settings, .ibkr), recorder: writer.recorder(), export: nil,
                measuring: (StageClock(), StageLatencies(), nil), onAuditFailure: { _ in }),
            queue: DispatchQueue(label: "bus"))
        orders = BrokerOrders(
            book: book, lane: lane, queue: client,
            outlets: BrokerOutlets(publish: { [bus] in bus.publish($0) }))
        var contract = ResolvedContract(contract: Contract(), data: ContractData())
        contract.contract.contractID = 77
        book.resolve(gold, contract)
    }

    var now: Timestamp { Timestamp(nanoseconds: time) }

    func notify(_ kind: SystemNotice.Kind) { publish(.system(SystemNotice(kind, actor: "test")), .clock) }

    func session(_ from: SessionState, _ to: SessionState) {
        time += 1_000_000
        orders.sessionChanged(SessionChange(from: from, to: to, reason: "test", time: now))
    }

    func reconcile() throws {
        session(.ready, .reconciling)
        say(.openOrderEnd(OpenOrderEnd()))
        say(.executionReportsEnd(ExecutionReportsEnd()))
        var position = PositionReport()
        position.contract.contractID = 77
        position.position = bus.query { [gold] in $0.execution.positions.position(gold).quantity }
        say(.positionReport(position))
        say(.positionEnd(PositionEnd()))
        say(.completedOrdersEnd(CompletedOrdersEnd()))
        orders.reconciled(at: now)
        session(.reconciling, .live)
    }

    func say(_ message: ServerMessage) {
        time += 1_000_000
        orders.take(message, at: now)
    }

    /// What the audit log says, a line each.
    func auditLines() throws -> [JSONValue] {
        let names = directory.names(in: "audit").filter { $0.hasSuffix(".jsonl") }.sorted()
        return try names.flatMap { name in
            let bytes = try #require(try DurableFile.read("\(directory.path)/audit/\(name)", limit: 1 << 28))
            return try bytes.split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
        }
    }

    func quote(_ bid: Int64) {
        publish(
            .tick(Tick(bid: Price(rawValue: bid), ask: Price(rawValue: bid + 200_000_000))), .ibkr)
    }

    private func publish(_ payload: MarketEvent.Payload, _ source: EventSource) {
        time += 50_000_000
        bus.publish(
            MarketEvent(
                timestamp: now, receivedAt: now,
                symbol: payload.type == .system ? .none : gold, source: source, payload: payload))
        // Refusals of the adapter are published from the client's queue.
        client.sync {}
    }

    /// Answers what has been placed and cancelled: acknowledged, filled in parts, refused (every fifth), or cancelled.
    func answer(_ random: inout TestRandom) {
        let (placed, cancels) = lane.state.withLock { state in
            defer { (state.placed, state.cancels) = ([], []) }
            return (state.placed, state.cancels)
        }
        for order in placed {
            answers += 1
            let choice = answers.isMultiple(of: 5) ? 0 : 1 + random.below(4)
            if choice == 0 {
                error(order.orderID, 201, "refused \u{1F980} \"by chance\"")
            } else {
                say(.openOrder(openOrder(order)))
                if choice > 1 { fill(order, parts: choice) }
            }
        }
        for orderID in cancels { error(orderID, 202, "") }
    }

    private func error(_ orderID: Int32, _ code: Int32, _ text: String) {
        var message = ErrorMessage()
        (message.id, message.code, message.text) = (orderID, code, text)
        time += 1_000_000
        orders.take(message, at: now)
    }

    private func openOrder(_ order: PlaceOrder) -> OpenOrder {
        var message = OpenOrder()
        message.orderID = order.orderID
        message.clientID = 1
        message.permanentID = .max - Int64(order.orderID)
        message.contract = order.contract
        message.order = order.order
        message.state.status = "Submitted"
        return message
    }

    private func fill(_ order: PlaceOrder, parts: UInt64) {
        var left = order.order.totalQuantity ?? .zero
        for part in 0..<parts where left > .zero {
            let size = part == parts - 1 ? left : min(left, Money.one)
            left -= size
            executions += 1
            report(order, "e.\(executions).01", size, order.order.limitPrice ?? .zero)
            if executions.isMultiple(of: 7) {
                report(order, "e.\(executions).02", size, Price(rawValue: 4_000_010_000_000))
            }
        }
    }

    private func report(_ order: PlaceOrder, _ name: String, _ size: Quantity, _ price: Price) {
        var message = ExecutionReport()
        message.orderID = order.orderID
        message.clientID = 1
        message.executionID = name
        message.side = order.order.action == "BUY" ? "BOT" : "SLD"
        message.shares = size
        message.price = price
        message.orderReference = order.order.reference
        message.contract = order.contract
        say(.executionReport(message))
    }

    /// Ends the session as the daemon does: the broker answers the cancels while the feed is still there, which ends last.
    func end(_ random: inout TestRandom) throws {
        notify(.sessionStop)
        answer(&random)
        publish(.feedStatus(FeedStatus(quality: .stale, reason: "stopped")), .ibkr)
        session(.live, .stopped)
        let last = bus.query { core in
            core.finishRecorder()
            return core.now
        }
        bus.stop()
        writer.close()
        _ = try audit.stage(.sessionStop, at: last) { json in
            json.beginObject()
            json.endObject()
        }
        try audit.close()
    }

    func replay() throws -> AuditReplay.Outcome {
        try AuditReplay(
            journal: ["\(directory.path)/journal/\(writer.firstFile)"], audit: directory.path + "/audit"
        ).run { _ in }
    }
}
