import ExactJSON
import Logging
import Testing

@testable import Telemetry

@Suite("Log levels")
struct LogLevelsTests {
    @Test("a component may have a level of its own, given and taken back at run time")
    func components() throws {
        let log = try PipeLog()
        let risk = log.logger("tradingd.risk")
        let feed = log.logger("tradingd.feed")
        log.sink.levels.set(.debug, for: "risk")
        risk.debug("risk 1")
        feed.debug("no")
        log.sink.level = .error
        feed.warning("no")
        risk.debug("risk 2")
        // A logger made after the change has the level at once.
        log.sink.levels.set(.trace, for: "late")
        log.logger("tradingd.late").trace("late 1")
        log.sink.levels.set(nil, for: "risk")
        risk.warning("no")
        risk.error("risk 3")
        #expect(log.sink.flush())
        let messages = try log.finish().map { try JSONParser.parse($0)["message"]?.stringValue }
        #expect(messages == ["risk 1", "risk 2", "late 1", "risk 3"])
    }

    @Test("says which level is in force where")
    func view() {
        let levels = LogLevels(.notice, own: ["risk": .debug])
        _ = levels.cell("feed")
        #expect(levels.level(of: "risk") == .debug && levels.level(of: "feed") == .notice)
        let view = levels.components
        #expect(view.map(\.component) == ["feed", "risk"])
        #expect(view.map(\.level) == [.notice, .debug] && view.map(\.isOwn) == [false, true])
    }

    @Test("the number of levels of their own is bounded")
    func bound() {
        let levels = LogLevels()
        for index in 0..<LogLevels.mostOwn { #expect(levels.set(.debug, for: "c\(index)")) }
        #expect(!levels.set(.debug, for: "one more"))
        #expect(levels.set(.error, for: "c0"))
        #expect(levels.set(nil, for: "c1") && levels.set(.debug, for: "one more"))
    }
}
