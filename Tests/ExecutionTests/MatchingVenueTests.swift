import Testing
import TradingModel

@testable import Execution
@testable import Messaging
@testable import Risk

@Suite("Matching: several instruments at one simulated venue")
struct MatchingVenueTests {
    /// A venue for two instruments, with a quote of each unless told otherwise.
    private struct Rig {
        var venue: SimAdapter
        var outbox = Outbox()
        let gold: SymbolID
        let silver: SymbolID
        private var number: UInt32 = 0

        init(_ name: String) throws {
            gold = try #require(SymbolID("\(name).GOLD"))
            silver = try #require(SymbolID("\(name).SILVER"))
            venue = SimAdapter(
                instruments: try [gold, silver].map {
                    Instrument(symbol: $0, tickSize: try Price("1"), lotSize: try Quantity("1"))
                })
            try quote(gold, "99", "101")
            try quote(silver, "19", "21")
        }

        @discardableResult
        mutating func quote(_ symbol: SymbolID, _ bid: String, _ ask: String) throws -> [String] {
            let size = try Quantity("5")
            venue.quoteChanged(
                symbol, Tick(bid: try Price(bid), ask: try Price(ask), bidSize: size, askSize: size), &outbox)
            return told()
        }

        @discardableResult
        mutating func print(_ symbol: SymbolID, _ price: String) throws -> [String] {
            venue.tradePrinted(
                symbol, Trade(price: try Price(price), size: try Quantity("5"), aggressor: .unknown), &outbox)
            return told()
        }

        @discardableResult
        mutating func buy(
            _ symbol: SymbolID, _ quantity: String = "1", limit: String? = nil
        ) throws -> [String] {
            number += 1
            let request = OrderRequest(
                id: ClientOrderID(session: 1, number: number), symbol: symbol, side: .buy,
                type: limit == nil ? .market : .limit, quantity: try Quantity(quantity),
                limitPrice: try limit.map { try Price($0) })
            venue.submit(
                ApprovedOrder(request: request, decisionSequence: 1, auditEntry: 1), &outbox)
            return told()
        }

        /// What was published, as `1 partially_filled 5@101 SILVER`: order, status, fill or reason, instrument.
        private mutating func told() -> [String] {
            var lines: [String] = []
            while let event = outbox.next() {
                guard case .orderEvent(let report) = event.payload else { continue }
                let fill = report.executionID == 0 ? "" : " \(report.lastQuantity)@\(report.lastPrice)"
                let reason = report.reason.isEmpty ? "" : " (\(report.reason))"
                let name = event.symbol == gold ? "GOLD" : event.symbol == silver ? "SILVER" : "?"
                lines.append("\(report.id.number) \(report.status.name)\(fill)\(reason) \(name)")
            }
            return lines
        }
    }

    @Test(
        "orders meet the market of their own instrument only, and what is taken from one is left in the other"
    )
    func apart() throws {
        var rig = try Rig("APART")
        #expect(try rig.buy(rig.gold, "5") == ["1 accepted GOLD", "1 filled 5@101 GOLD"])
        #expect(try rig.buy(rig.silver, "5") == ["2 accepted SILVER", "2 filled 5@21 SILVER"])
        #expect(try rig.buy(rig.gold, limit: "90") == ["3 accepted GOLD"])
        #expect(try rig.buy(rig.silver, limit: "15") == ["4 accepted SILVER"])
        // Prices that would fill the gold order, were they of gold.
        #expect(try rig.print(rig.silver, "20") == [])
        #expect(try rig.quote(rig.silver, "16", "17") == [])
        #expect(try rig.quote(rig.gold, "88", "89") == ["3 filled 1@90 GOLD"])
        #expect(try rig.print(rig.silver, "14") == ["4 filled 1@15 SILVER"])
    }

    @Test("one market lost is not another's; lost for all, no instrument trades until it is quoted again")
    func lost() throws {
        var rig = try Rig("LOST")
        rig.venue.quoteLost(rig.gold)
        #expect(try rig.buy(rig.gold) == ["1 rejected (no market) GOLD"])
        #expect(try rig.buy(rig.silver, limit: "15") == ["2 accepted SILVER"])
        try rig.quote(rig.gold, "99", "101")
        try rig.buy(rig.gold, limit: "90")
        rig.venue.quoteLost(.none)
        #expect(try rig.buy(rig.gold) == ["4 rejected (no market) GOLD"])
        #expect(try rig.buy(rig.silver) == ["5 rejected (no market) SILVER"])
        #expect(try rig.quote(rig.silver, "13", "14") == ["2 filled 1@15 SILVER"])
        #expect(try rig.buy(rig.gold) == ["6 rejected (no market) GOLD"])
        // What worked has waited; the same quote as before is news now.
        #expect(try rig.quote(rig.gold, "89", "90") == ["3 filled 1@90 GOLD"])
    }

    @Test("an order for an instrument the venue does not have is told so, whatever the markets")
    func unknown() throws {
        var rig = try Rig("UNKNOWN")
        let tin = try #require(SymbolID("UNKNOWN.TIN"))
        #expect(try rig.buy(tin) == ["1 rejected (no such instrument) ?"])
        #expect(try rig.quote(tin, "1", "2") == [] && rig.print(tin, "1") == [])
        rig.venue.quoteLost(tin)
        #expect(try rig.buy(tin) == ["2 rejected (no such instrument) ?"])
        #expect(try rig.buy(.none) == ["3 rejected (no such instrument) ?"])
        #expect(try rig.buy(rig.gold).last == "4 filled 1@101 GOLD")
    }
}
