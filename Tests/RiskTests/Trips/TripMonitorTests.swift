import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Trips: counts")
struct TripCountTests {
    @Test(
        "a reject storm of our own controls trips at its limit within the window, for the strategy alone",
        arguments: [9, 10, 11])
    func ownRejects(_ count: Int) throws {
        var rig = try TripRig { $0.ownRejects = 10 }
        for _ in 0..<count { try rig.decide(.sizeLimit) }
        #expect(rig.tripped == (count < 10 ? [] : ["reject_storm halt strategy:trip_test"]))
    }

    @Test(
        "refusals that only say that nobody may trade are no storm",
        arguments: [RiskReason.killSwitch, .mode, .brokerDown, .notReconciled, .auditUnavailable])
    func gates(_ reason: RiskReason) throws {
        var rig = try TripRig { $0.ownRejects = 3 }
        for _ in 0..<20 { try rig.decide(reason) }
        #expect(rig.tripped.isEmpty)
    }

    @Test("orders by hand are nobody's storm, and strategies are counted apart")
    func apart() throws {
        var rig = try TripRig { $0.ownRejects = 3 }
        for _ in 0..<9 { try rig.decide(.sizeLimit, by: .manual) }
        for _ in 0..<2 {
            try rig.decide(.sizeLimit)
            try rig.decide(.sizeLimit, by: rig.other)
        }
        #expect(rig.tripped.isEmpty)
        try rig.decide(.sizeLimit, by: rig.other)
        #expect(rig.tripped == ["reject_storm halt strategy:trip_other"])
    }

    @Test("the window is open at its far end: what is just as old as it counts no more")
    func window() throws {
        for (rest, expected) in [(0, 0), (-1, 1)] as [(Int64, Int)] {
            var rig = try TripRig { $0.ownRejects = 2 }
            try rig.decide(.sizeLimit)
            rig.pass(60 * second + rest)
            try rig.decide(.sizeLimit)
            #expect(rig.tripped.count == expected)
        }
    }

    @Test("rejects of the broker trip at their own limit; what never left counts not", arguments: [4, 5, 6])
    func brokerRejects(_ count: Int) throws {
        var rig = try TripRig { $0.brokerRejects = 5 }
        for _ in 0..<20 {
            let request = try rig.decide()
            try rig.report(request, .reject, .rejected, reason: "not sent: kill switch")
        }
        #expect(rig.tripped.isEmpty)
        for _ in 0..<count {
            let request = try rig.decide()
            try rig.report(request, .reject, .rejected, reason: "no margin")
        }
        #expect(rig.tripped == (count < 5 ? [] : ["reject_storm halt strategy:trip_test"]))
    }

    @Test(
        "accepted orders trip above 80 % of the hard limit over ten seconds, not at it",
        arguments: [15, 16, 17])
    func burst(_ count: Int) throws {
        var rig = try TripRig { $0.ordersPerSecond = 2 }
        for _ in 0..<count { try rig.decide() }
        #expect(rig.tripped == (count <= 16 ? [] : ["order_rate halt all"]))
    }

    @Test(
        "accepted orders trip above so many a minute, not at it; refused ones do not count",
        arguments: [3, 4, 5])
    func minute(_ count: Int) throws {
        var rig = try TripRig { $0.ordersPerMinute = 4 }
        for _ in 0..<count {
            try rig.decide()
            try rig.decide(.sizeLimit)
            rig.pass(11 * second)
        }
        #expect(rig.tripped == (count <= 4 ? [] : ["order_rate halt all"]))
    }

    @Test("a strategy trips once it has traded as often as it may", arguments: [2, 3, 4])
    func repetition(_ count: Int) throws {
        var rig = try TripRig(repetitions: 3)
        for _ in 0..<count {
            try rig.decide()
            rig.pass(3_600 * second)
        }
        #expect(rig.tripped == (count < 3 ? [] : ["repeat halt strategy:trip_test"]))
    }

    @Test("orders beyond what their signal asked for, and books that cannot be true, stop everything")
    func faults() throws {
        var rig = try TripRig()
        try rig.decide(.childExceedsParent)
        #expect(rig.tripped == ["child_parent halt all"])
        rig = try TripRig()
        try rig.decide(.internalFault, by: .manual)
        #expect(rig.tripped == ["internal halt all"])
    }

    @Test("an order may fill up to its quantity and not pass it")
    func overfill() throws {
        var rig = try TripRig()
        let request = try rig.decide("5")
        try rig.report(request, .fill, .partiallyFilled, fill: "4")
        try rig.report(request, .fill, .filled, fill: "1")
        #expect(rig.tripped.isEmpty)
        try rig.report(request, .fill, .filled, fill: "1")
        #expect(rig.tripped == ["child_parent halt all"])
    }

    @Test("an execution of an order that is not known trips; a late one of a known order does not")
    func unknownExecution() throws {
        var rig = try TripRig()
        let known = try rig.decide("5")
        try rig.report(known, .cancel, .cancelled)
        try rig.report(known, .fill, .cancelled, fill: "1")
        #expect(rig.tripped.isEmpty)
        var stranger = known
        stranger.id = ClientOrderID(session: 1, number: 99)
        try rig.report(stranger, .cancel, .cancelled)
        #expect(rig.tripped.isEmpty)
        try rig.report(stranger, .fill, .filled, fill: "1")
        #expect(rig.tripped == ["unknown_execution halt all"])
    }

    @Test("orders that are over are remembered for late fills, and forgotten ones are no strangers")
    func forgetting() throws {
        var rig = try TripRig()
        let first = try rig.decide()
        let open = try rig.decide("3")
        try rig.report(first, .cancel, .cancelled)
        for _ in 0..<(3 * ApprovedOrders.kept) {
            let request = try rig.decide()
            try rig.report(request, .cancel, .cancelled)
        }
        try rig.report(first, .fill, .cancelled, fill: "1")
        try rig.report(open, .fill, .filled, fill: "3")
        #expect(rig.tripped.isEmpty && rig.monitor.orders.open == 0)
    }
}

extension TripRig {
    @discardableResult
    fileprivate mutating func decide(
        _ quantity: String
    ) throws -> OrderRequest { try decide(nil, quantity) }
}
