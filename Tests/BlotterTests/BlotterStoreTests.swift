import Audit
import Glibc
import Platform
import Positions
import TestSupport
import Testing
import TradingModel

@testable import Blotter

@Suite("Blotter")
struct BlotterStoreTests {
    private func rig() throws -> BlotterRig {
        let rig = try BlotterRig()
        try rig.begin(1)
        try rig.trade("BUY", "5", "100", commission: "2.5")
        try rig.trade("BUY", "3", "110", strategy: "blot.b")
        try rig.trade("SELL", "5", "120", commission: "1")
        return rig
    }

    @Test("has orders, executions, commissions and results by strategy, exact")
    func contents() throws {
        let rig = try rig()
        try rig.catchUp()
        let reader = try BlotterReader(path: rig.path)
        let fills = try reader.fills(.init(limit: 10))
        #expect(fills.map(\.order) == ["c-1-3", "c-1-2", "c-1-1"])
        #expect(fills.map(\.owner) == ["blot.a", "blot.b", "blot.a"])
        #expect(fills[2].commissions.map(\.amount.description) == ["2.5"])
        #expect(fills[0].currency == "EUR" && fills[0].account == "sim" && fills[0].price == "120")
        let results = try reader.results(
            ofDayOf: Timestamp(nanoseconds: 1_767_623_400_000_000_000), before: 2)
        // 5 · (120 − 100) · 100; commissions in their own currency.
        #expect(results.map(\.currency) == ["EUR", "USD"])
        #expect(results[0].realized.description == "10000" && results[1].commissions.description == "3.5")
        #expect(try rig.dump().contains { $0.hasPrefix("orders|c-1-1|") && $0.contains("|filled|5|100|0|") })
    }

    @Test("a page ends where the next begins, and filters hold")
    func pages() throws {
        let rig = try rig()
        try rig.catchUp()
        let reader = try BlotterReader(path: rig.path)
        var filter = BlotterReader.Filter(limit: 2)
        let first = try reader.fills(filter)
        filter.before = first.last?.line
        #expect(first.count == 2)
        #expect(try reader.fills(filter).map(\.order) == ["c-1-1"])
        filter = .init(limit: 9)
        filter.owner = "blot.b"
        #expect(try reader.fills(filter).map(\.order) == ["c-1-2"])
        filter.symbol = "OTHER"
        #expect(try reader.fills(filter).isEmpty)
        filter = .init(limit: 9)
        filter.since = Timestamp(rfc3339: first[0].time)
        #expect(try reader.fills(filter).map(\.order) == ["c-1-3"])
    }

    @Test("batches of any size, interrupted or not, give the same rows as one", arguments: [1, 2, 3, 7])
    func idempotent(batch: Int) throws {
        let rig = try rig()
        // Opened again for every batch, as after a crash.
        while true {
            var store = try BlotterFile.open(rig.path).store
            var sequel = store.sequel(of: rig.trail)
            if try store.catchUp(&sequel, batch: batch) { break }
        }
        let live = try rig.dump()
        try rig.catchUp()
        #expect(try rig.dump() == live)
        _ = try BlotterFile.rebuild(rig.path, from: rig.trail)
        #expect(try rig.dump() == live)
        guard case .equal(_, let behind) = try BlotterFile.verify(rig.path, against: rig.trail) else {
            Issue.record("the store differs")
            return
        }
        #expect(behind == 0)
    }

    @Test("an execution told twice counts once, one taken back is gone, one taken over is nobody's")
    func corrections() throws {
        let rig = try rig()
        let cid = #"{"cid":"c-1-3","symbol":"BLOT.X","venue_id":3,"status":"filled","side":"SELL","qty":"5","#
        let fill =
            #""filled":"5","last_price":"120","exec_id":3,"avg_price":"120","leaves":"0","event_seq":1,"#
        for quantity in ["5", "-5", "-5"] {
            try rig.write(.orderFill, cid + fill + #""last_qty":"\#(quantity)"}"#)
        }
        try rig.write(
            .positionAdopt,
            #"{"symbol":"BLOT.X","change":"7","avg_price":"100","origin":"accepted","by":"uid:1","reason":"r"}"#
        )
        try rig.catchUp()
        let lines = try rig.dump()
        #expect(lines.count { $0.hasPrefix("executions|") } == 4)
        let fills = try BlotterReader(path: rig.path).fills(.init(limit: 9))
        #expect(fills.map(\.quantity) == ["-5", "5", "3", "5"])
        #expect(fills.map { $0.commissions.map(\.amount.description) } == [["1"], [], [], ["2.5"]])
        #expect(lines.contains { $0.hasPrefix("positions|1|(all)|BLOT.X|sim|15|") })
        #expect(lines.contains { $0.hasPrefix("positions|1|(adopted)|BLOT.X|sim|7|") })
        #expect(lines.contains { $0.hasPrefix("positions|1|blot.a|BLOT.X|sim|5|") })
    }

    @Test("a session begins with empty books and counts executions anew")
    func sessions() throws {
        let rig = try rig()
        try rig.close()
        try rig.open()
        try rig.begin(2)
        try rig.trade("SELL", "1", "90", session: 2)
        try rig.catchUp(batch: 4)
        #expect(try rig.dump().contains { $0.hasPrefix("positions|2|blot.a|BLOT.X|sim|-1|") })
        guard case .equal = try BlotterFile.verify(rig.path, against: rig.trail) else {
            Issue.record("the store differs")
            return
        }
    }

    @Test("follows the trail across segments, also compressed ones")
    func segments() throws {
        let rig = try BlotterRig()
        try rig.close()
        try rig.open(segmentBytes: 4_096)
        try rig.begin(1)
        for _ in 0..<20 { try rig.trade("BUY", "1", "100") }
        try rig.catchUp(batch: 5)
        _ = try AuditRetention(directory: rig.trail, compresses: true, days: 0).run(
            current: 3, now: Timestamp(nanoseconds: 1_767_623_400_000_000_000))
        for _ in 0..<20 { try rig.trade("SELL", "1", "101") }
        try rig.catchUp(batch: 3)
        #expect(try BlotterReader(path: rig.path).fills(.init(limit: 100)).count == 40)
        guard case .equal(_, 0) = try BlotterFile.verify(rig.path, against: rig.trail) else {
            Issue.record("the store differs")
            return
        }
    }

    @Test("the file is not for everybody")
    func mode() throws {
        let rig = try rig()
        try rig.catchUp()
        var status = stat()
        try #require(stat(rig.path, &status) == 0)
        #expect(status.st_mode & 0o007 == 0)
    }

    @Test("a changed row is found")
    func changed() throws {
        let rig = try rig()
        try rig.catchUp()
        try SQLiteConnection(rig.path, .readWrite).execute(
            "UPDATE executions SET qty = '6' WHERE exec_id = 2")
        guard case .differs(let store, let trail) = try BlotterFile.verify(rig.path, against: rig.trail)
        else {
            Issue.record("not found")
            return
        }
        #expect(store.contains("|6|") && trail.contains("|3|"))
    }
}
