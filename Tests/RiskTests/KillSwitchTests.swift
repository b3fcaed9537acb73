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

    @Test("a first start is not engaged; an engaged state survives a restart with its history")
    func survives() throws {
        let first = KillSwitch(path: path)
        #expect(!first.isEngaged)
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
        #expect(again.state.actor == "first")
    }

    @Test(
        "a state that cannot be understood means engaged",
        arguments: [
            "", "{", "[]",
            "{\"v\":\"tradingd.killswitch/2\",\"engaged\":false,\"by\":\"\",\"reason\":\"\",\"at\":\"2026-01-05T14:30:00Z\"}",
            "{\"v\":\"tradingd.killswitch/1\",\"engaged\":0,\"by\":\"\",\"reason\":\"\",\"at\":\"2026-01-05T14:30:00Z\"}",
            "{\"v\":\"tradingd.killswitch/1\",\"engaged\":false}", "\u{0}\u{0}\u{0}",
        ])
    func corrupt(_ content: String) throws {
        try DurableFile.replace(path, with: Array(content.utf8))
        let killSwitch = KillSwitch(path: path)
        #expect(killSwitch.isEngaged)
        #expect(killSwitch.state.reason.hasPrefix("state-unreadable: "))
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
        killSwitch.addListener { [unowned killSwitch, path] state in
            let onDisk = KillSwitch(path: path).isEngaged
            heard.withLock { $0.append("\(state.isEngaged) latch \(killSwitch.isEngaged) disk \(onDisk)") }
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
        #expect(early.isEngaged && early.state.actor == "other")
        let touched = KillSwitch(path: path)
        _ = touched.release(by: "here", reason: "", at: now)
        _ = KillSwitch(path: path).engage(by: "other", reason: "", at: now)
        touched.refresh()
        #expect(!touched.isEngaged)
    }

    @Test("engages and releases that meet take effect one after the other: latch, file and listeners agree")
    func races() {
        let killSwitch = KillSwitch(path: path)
        let heard = Locked<[Bool]>([])
        killSwitch.addListener { state in heard.withLock { $0.append(state.isEngaged) } }
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
