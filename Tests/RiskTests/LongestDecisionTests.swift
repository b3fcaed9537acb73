import Audit
import ExactJSON
import Testing
import TradingModel

@testable import Risk

/// A decision is put into words when its line is written: one that the log does not take would end it.
@Suite("The longest record of a decision")
struct LongestDecisionTests {
    private static let lowest = Int64.min + 1

    private func checks() -> RiskChecks {
        let longest =
            RiskReason.allCases.max { "\($0.code)".utf8.count < "\($1.code)".utf8.count } ?? .killSwitch
        let amount = RiskCheck.Value.money(Money(rawValue: .min + 1))
        let price = RiskCheck.Value.price(Price(rawValue: Self.lowest))
        let off = RiskCheck.Value.flag(false)
        var checks = RiskChecks()
        // The widest that there is room for, then those that take none.
        for value in [amount, price, off] {
            let check = RiskCheck(longest, limit: value, actual: value, passed: false)
            while checks.hasRoom(for: check) { checks.append(check) }
        }
        return checks
    }

    private func origin() -> OrderOrigin {
        let time = Timestamp(nanoseconds: .max)
        let price = Price(rawValue: Self.lowest)
        let size = Quantity(rawValue: Self.lowest)
        var samples = PriceWindow()
        for _ in 0..<PriceWindow.capacity { samples.append(price) }
        return OrderOrigin(
            signal: SignalOrigin(
                trigger: EventStamp(
                    sequence: .max, feedSequence: .max, type: .footprintSnapshot, timestamp: time,
                    receivedAt: time),
                quote: Tick(bid: price, ask: price, bidSize: size, askSize: size), samples: samples,
                sampleCount: .max, tickSize: price, threshold: price, strategyVersion: .max,
                signal: Signal(
                    strategy: .manual, direction: .short, isWeighted: true,
                    score: -Double.leastNonzeroMagnitude, confidence: -Double.greatestFiniteMagnitude,
                    last: price, mean5: price, mean10: price, bid: price, ask: price),
                signalSequence: .max),
            sizing: Sizing(
                target: Quantity(rawValue: Self.lowest / 4), position: Quantity(rawValue: .max / 4),
                leaves: Quantity(rawValue: .max / 4), outcome: .order))
    }

    @Test("is far below what a line of the audit trail takes")
    func longest() throws {
        // Quotes are two bytes each in JSON.
        let name = String(repeating: "\"", count: 64)
        let price = Price(rawValue: Self.lowest)
        var request = OrderRequest(
            id: ClientOrderID(session: .max, number: .max), symbol: try #require(SymbolID(name)), side: .sell,
            type: .stopLimit, quantity: Quantity(rawValue: Self.lowest), limitPrice: price, stopPrice: price,
            timeInForce: .goodTillDate, expiry: Timestamp(nanoseconds: .max),
            bracket: ClientOrderID(session: .max, number: .max),
            flags: [.reduceOnly, .flatten, .protected, .postOnly, .outsideRegularHours],
            strategy: StrategyID(name))
        request.exitRound = .max
        var decision = RiskDecision(
            request: request, approved: false, reasons: RiskReason.allCases, limits: checks(),
            origin: origin())
        decision.isReducing = true
        decision.reference = ReferenceQuote(
            Tick(bid: price, ask: price), sequence: .max, receivedAt: Timestamp(nanoseconds: .min))
        var json = JSONWriter()
        decision.writeRecord(
            sequence: .max, at: Timestamp(nanoseconds: .max), configHash: String(repeating: "f", count: 64),
            to: &json)
        #expect(json.count > 4_000 && json.count < AuditLimits.dataBytes / 4, "\(json.count) bytes")
        #expect(decision.limits.count == RiskChecks.capacity)
    }
}
