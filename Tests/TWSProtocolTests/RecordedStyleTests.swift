import Testing
import TradingModel

@testable import TWSProtocol

/// Messages written by hand in the forms that live gateways use.
@Suite("Messages as gateways write them")
struct RecordedStyleTests {
    /// One message in which `|` ends a field.
    private func decode(_ text: String, version: Int32) throws -> ServerMessage {
        let body = text.utf8.map { $0 == UInt8(ascii: "|") ? 0 : $0 }
        let decoded = try ServerMessage.decode(body.span, version: ServerVersion(version))
        guard case .message(let message) = decoded else { throw NoMessage(text: "\(decoded)") }
        return message
    }

    private struct NoMessage: Error {
        let text: String
    }

    @Test("an open market order with the word None, 0.0 for a price and 2147483647 for unset")
    func openOrder() throws {
        let unset = "1.7976931348623157E308"
        let margins = Array(repeating: unset, count: 9).joined(separator: "|")
        let text =
            "5|13|76792991|TSLA|STK||0|?||SMART|USD|TSLA|NMS|BUY|100|MKT|0.0|0.0|DAY|"  // to tif
            + "|DU1234567||0||100|1376327563|0|0|0||1376327563.0/DU1234567/100|"  // to shares allocation
            + "||||||||0||-1|0||||||"  // faGroup to stockRangeUpper
            + "2147483647|0|0|0||3|0|0||0|0|"  // displaySize to triggerMethod
            + "|0|None||0||||?|0|0||0|0||||||"  // volatility to comboLegsDescrip
            + "0|0|0|2147483647|2147483647|||0||IB|0|0||0|0|"  // counts to whatIf
            + "PreSubmitted|\(margins)|||||"  // status to commission's currency
            // warningText to adjustableTrailingUnit
            + "|0|0|0|None|\(unset)|\(unset)|\(unset)|\(unset)|\(unset)|\(unset)|0|"
            + "|||0|1|0|0|0|||0||||||"  // soft dollars to midOffsetAtHalf
        guard case .openOrder(let open) = try decode(text, version: 178) else {
            Issue.record("not an open order")
            return
        }
        #expect(open.orderID == 13)
        #expect(open.permanentID == 1_376_327_563)
        #expect(open.contract.right == "?")
        #expect(open.order.limitPrice == .zero)
        #expect(open.order.displaySize == nil)
        #expect(open.order.scale.initialLevelSize == nil)
        #expect(open.order.volatility.deltaNeutral.orderType == "None")
        #expect(open.order.clearing.intent == "IB")
        #expect(open.state.known == .preSubmitted)
        #expect(open.state.initialMargin.before == unset)
        #expect(open.order.adjustment.triggerPrice == nil)
        #expect(open.order.hedge.usesNoAutomaticPrice)
        #expect(open.order.priceManagement == 0)
    }

    @Test("an execution without a zone, and one with")
    func executions() throws {
        for (time, version) in [("20250415  19:38:31", 178), ("20250708 02:35:00 America/New_York", 200)]
            as [(String, Int32)]
        {
            let text =
                "11|-1|5|265598|AAPL|STK||0.0|||ISLAND|USD|AAPL|NMS|0000e0d5.67fe667b.01.01|\(time)|"
                + "DU1234567|ISLAND|BOT|100|201.94|1740000123|1|0|100|201.94|my||||2|0|"
                + (version >= 198 ? "DU1234567|" : "")
            guard case .executionReport(let fill) = try decode(text, version: version) else {
                Issue.record("not an execution")
                continue
            }
            #expect(fill.requestID == -1)
            #expect(fill.time == time)
            #expect(fill.price == (try Price("201.94")))
            #expect(fill.evMultiplier == nil || fill.evMultiplier == 0)
            #expect(fill.lastLiquidity == 2)
        }
    }

    @Test("a commission whose profit is unset, in doubles with their noise")
    func commission() throws {
        let unset = "1.7976931348623157E308"
        let text = "59|1|0000e0d5.67fe667b.01.01|1.0000400000000001|USD|\(unset)|\(unset)||"
        guard case .commissionReport(let cost) = try decode(text, version: 200) else {
            Issue.record("not a commission")
            return
        }
        #expect(cost.commission == Money(rawValue: 1_000_040_000_000_000_100))
        #expect(cost.realizedPnL == nil)
        #expect(cost.yield == nil)
        #expect(cost.yieldRedemptionDate == nil)
    }

    @Test("currency: an increment of 5.0E-5, and a position of a yen account beyond a price's range")
    func currencies() throws {
        let rule = "93|239|2|0|5.0E-5|1.0E7|1|"
        guard case .marketRule(let increments) = try decode(rule, version: 200) else {
            Issue.record("not a rule")
            return
        }
        #expect(
            increments.increments.map(\.increment) == [
                Price(rawValue: 50_000), Price(rawValue: 1_000_000_000),
            ])
        #expect(increments.increments.last?.lowEdge == (try Price("10000000")))
        let pnl = "94|3|-1.5375E10|2.0E10|1.7976931348623157E308|"
        guard case .profitAndLoss(let profit) = try decode(pnl, version: 200) else {
            Issue.record("not a profit")
            return
        }
        #expect(profit.daily == Money(rawValue: -15_375_000_000_000_000_000_000_000_000))
        #expect(profit.realized == nil)
    }

    @Test("notices, accounts, ids and ends")
    func small() throws {
        let notice = "4|2|-1|2104|Market data farm connection is OK:usfarm||"
        guard case .errorMessage(let error) = try decode(notice, version: 178) else {
            Issue.record("not a notice")
            return
        }
        #expect(error.id == -1)
        #expect(error.code == 2104)
        guard case .managedAccounts(let accounts) = try decode("15|1|DU1,DU2,|", version: 178) else {
            Issue.record("not accounts")
            return
        }
        #expect(accounts.list == ["DU1", "DU2"])
        guard case .nextValidID(let next) = try decode("9|1|42|", version: 178) else {
            Issue.record("not an id")
            return
        }
        #expect(next.orderID == 42)
        #expect(try decode("102|", version: 200) == .completedOrdersEnd(CompletedOrdersEnd()))
        guard case .market(.tickPrice(let tick)) = try decode("1|6|9|1|-1.0|0|1|", version: 200) else {
            Issue.record("not a tick")
            return
        }
        #expect(tick.price == (try Price("-1")))
    }
}
