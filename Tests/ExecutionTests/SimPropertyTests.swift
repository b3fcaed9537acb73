import Risk
import Testing
import TradingModel

@testable import Execution

/// Random markets and orders at the simulated venue, against what must hold whatever happens.
@Suite("The simulated venue: what always holds")
struct SimPropertyTests {
    private struct Chance {
        var state: UInt64
        mutating func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    private func options(_ chance: inout Chance, seed: UInt64) throws -> SimOptions {
        var options = SimOptions(
            slippageTicks: chance.next(2), fillProbability: chance.next(2) == 0 ? 1 : 0.6, seed: seed)
        let shape = SimLatencyOptions.Shape.allCases[chance.next(2)]
        options.latency = SimLatencyOptions(
            entry: Int64(chance.next(3)) * 1_500_000, response: Int64(chance.next(3)) * 2_500_000,
            jitter: Int64(chance.next(3)) * 1_000_000, shape: shape)
        options.rejectChance = chance.next(3) == 0 ? SimOptions.chance(0.1) : 0
        options.cancelRejectChance = chance.next(3) == 0 ? SimOptions.chance(0.2) : 0
        options.fees = SimFees(
            perUnit: try Price("0.01"), takerBasisPoints: try Price("0.5"), minimum: try Price("0.1"))
        return options
    }

    private func run(seed: UInt64) throws -> SimVenueRig {
        var chance = Chance(state: seed)
        var rig = try SimVenueRig("PROPERTY", try options(&chance, seed: seed))
        var sent: [ApprovedOrder] = []
        var time = 0.0
        for _ in 0..<600 {
            time += Double(chance.next(4)) * 0.5
            switch chance.next(5) {
            case 0, 1:
                let bid = Int64(95 + chance.next(10))
                rig.quote(bid, bid + 1 + Int64(chance.next(3)), size: Int64(1 + chance.next(6)), at: time)
            case 2, 3:
                let limit = chance.next(5) == 0 ? nil : Int64(93 + chance.next(14))
                let tif: TimeInForce = [.day, .day, .immediateOrCancel, .fillOrKill][chance.next(4)]
                sent.append(
                    rig.send(
                        chance.next(2) == 0 ? .buy : .sell, Int64(1 + chance.next(9)), limit: limit, tif: tif,
                        at: time
                    ).order)
            default:
                guard !sent.isEmpty else { continue }
                rig.cancel(sent[chance.next(sent.count)], at: time)
            }
        }
        rig.end(at: time)
        try check(rig, sent)
        return rig
    }

    /// An order is acknowledged before anything else, never fills beyond its quantity or limit, tells its sums rightly, and
    /// says nothing once it is over, but that a cancel was refused.
    private func check(_ rig: SimVenueRig, _ sent: [ApprovedOrder]) throws {
        var byOrder: [ClientOrderID: [OrderEvent]] = [:]
        for report in rig.published { byOrder[report.id, default: []].append(report) }
        var executions: Set<UInt64> = []
        for order in sent {
            let reports = byOrder[order.request.id] ?? []
            var filled = Quantity.zero
            var fees = Money.zero
            for (place, report) in reports.enumerated() {
                #expect(place == 0 || !reports[place - 1].status.isTerminal)
                #expect(place > 0 || report.report != .fill)
                filled += report.lastQuantity
                fees += report.commission
                #expect(report.filledQuantity == filled && filled <= order.request.quantity)
                let leaves = report.status.isTerminal ? .zero : order.request.quantity - filled
                #expect(report.leavesQuantity == leaves)
                guard report.report == .fill else { continue }
                #expect(report.lastQuantity > .zero && executions.insert(report.executionID).inserted)
                if let limit = order.request.limitPrice {
                    let side = order.request.side
                    #expect(side == .buy ? report.lastPrice <= limit : report.lastPrice >= limit)
                }
            }
            #expect(filled == .zero ? fees == .zero : fees >= Money(try Price("0.1")))
        }
        #expect(rig.published.allSatisfy { $0.report == .fill || $0.commission == .zero })
    }

    @Test("quantities, limits, sums and the order of reports", arguments: UInt64(1)...30)
    func holds(seed: UInt64) throws {
        let first = try run(seed: seed)
        #expect(first.published == (try run(seed: seed)).published)
        #expect(first.published.count > 100)
    }

    @Test(
        "never more than was shown since the feed last said something new of a price",
        arguments: UInt64(1)...10)
    func shown(seed: UInt64) throws {
        var chance = Chance(state: seed)
        var own = SimOptions()
        own.latency = SimLatencyOptions(entry: 700_000, response: 0, jitter: 300_000)
        var rig = try SimVenueRig("PROPERTY.SHOWN", own)
        var time = 0.0
        for round in 0..<200 {
            let size = Int64(1 + chance.next(6))
            // The other price each time: each quote is news.
            let bid = Int64(100 + round % 2 * 10)
            let before = rig.published.count
            rig.quote(bid, bid + 1, size: size, at: time)
            for _ in 0..<chance.next(6) {
                time += 0.1
                rig.send(
                    .buy, Int64(1 + chance.next(4)), limit: bid + 1, tif: .immediateOrCancel, at: time)
            }
            time += 2
            rig.pass(to: time)
            let taken = rig.published[before...].reduce(Quantity.zero) { $0 + $1.lastQuantity }
            #expect(taken <= Quantity(whole: size))
        }
    }
}
