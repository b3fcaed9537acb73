import Risk
import Testing
import TradingModel

@testable import Execution

@Suite("The simulated venue: fees, refusals, rows")
struct SimChargeTests {
    private func options(_ change: (inout SimOptions) throws -> Void) rethrows -> SimOptions {
        var options = SimOptions()
        try change(&options)
        return options
    }

    @Test("fees are told with the fill, by unit and by notional, for takers and makers apart")
    func fees() throws {
        var rig = try SimVenueRig(
            "FEES.PLAIN", multiplier: "10", currency: "EUR",
            options { options in
                options.fees = SimFees(
                    perUnit: try Price("0.5"), takerBasisPoints: try Price("2"),
                    makerBasisPoints: try Price("-1"))
            })
        rig.quote(99, 101, at: 0)
        let taken = rig.send(.buy, 2, limit: 101, at: 1).reports
        // 2 · 0.5, and 2/10,000 of 2 · 101 · 10.
        #expect(taken.last?.commission.description == "1.404")
        #expect(taken.last?.commissionCurrency.name == "EUR")
        #expect(taken.first?.commissionCurrency == CurrencyCode.none)
        rig.send(.buy, 1, limit: 100, at: 2)
        let made = rig.quote(98, 100, at: 3)
        // 1 · 0.5, less 1/10,000 of 100 · 10.
        #expect(made.last?.commission.description == "0.4")
    }

    @Test("the least is charged with the first fill of an order, and counts for the next ones")
    func minimum() throws {
        var rig = try SimVenueRig(
            "FEES.MINIMUM",
            options { options in
                options.fees = SimFees(perUnit: try Price("0.1"), minimum: try Price("1"))
            })
        rig.quote(99, 101, size: 5, at: 0)
        rig.send(.buy, 30, limit: 101, at: 1)
        rig.quote(98, 100, size: 4, at: 2)
        rig.quote(99, 101, size: 21, at: 3)
        let fees = rig.published.filter { $0.report == .fill }.map(\.commission.description)
        #expect(fees == ["1", "0", "2"])
    }

    @Test("with a chance of one every order is refused; without one, nothing is drawn")
    func refusals() throws {
        var rig = try SimVenueRig("REFUSE.ALL", options { $0.rejectChance = SimOptions.chance(1) })
        rig.quote(99, 101, at: 0)
        #expect(rig.send(.buy, 1, limit: 101, at: 1).reports.map(\.brief) == ["1 rejected refused by chance"])
        #expect(rig.quote(98, 100, at: 2) == [])
    }

    @Test("a chance in between refuses about that part, the same ones for a seed")
    func chances() throws {
        func refused(seed: UInt64) throws -> [UInt32] {
            var options = SimOptions(seed: seed)
            options.rejectChance = SimOptions.chance(0.25)
            var rig = try SimVenueRig("REFUSE.SOME", options)
            rig.quote(99, 101, size: 1_000_000, at: 0)
            for index in 0..<400 { rig.send(.buy, 1, limit: 101, at: Double(index)) }
            return rig.published.filter { $0.report == .reject }.map(\.id.number)
        }
        let first = try refused(seed: 3)
        #expect((60...140).contains(first.count))
        #expect(try refused(seed: 3) == first)
        #expect(try refused(seed: 4) != first)
    }

    @Test("a cancel that is refused is answered, and the order works on")
    func cancelRefusals() throws {
        var rig = try SimVenueRig(
            "REFUSE.CANCEL", options { $0.cancelRejectChance = SimOptions.chance(1) })
        rig.quote(99, 101, at: 0)
        let order = rig.send(.buy, 1, limit: 100, at: 1).order
        #expect(rig.cancel(order, at: 2).map(\.brief) == ["1 accepted cancel refused"])
        #expect(rig.quote(98, 100, at: 3).map(\.brief) == ["1 filled 1@100"])
        #expect(rig.cancel(order, at: 4) == [])
    }

    @Test(
        "no cancel is refused where nobody would ask again: at the end of a session, and in a book that is only simulated"
    )
    func lastCancels() throws {
        let refusing = options { $0.cancelRejectChance = SimOptions.chance(1) }
        var rig = try SimVenueRig("REFUSE.LAST", refusing)
        rig.quote(99, 101, at: 0)
        let order = rig.send(.buy, 1, limit: 100, at: 1).order
        #expect(
            rig.cancel(order, reason: OrderEvent.sessionEndReason, at: 2).map(\.status) == [.cancelled])
        rig = try SimVenueRig("REFUSE.STANDIN", refusing, isSimulated: true)
        rig.quote(99, 101, at: 0)
        let other = rig.send(.buy, 1, limit: 100, at: 1).order
        #expect(rig.cancel(other, at: 2).map(\.status) == [.cancelled])
    }

    @Test("an order larger than the touch walks the rows where they are known, each at its price")
    func rows() throws {
        var rig = try SimVenueRig("ROWS.WALK", options { $0.book = .rows })
        func level(_ price: Int64, _ size: Int64) -> Level {
            Level(price: Price(whole: price), size: Quantity(whole: size))
        }
        rig.quote(99, 101, size: 2, at: 0)
        rig.deliver(
            .domSnapshot(
                DomSnapshot(
                    bids: [level(99, 2), level(98, 2)], asks: [level(101, 2), level(103, 3), level(104, 9)])),
            at: 1)
        #expect(
            rig.send(.buy, 9, limit: 103, tif: .immediateOrCancel, at: 2).reports.map(\.brief) == [
                "1 accepted", "1 partially_filled 2@101", "1 partially_filled 3@103",
                "1 cancelled not filled at once",
            ])
        #expect(rig.send(.sell, 3, limit: 99, at: 3).reports.map(\.brief).last == "2 partially_filled 2@99")
        // A touch that is told again says nothing new beside the ladder.
        #expect(rig.quote(99, 101, size: 50, at: 4) == [])
        rig.deliver(.feedStatus(FeedStatus(quality: .reset, reason: "test")), at: 5)
        #expect(rig.send(.buy, 1, at: 6).reports.map(\.brief) == ["3 rejected no market"])
    }
}
