import Audit
import ExactJSON
import Testing
import TradingModel

@testable import Risk
@testable import tradectl

/// A decision on an order for gold, with everything that led to it, as the daemon answers it.
private struct Explained {
    var engine: RiskEngine
    let gold: Instrument
    var request: OrderRequest
    var quote: Tick? = Tick(
        bid: Price(rawValue: 4_000_000_000_000), ask: Price(rawValue: 4_000_200_000_000),
        bidSize: Quantity(rawValue: 10_000_000_000), askSize: Quantity(rawValue: 10_000_000_000))
    var window = PriceWindow()

    init() throws {
        gold = Instrument(
            symbol: try #require(SymbolID("WHY.GOLD")), tickSize: try Price("0.01"),
            lotSize: try Quantity("1"))
        engine = RiskEngine(limits: try Self.limits(gold))
        engine.fold(SystemNotice(.armed, actor: "test"))
        request = OrderRequest(
            id: ClientOrderID(session: 1, number: 7), symbol: gold.symbol, side: .buy, type: .limit,
            quantity: try Quantity("2"), limitPrice: try Price("4000.20"),
            strategy: StrategyID("micro_price_momentum"), signalSequence: 11)
        for cents in 1...10 {
            window.append(Price(rawValue: 4_000_000_000_000 + Int64(cents) * 10_000_000))
        }
    }

    static func limits(_ gold: Instrument) throws -> RiskLimits {
        RiskLimits(
            whitelist: [gold.symbol], instruments: [gold], maxSize: try Quantity("10"),
            maxExposure: Money(try Price("50000")), maxGrossExposure: Money(try Price("50000")),
            throttleMax: 2, priceCollarBps: 50, exchangeRates: ["USD": try Price("1")])
    }

    private var origin: OrderOrigin {
        let signal = Signal(
            strategy: request.strategy, direction: .long, isWeighted: true, score: 4.5, confidence: 0.8,
            last: Price(rawValue: 4_000_100_000_000), mean5: Price(rawValue: 4_000_080_000_000),
            mean10: Price(rawValue: 4_000_055_000_000), bid: .zero, ask: .zero)
        return OrderOrigin(
            signal: SignalOrigin(
                trigger: EventStamp(
                    sequence: 10, feedSequence: 9, type: .tick, timestamp: Timestamp(nanoseconds: 5),
                    receivedAt: Timestamp(nanoseconds: 5)), quote: quote ?? Tick(bid: .zero, ask: .zero),
                samples: window, sampleCount: 31, tickSize: gold.tickSize,
                threshold: Price(rawValue: 1_000_000), strategyVersion: 1, signal: signal, signalSequence: 11),
            sizing: Sizing(
                target: Quantity(rawValue: 1_000_000_000), position: Quantity(rawValue: -1_000_000_000),
                leaves: .zero, outcome: .order))
    }

    /// The answer to `why` for this order.
    func answer() throws -> JSONValue {
        let now = Timestamp(nanoseconds: 5)
        var decision = engine.evaluate(request, now: now) { _ in quote }
        decision.reference = quote.map { ReferenceQuote($0, sequence: 10, receivedAt: now) }
        decision.origin = origin
        var json = JSONWriter()
        decision.writeRecord(sequence: 12, at: now, configHash: "c0ffee", to: &json)
        let line: JSONValue = [
            "type": .string(decision.auditLineType.rawValue), "ts": "1970-01-01T00:00:00.000000Z",
            "data": try JSONParser.parse(json.bytes),
        ]
        return ["order": .string("\(request.id)"), "lines": [line], "complete": true]
    }
}

@Suite("tradectl why")
struct WhyTextTests {
    private func text(_ change: (inout Explained) throws -> Void) throws -> String {
        var explained = try Explained()
        try change(&explained)
        return WhyText.text(try explained.answer())
    }

    /// The cells of the line that begins with `name` or holds it as its second word.
    private func row(_ name: String, in text: String) -> [String] {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.first == name || words.dropFirst().first == name { return words }
        }
        return []
    }

    @Test("tells event, features, sizing and every gate of an approved order")
    func approved() throws {
        let text = try text { _ in }
        #expect(
            row("order", in: text) == ["order", "c-1-7", "WHY.GOLD", "BUY", "2", "limit", "4000.2", "DAY"])
        #expect(text.contains("outcome     approved, not sent"))
        #expect(text.contains("bid 4000 x 10   ask 4000.2 x 10"))
        #expect(text.contains("last - mean_5 = 0.02   mean_5 - mean_10 = 0.025"))
        #expect(text.contains("target 1 - (position -1 + leaves 0) = 2"))
        #expect(text.contains("recomputed  features, direction and quantity follow from the line"))
        #expect(row("throttle_exceeded", in: text) == ["18", "throttle_exceeded", "2", "0", "pass"])
        #expect(!text.contains("FAIL") && !text.contains("not reached"))
    }

    @Test("names the gate that failed with limit and actual, and those behind it as not reached")
    func gates() throws {
        typealias Change = (inout Explained) throws -> Void
        let cases: [(RiskReason, [String], Change)] = [
            (.auditUnavailable, ["off", "on"], { $0.engine.isAuditAvailable = false }),
            (
                .killSwitch, ["off", "on"],
                { $0.engine.fold(SystemNotice(.killSwitchEngaged, actor: "test")) }
            ),
            (.mode, ["off", "on"], { $0.engine.fold(SystemNotice(.disarmed, actor: "test")) }),
            (
                .notReconciled, ["off", "on"],
                { $0.engine.fold(SystemNotice(.brokerUnreconciled, actor: "test")) }
            ),
            (.brokerDown, ["off", "on"], { $0.engine.fold(SystemNotice(.brokerLost, actor: "test")) }),
            (
                .symbol, ["off", "on"],
                { $0.request.symbol = try #require(SymbolID("WHY.OTHER")) }
            ),
            (.invalidQuantity, ["1", "1.5"], { $0.request.quantity = try Quantity("1.5") }),
            (.invalidPrice, ["0.01", "4000.005"], { $0.request.limitPrice = try Price("4000.005") }),
            (.noReference, ["on", "missing"], { $0.quote = nil }),
            (.sizeLimit, ["10", "11"], { $0.request.quantity = try Quantity("11") }),
            (.priceCollar, ["4020.1", "4020.11"], { $0.request.limitPrice = try Price("4020.11") }),
            (
                .exposureLimit, ["8000", "8000.4"],
                { explained in
                    var limits = try Explained.limits(explained.gold)
                    limits.maxExposure = Money(try Price("8000"))
                    explained.engine = RiskEngine(limits: limits)
                    explained.engine.fold(SystemNotice(.armed, actor: "test"))
                }
            ),
            (
                .throttleExceeded, ["2", "2"],
                { explained in
                    for number: UInt32 in 1...2 {
                        var earlier = explained.request
                        earlier.id = ClientOrderID(session: 1, number: number)
                        explained.engine.reserve(earlier, now: .zero)
                    }
                }
            ),
        ]
        for (reason, values, change) in cases {
            let text = try text(change)
            #expect(text.contains("denied: \(reason.code)"), "\(text)")
            let cells = Array(row("\(reason.code)", in: text).dropFirst(2))
            #expect(cells == values + ["FAIL"], "\(text)")
            for later in RiskReason.allCases where later.rawValue > reason.rawValue {
                #expect(row("\(later.code)", in: text).first { $0 == "pass" } == nil)
                let rest = text.split(separator: "\n").first { $0.hasPrefix("not reached:") }
                #expect(rest?.contains("\(later.code)") == true)
            }
        }
    }

    @Test("a line that does not follow from itself is told so")
    func recomputation() throws {
        let cases: [(String, (inout Explained) -> Void)] = [
            ("mean_5 is", { $0.window = PriceWindow() }),
            ("qty is 2, not 3", { $0.request.quantity = Quantity(rawValue: 3_000_000_000) }),
            ("side is BUY", { $0.request.side = .sell }),
            ("last is 4000.05, not 4000.1", { $0.quote?.ask = Price(rawValue: 4_000_100_000_000) }),
        ]
        for (difference, change) in cases {
            var explained = try Explained()
            change(&explained)
            let data = try #require(try explained.answer()["lines"]?.arrayValue?.first?["data"])
            guard let recomputation = Recomputation(data) else {
                // Without the samples there is nothing to compute from.
                #expect(explained.window.isEmpty)
                continue
            }
            #expect(recomputation.differences.contains { $0.hasPrefix(difference) }, "\(recomputation)")
        }
    }

    @Test("nothing in an answer reaches the terminal as a control sequence")
    func hostile() throws {
        let nasty = "x\u{1B}[31m\u{202E}\u{7}\ny"
        let answer: JSONValue = [
            "order": .string(nasty), "session": ["version": .string(nasty)],
            "lines": [
                [
                    "type": .string("order.intent"), "ts": .string(nasty),
                    "data": ["checks": [[.string(nasty)], 5]],
                ],
                ["type": .string(nasty), "data": ["status": .string(nasty), "reason": .string(nasty)]], 7, [],
                ["type": "order.fill"],
            ],
        ]
        let text = WhyText.text(answer)
        let escaped = text.unicodeScalars.allSatisfy {
            $0 == "\n" || $0.properties.generalCategory != .control
        }
        #expect(escaped && !text.contains("\u{202E}"))
        for odd in [.null, [], "text", 5, ["now": [:]], ["lines": 4], ["order": "c-1-1"]] as [JSONValue] {
            _ = WhyText.text(odd)
        }
    }

    @Test("reads the checks of earlier versions, which were objects")
    func earlierVersion() {
        let check: JSONValue = [
            "n": 1, "code": "kill_switch", "limit": "off", "actual": "on", "result": "fail",
        ]
        let line: JSONValue = [
            "type": "order.deny",
            "data": ["cid": "c-1-1", "code": "kill_switch", "strategy": "s", "checks": [check]],
        ]
        let text = WhyText.text(["order": "c-1-1", "lines": [line]])
        #expect(row("kill_switch", in: text) == ["1", "kill_switch", "off", "on", "FAIL"])
        #expect(text.contains("older version"))
    }

    @Test("says why there is no signal and no order")
    func symbols() {
        func text(_ now: [(String, JSONValue)], outcome: String? = nil) -> String {
            let base: [JSONValue.Member] = [
                .init("enabled", true), .init("known", true), .init("armed", true), .init("count", 12),
                .init("threshold", "0.5"), .init("direction", "flat"), .init("last", "10"),
                .init("mean_5", "9.8"), .init("mean_10", "9.9"),
            ]
            let changed = base.map { member in
                now.first { $0.0 == member.key }.map { .init($0.0, $0.1) } ?? member
            }
            let signal: JSONValue = outcome.map { ["sizing": ["outcome": .string($0)]] } ?? .null
            return WhyText.text(["symbol": "X", "now": .object(changed), "signal": signal, "order": .null])
        }
        #expect(text([]).contains("flat: long is short of 0.3 and 0.6, short is short of 0.7 and 0.4"))
        #expect(text([("enabled", false)]).contains("strategy.enabled"))
        #expect(text([("known", false)]).contains("do not know the instrument"))
        #expect(text([("count", 4), ("mean_5", .null)]).contains("4 samples of the 10"))
        #expect(text([("armed", false)]).contains("DISARMED"))
        #expect(text([], outcome: "target_reached").contains("lead to the target already"))
        #expect(text([], outcome: "flat_holds").contains("exit_on_flat is off"))
        #expect(text([], outcome: "unknown_instrument").contains("do not know the instrument"))
    }
}
