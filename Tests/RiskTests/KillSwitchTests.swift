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
