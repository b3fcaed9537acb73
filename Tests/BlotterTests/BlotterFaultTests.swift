import Audit
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Blotter

@Suite("Blotter that cannot be written")
struct BlotterFaultTests {
    private func rig() throws -> BlotterRig {
        let rig = try BlotterRig()
        try rig.begin(1)
        for _ in 0..<50 { try rig.trade("BUY", "1", "100", commission: "1") }
        return rig
    }

    @Test("a torn or foreign file is set aside and made anew", arguments: [true, false])
    func torn(isForeign: Bool) throws {
        let rig = try rig()
        try rig.catchUp()
        let whole = try rig.dump()
        let bytes = try #require(try DurableFile.read(rig.path, limit: 1 << 30))
        let damaged =
            isForeign
            ? Array("no database at all, and long enough to be read as one".utf8)
            : Array(bytes.prefix(bytes.count / 2))
        for suffix in ["-wal", "-shm"] { unlink(rig.path + suffix) }
        try DurableFile.replace(rig.path, with: damaged)
        let (opened, damage) = try BlotterFile.open(rig.path)
        var store = opened
        #expect(damage != nil && store.line == 0)
        var sequel = store.sequel(of: rig.trail)
        while try !store.catchUp(&sequel) {}
        #expect(try rig.dump() == whole)
        #expect(try DurableFile.read(rig.path + ".damaged", limit: 1 << 30) == damaged)
    }

    @Test("another schema is refused in words, and left alone")
    func schema() throws {
        let rig = try rig()
        try rig.catchUp()
        try SQLiteConnection(rig.path, .readWrite).execute("PRAGMA user_version = 7")
        #expect(throws: BlotterError.schema(rig.path, found: 7)) { try BlotterFile.open(rig.path) }
        #expect(throws: BlotterError.schema(rig.path, found: 7)) { try BlotterReader(path: rig.path) }
        #expect(BlotterError.schema(rig.path, found: 7).description.contains("tradectl blotter rebuild"))
    }

    @Test("while somebody holds the file, nothing is lost: it is taken afterwards")
    func locked() throws {
        let rig = try rig()
        var store = try BlotterStore(path: rig.path)
        var sequel = store.sequel(of: rig.trail)
        let other = try SQLiteConnection(rig.path, .readWrite)
        try other.execute("BEGIN EXCLUSIVE")
        do throws(BlotterError) {
            _ = try store.catchUp(&sequel)
            Issue.record("written all the same")
        } catch {
            guard case .database(_, let cause) = error else { throw error }
            #expect(cause.isLocked && !error.needsRebuild)
        }
        #expect(store.line == 0 && sequel.sequence == 0)
        try other.execute("ROLLBACK")
        while try !store.catchUp(&sequel) {}
        guard case .equal(_, 0) = try BlotterFile.verify(rig.path, against: rig.trail) else {
            Issue.record("the store differs")
            return
        }
    }

    @Test("a trail that is not the one it was made from is told, never mixed in")
    func diverged() throws {
        let rig = try rig()
        try rig.catchUp()
        let other = try BlotterRig()
        try other.begin(9)
        for _ in 0..<90 { try other.trade("SELL", "1", "100") }
        var store = try BlotterStore(path: rig.path)
        var sequel = store.sequel(of: other.trail)
        do throws(BlotterError) {
            _ = try store.catchUp(&sequel)
            Issue.record("mixed in")
        } catch {
            #expect(error.needsRebuild, "\(error)")
        }
        let short = try BlotterRig()
        try short.begin(1)
        sequel = store.sequel(of: short.trail)
        #expect(throws: BlotterError.self) { try store.catchUp(&sequel) }
    }

    @Test("a damaged line of the trail is a fault, no row of it is made")
    func damagedTrail() throws {
        let rig = try rig()
        try rig.close()
        let segment = rig.trail + "/audit-000001.jsonl"
        var bytes = try #require(try DurableFile.read(segment, limit: 1 << 30))
        let place = try #require(bytes.indices.last { bytes[$0] == UInt8(ascii: "B") })
        bytes[place] = UInt8(ascii: "C")
        try DurableFile.replace(segment, with: bytes)
        var store = try BlotterStore(path: rig.path)
        var sequel = store.sequel(of: rig.trail)
        do throws(BlotterError) {
            while try !store.catchUp(&sequel) {}
            Issue.record("not found")
        } catch {
            guard case .trail(.unreadable(let reason)) = error else { throw error }
            #expect(reason.contains("audit-000001.jsonl"))
        }
    }
}
