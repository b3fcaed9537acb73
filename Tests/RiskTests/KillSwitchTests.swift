import Dispatch
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Kill switch")
struct KillSwitchTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/killswitch.json" }
    private let now = Timestamp(nanoseconds: 1_767_623_400_000_000_000)

    init() throws { directory = try TemporaryDirectory() }

    private func latch(
        _ level: KillLevel, _ scope: KillScope = .all, by actor: String = "uid:1"
    ) -> KillLatch { KillLatch(level, scope, actor: actor, reason: "", since: now) }

    private func gold() throws -> KillScope { .symbol(try #require(SymbolID("SWITCH.GOLD"))) }

    @Test("a first start is not engaged; an engaged state survives a restart with its history")
    func survives() throws {
        let first = KillSwitch(path: path)
        #expect(!first.isEngaged && !first.isHalted)
        let change = first.engage(by: "uid:1000", reason: "drill \"1\"\n", at: now)
        #expect(change.hasChanged && change.isPersisted && first.isEngaged)
        let second = KillSwitch(path: path)
        #expect(second.isEngaged)
        #expect(second.state == change.state)
        _ = second.release(by: "uid:1000", reason: "drill over", at: now)
        #expect(!KillSwitch(path: path).isEngaged)
    }

    @Test("engaging again changes nothing and keeps the first actor")
    func idempotent() {
        let killSwitch = KillSwitch(path: path)
        _ = killSwitch.engage(by: "first", reason: "", at: now)
        let again = killSwitch.engage(by: "second", reason: "", at: now)
        #expect(!again.hasChanged && again.isPersisted)
        #expect(again.state.latches.forAll?.actor == "first")
    }

    @Test(
        "a state that cannot be understood means engaged",
        arguments: [
            "", "{", "[]",
            "{\"v\":\"tradingd.killswitch/3\",\"latches\":[],\"by\":\"\",\"reason\":\"\",\"at\":\"2026-01-05T14:30:00Z\"}",
            "{\"v\":\"tradingd.killswitch/2\",\"engaged\":false,\"by\":\"\",\"reason\":\"\",\"at\":\"2026-01-05T14:30:00Z\"}",
            "{\"v\":\"tradingd.killswitch/2\",\"latches\":[{\"scope\":\"desk:1\",\"level\":\"halt\",\"by\":\"\",\"reason\":\"\",\"at\":\"2026-01-05T14:30:00Z\"}],\"by\":\"\",\"reason\":\"\",\"at\":\"2026-01-05T14:30:00Z\"}",
            "{\"v\":\"tradingd.killswitch/2\",\"latches\":[{\"scope\":\"all\"}],\"by\":\"\",\"reason\":\"\",\"at\":\"2026-01-05T14:30:00Z\"}",
            "{\"v\":\"tradingd.killswitch/1\",\"engaged\":0,\"by\":\"\",\"reason\":\"\",\"at\":\"2026-01-05T14:30:00Z\"}",
            "{\"v\":\"tradingd.killswitch/1\",\"engaged\":false}", "\u{0}\u{0}\u{0}",
        ])
    func corrupt(_ content: String) throws {
        try DurableFile.replace(path, with: Array(content.utf8))
        let killSwitch = KillSwitch(path: path)
        #expect(killSwitch.isHalted && killSwitch.state.latches.forAll?.level == .halt)
        #expect(killSwitch.state.reason.hasPrefix("state-unreadable: "))
    }

    @Test("an order meets the strictest kill of its scopes, and none of others")
    func levels() throws {
        let killSwitch = KillSwitch(path: path)
        let gold = try #require(SymbolID("SWITCH.GOLD"))
        let idea = StrategyID("switch_idea")
        #expect(killSwitch.level(idea, gold) == nil)
        killSwitch.engage(.halt, .symbol(gold), by: "uid:1", reason: "", at: now)
        killSwitch.engage(.reduce, by: "uid:1", reason: "", at: now)
        #expect(killSwitch.level(idea, gold) == .halt)
        #expect(killSwitch.level(idea, try #require(SymbolID("SWITCH.OTHER"))) == .reduce)
        _ = killSwitch.release(by: "uid:1", reason: "over", at: now)
        #expect(killSwitch.level(idea, try #require(SymbolID("SWITCH.OTHER"))) == nil)
        #expect(killSwitch.level(idea, gold) == .halt)
    }

    @Test("what depends on a latch is done only while the scope is killed at just that level")
    func whileLatched() {
        let killSwitch = KillSwitch(path: nil)
        var done = 0
        let isDoneReleased = killSwitch.whileLatched(.all, at: .flatten) { done += 1 }
        killSwitch.engage(.halt, by: "uid:1", reason: "", at: now)
        let isDoneBelow = killSwitch.whileLatched(.all, at: .flatten) { done += 1 }
        killSwitch.engage(.flatten, by: "uid:1", reason: "", at: now)
        let isDone = killSwitch.whileLatched(.all, at: .flatten) { done += 1 }
        #expect(!isDoneReleased && !isDoneBelow && isDone && done == 1)
    }

    @Test("an unreadable file means engaged")
    func unreadable() throws {
        try DurableFile.makeDirectories(path)
        defer { rmdir(path) }
        #expect(KillSwitch(path: path).isEngaged)
    }

    @Test("the latch holds though the disk does not; a release that cannot be written does not happen")
    func diskFails() {
        let killSwitch = KillSwitch(path: directory.path + "/missing/killswitch.json")
        let engaged = killSwitch.engage(by: "test", reason: "", at: now)
        #expect(engaged.hasChanged && !engaged.isPersisted && killSwitch.isEngaged)
        let released = killSwitch.release(by: "test", reason: "", at: now)
        #expect(!released.hasChanged && !released.isPersisted && killSwitch.isEngaged)
    }

    @Test("listeners hear of an engage with the latch already set, of a release once it is on disk")
    func listeners() {
        let killSwitch = KillSwitch(path: path)
        let heard = Locked<[String]>([])
        killSwitch.addListener { [unowned killSwitch, path] change in
            let onDisk = KillSwitch(path: path).isEngaged
            heard.withLock {
                $0.append("\(change.isEngagement) latch \(killSwitch.isEngaged) disk \(onDisk)")
            }
        }
        _ = killSwitch.engage(by: "a", reason: "", at: now)
        _ = killSwitch.engage(by: "b", reason: "", at: now)
        _ = killSwitch.release(by: "c", reason: "", at: now)
        #expect(heard.withLock { $0 } == ["true latch true disk false", "false latch false disk false"])
    }

    @Test("without a file nothing is said to be persisted, and a release is refused")
    func memoryOnly() {
        let killSwitch = KillSwitch(path: nil)
        #expect(!killSwitch.engage(by: "test", reason: "", at: now).isPersisted)
        #expect(killSwitch.isEngaged)
        #expect(!killSwitch.release(by: "test", reason: "", at: now).hasChanged && killSwitch.isEngaged)
    }

    @Test("a state that could not be written is written as soon as it can be")
    func persistsLater() throws {
        let missing = directory.path + "/later"
        let killSwitch = KillSwitch(path: missing + "/killswitch.json")
        #expect(!killSwitch.engage(by: "test", reason: "", at: now).isPersisted)
        #expect(!killSwitch.isPersisted && !killSwitch.persistPending())
        try DurableFile.makeDirectories(missing)
        #expect(killSwitch.persistPending() && killSwitch.isPersisted)
        #expect(KillSwitch(path: missing + "/killswitch.json").isEngaged)
    }

    @Test("a release that fails half way leaves nothing on disk that says released")
    func releaseHalfWay() throws {
        let killSwitch = KillSwitch(path: path)
        _ = killSwitch.engage(by: "test", reason: "", at: now)
        // A directory in the place of the temporary file: neither the release nor its repair can be written.
        try DurableFile.makeDirectories(path + ".new")
        let change = killSwitch.release(by: "test", reason: "", at: now)
        #expect(!change.hasChanged && !change.isPersisted && killSwitch.isEngaged)
        rmdir(path + ".new")
        // The next look, or the next engage, writes that it is engaged.
        #expect(killSwitch.engage(by: "again", reason: "", at: now).isPersisted)
        #expect(KillSwitch(path: path).isEngaged)
    }

    @Test("reads the file again before it is used, unless it has been changed here")
    func refreshes() throws {
        let early = KillSwitch(path: path)
        _ = KillSwitch(path: path).engage(by: "other", reason: "", at: now)
        #expect(!early.isEngaged)
        early.refresh()
        #expect(early.isEngaged && early.state.latches.forAll?.actor == "other")
        let touched = KillSwitch(path: path)
        _ = touched.release(by: "here", reason: "", at: now)
        _ = KillSwitch(path: path).engage(by: "other", reason: "", at: now)
        touched.refresh()
        #expect(!touched.isEngaged)
    }

    @Test("levels and scopes survive a restart, each with who set it")
    func keepsLatches() throws {
        let gold = try gold()
        let first = KillSwitch(path: path)
        _ = first.engage(.reduce, by: "uid:1", reason: "a", at: now)
        _ = first.engage(.flatten, gold, by: "uid:2", reason: "b", at: now)
        let second = KillSwitch(path: path)
        #expect(second.state == first.state && second.isEngaged && !second.isHalted)
        #expect(second.state.latches.latches.map(\.actor) == ["uid:1", "uid:2"])
        _ = second.release(gold, to: .halt, by: "uid:3", reason: "flat", at: now)
        let third = KillSwitch(path: path).state
        #expect(third.latches.latch(gold)?.level == .halt && third.actor == "uid:3")
    }

    @Test("a file of the version before scopes is read, and written anew by the next change")
    func readsFirstVersion() throws {
        let old = { (engaged: Bool) in
            "{\"v\":\"tradingd.killswitch/1\",\"engaged\":\(engaged),\"by\":\"uid:7\",\"reason\":\"why\","
                + "\"at\":\"2026-01-05T14:30:00Z\"}"
        }
        try DurableFile.replace(path, with: Array(old(true).utf8))
        let engaged = KillSwitch(path: path)
        #expect(engaged.state.latches.forAll == KillLatch(.halt, actor: "uid:7", reason: "why", since: now))
        _ = engaged.release(by: "uid:1", reason: "", at: now)
        #expect(String(decoding: try directory.read("killswitch.json"), as: UTF8.self).contains("switch/2"))
        try DurableFile.replace(path, with: Array(old(false).utf8))
        #expect(!KillSwitch(path: path).isEngaged)
    }

    @Test("only a halt of everything halts everything")
    func halted() throws {
        let killSwitch = KillSwitch(path: path)
        killSwitch.latch(latch(.flatten, try gold()))
        killSwitch.latch(latch(.reduce))
        #expect(killSwitch.isEngaged && !killSwitch.isHalted)
        killSwitch.latch(latch(.halt))
        #expect(killSwitch.isHalted && !killSwitch.isPersisted)
        #expect(killSwitch.persistPending() && KillSwitch(path: path).isHalted)
        _ = killSwitch.release(to: .reduce, by: "uid:1", reason: "", at: now)
        #expect(!killSwitch.isHalted && killSwitch.state.latches.forAll?.level == .reduce)
    }

    @Test("listeners hear the scope, what holds now, and whether the sequence of events knows it")
    func tells() throws {
        let gold = try gold()
        let killSwitch = KillSwitch(path: path)
        let heard = Locked<[KillSwitchEvent]>([])
        killSwitch.addListener { change in heard.withLock { $0.append(change) } }
        killSwitch.latch(latch(.reduce, gold, by: "trip:day_loss"), isSequenced: true)
        killSwitch.latch(latch(.halt, gold, by: "uid:2"))
        killSwitch.latch(latch(.reduce, gold, by: "uid:3"))
        _ = killSwitch.release(gold, to: .reduce, by: "uid:4", reason: "ok", at: now)
        _ = killSwitch.release(gold, by: "uid:5", reason: "ok", at: now)
        let story = heard.withLock { $0 }
        #expect(story.map(\.isSequenced) == [true, false, false, false])
        #expect(story.map(\.isEngagement) == [true, true, false, false])
        #expect(story.map { $0.latch?.level } == [.reduce, .halt, .reduce, nil])
        #expect(story.map(\.actor) == ["trip:day_loss", "uid:2", "uid:4", "uid:5"])
        #expect(story.allSatisfy { $0.scope == gold })
    }

    @Test("a missing file is engaged where the switch is known to have been in use, and a first start is not")
    func missing() throws {
        let lost = KillSwitch(path: path)
        lost.refresh(history: "there is a log")
        #expect(lost.isHalted && lost.state.reason.hasPrefix("state-missing: \(path): there is a log"))
        #expect(try DurableFile.read(path) == nil)
        let first = KillSwitch(path: directory.path + "/new/killswitch.json")
        first.makeFirst()
        first.refresh()
        #expect(!first.isEngaged && first.isPersisted)
        #expect(try DurableFile.read(directory.path + "/new/killswitch.json") != nil)
        first.refresh(history: "there is a log")
        #expect(!first.isEngaged)
        // Whoever releases what was doubted writes the file anew.
        #expect(lost.release(by: "uid:1", reason: "", at: now).hasChanged)
        #expect(try DurableFile.read(path) != nil && !KillSwitch(path: path).isEngaged)
    }

    @Test("the first file does not replace one that another daemon has made")
    func firstFile() throws {
        let late = KillSwitch(path: path)
        _ = KillSwitch(path: path).engage(by: "other", reason: "", at: now)
        late.makeFirst()
        late.refresh()
        #expect(late.isHalted)
        #expect(directory.names(in: ".").allSatisfy { !$0.contains(".new-") })
    }

    @Test(
        "who engages while a release is being written wins, whatever the scopes, and though it changes nothing",
        arguments: [KillLevel.halt, .reduce], [true, false])
    func engagesDuringRelease(_ level: KillLevel, isSameScope: Bool) throws {
        let gold = try gold()
        let intruder = Locked<(@Sendable () -> Void)?>(nil)
        let killSwitch = KillSwitch(path: path) { (path, bytes) throws(SystemError) in
            intruder.withLock { $0 }?()
            try DurableFile.replace(path, with: bytes)
        }
        _ = killSwitch.engage(.halt, gold, by: "uid:1", reason: "", at: now)
        let late = latch(level, isSameScope ? gold : .all)
        intruder.withLock { $0 = { [unowned killSwitch] in _ = killSwitch.latch(late) } }
        let change = killSwitch.release(gold, by: "uid:2", reason: "", at: now)
        #expect(!change.hasChanged && change.isOvertaken)
        #expect(killSwitch.state.latches.latch(gold)?.level == .halt)
        #expect(isSameScope || killSwitch.state.latches.forAll?.level == level)
        #expect(change.isPersisted && KillSwitch(path: path).state == killSwitch.state)
        intruder.withLock { $0 = nil }
    }

    @Test("a release does not survive an engage that came after its checks; a generation counts both")
    func engagesAfterChecks() throws {
        let gold = try gold()
        let killSwitch = KillSwitch(path: path)
        _ = killSwitch.engage(.halt, gold, by: "uid:1", reason: "", at: now)
        let known = killSwitch.engagements, generation = killSwitch.generation(of: gold)
        // A trip that meets a latch which holds.
        #expect(!killSwitch.latch(latch(.halt, gold, by: "trip:drift")))
        let early = killSwitch.release(gold, since: known, by: "uid:2", reason: "", at: now)
        #expect(!early.hasChanged && early.isOvertaken && killSwitch.isEngaged)
        #expect(killSwitch.generation(of: gold) == generation + 1 && killSwitch.generation(of: .all) == 0)
        let release = killSwitch.release(
            gold, since: killSwitch.engagements, by: "uid:2", reason: "", at: now)
        #expect(release.hasChanged && !release.isOvertaken && !killSwitch.isEngaged)
        #expect(killSwitch.generation(of: gold) == generation + 2)
    }

    @Test("engages and releases that meet take effect one after the other: latch, file and listeners agree")
    func races() {
        let killSwitch = KillSwitch(path: path)
        let heard = Locked<[Bool]>([])
        killSwitch.addListener { change in heard.withLock { $0.append(change.isEngagement) } }
        DispatchQueue.concurrentPerform(iterations: 8) { [now] thread in
            for _ in 0..<50 {
                if thread.isMultiple(of: 2) {
                    _ = killSwitch.engage(by: "a", reason: "", at: now)
                } else {
                    _ = killSwitch.release(by: "b", reason: "", at: now)
                }
            }
        }
        let story = heard.withLock { $0 }
        #expect(!story.isEmpty)
        #expect(zip(story, story.dropFirst()).allSatisfy { $0 != $1 }, "listeners heard a change twice")
        #expect(story.last == killSwitch.isEngaged)
        #expect(killSwitch.state.isEngaged == killSwitch.isEngaged)
        #expect(KillSwitch(path: path).isEngaged == killSwitch.isEngaged)
    }
}
