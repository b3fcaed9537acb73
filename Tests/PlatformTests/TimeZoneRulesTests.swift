import Glibc
import TestSupport
import Testing

@testable import Platform

/// Seconds since 1970 of a civil time, by the system's own `timegm`.
private func utc(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Int64 {
    var parts = tm()
    parts.tm_year = Int32(year - 1_900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    return Int64(timegm(&parts))
}

@Suite("Time zones of the system's data base")
struct TimeZoneRulesTests {
    private struct Change {
        let zone: String
        /// The first second of the new offset, UTC.
        let at: Int64
        let before, after: Double
    }

    private static let changes = [
        Change(zone: "America/New_York", at: utc(2007, 3, 11, 7), before: -5, after: -4),
        Change(zone: "America/New_York", at: utc(2007, 11, 4, 6), before: -4, after: -5),
        Change(zone: "America/New_York", at: utc(2006, 4, 2, 7), before: -5, after: -4),
        Change(zone: "US/Eastern", at: utc(2026, 3, 8, 7), before: -5, after: -4),
        Change(zone: "US/Eastern", at: utc(2026, 11, 1, 6), before: -4, after: -5),
        Change(zone: "America/Chicago", at: utc(2026, 3, 8, 8), before: -6, after: -5),
        Change(zone: "Europe/Berlin", at: utc(2026, 3, 29, 1), before: 1, after: 2),
        Change(zone: "Europe/London", at: utc(2026, 10, 25, 1), before: 1, after: 0),
        Change(zone: "Australia/Sydney", at: utc(2026, 4, 4, 16), before: 11, after: 10),
        Change(zone: "Australia/Sydney", at: utc(2026, 10, 3, 16), before: 10, after: 11),
        Change(zone: "Australia/Lord_Howe", at: utc(2026, 4, 4, 15), before: 11, after: 10.5),
        // Behind every table: by the rule.
        Change(zone: "America/New_York", at: utc(2093, 3, 8, 7), before: -5, after: -4),
        Change(zone: "Europe/Berlin", at: utc(2093, 10, 25, 1), before: 2, after: 1),
        Change(zone: "Australia/Sydney", at: utc(2093, 10, 3, 16), before: 10, after: 11),
    ]

    @Test("know when clocks are changed, in the table and by the rule behind it", arguments: changes.indices)
    func transitions(_ index: Int) throws {
        let change = Self.changes[index]
        let rules = try TimeZoneRules(named: change.zone)
        #expect(rules.offset(at: change.at - 1) == Int64(change.before * 3_600))
        #expect(rules.offset(at: change.at) == Int64(change.after * 3_600))
    }

    @Test("know zones without summer time")
    func constant() throws {
        for year in 2000...2090 {
            for month in 1...12 {
                #expect(try TimeZoneRules(named: "Asia/Hong_Kong").offset(at: utc(year, month, 1)) == 28_800)
            }
        }
        #expect(TimeZoneRules.utc.offset(at: 0) == 0)
        #expect(try TimeZoneRules(named: "Asia/Kathmandu").offset(at: utc(2026, 1, 1)) == 20_700)
    }

    @Test("skipped local times move on, doubled ones are the first; all others go there and back")
    func localTimes() throws {
        let rules = try TimeZoneRules(named: "America/New_York")
        #expect(rules.utc(utc(2026, 3, 8, 2, 30)) == utc(2026, 3, 8, 7, 30))
        #expect(rules.local(rules.utc(utc(2026, 3, 8, 2, 30))) == utc(2026, 3, 8, 3, 30))
        #expect(rules.utc(utc(2026, 11, 1, 1, 30)) == utc(2026, 11, 1, 5, 30))
        var random = TestRandom(seed: TestSeed.value("TIME_ZONE_SEED"))
        for name in ["America/New_York", "Australia/Sydney", "Europe/Dublin", "Pacific/Apia"] {
            let rules = try TimeZoneRules(named: name)
            for _ in 0..<2_000 {
                let moment = Int64(random.below(4_000_000_000))
                let local = rules.local(moment)
                #expect(rules.local(rules.utc(local)) == local, "\(name) \(moment)")
            }
        }
    }

    @Test("agree with the C library over a century")
    func systemTwin() throws {
        var random = TestRandom(seed: TestSeed.value("TIME_ZONE_SEED"))
        // The library reads one zone for the process, which others use: the one it has is compared.
        var now = time_t(0)
        var parts = tm()
        localtime_r(&now, &parts)
        let name = parts.tm_zone.map { String(cString: $0) } ?? ""
        let rules = name == "UTC" || name == "GMT" ? TimeZoneRules.utc : nil
        guard let rules else { return }
        for _ in 0..<1_000 {
            var moment = time_t(random.below(4_000_000_000))
            localtime_r(&moment, &parts)
            #expect(rules.offset(at: Int64(moment)) == Int64(parts.tm_gmtoff))
        }
    }

    @Test(
        "refuse names that lead out of the folder or are none",
        arguments: [
            "", "../etc/passwd", "/etc/passwd", "America/../../x", "a//b", ".", "America/.", "a\0b", "ü",
            "A B",
        ])
    func names(_ name: String) {
        #expect(throws: TimeZoneError.name(name)) { try TimeZoneRules(named: name) }
    }

    @Test("tell zones that are not there, and folders")
    func missing() {
        for name in ["Mars/Olympus", "America"] {
            #expect(throws: TimeZoneError.unreadable(name)) { try TimeZoneRules(named: name) }
        }
    }

    @Test("refuse damaged files, whatever the damage, and never crash")
    func damaged() throws {
        let good = try #require(try DurableFile.read("/usr/share/zoneinfo/America/New_York"))
        #expect(TZifFile.read(good) != nil)
        for length in 0..<good.count where length < 200 || length > good.count - 40 {
            #expect(TZifFile.read(Array(good[..<length])) == nil, "cut at \(length)")
        }
        var random = TestRandom(seed: TestSeed.value("TIME_ZONE_SEED"))
        for _ in 0..<3_000 {
            var bytes = good
            for _ in 0...random.below(4) {
                bytes[Int(random.below(UInt64(bytes.count)))] = UInt8(random.below(256))
            }
            guard let rules = TZifFile.read(bytes) else { continue }
            for moment in [Int64.min, -1, 0, 1_700_000_000, 4_000_000_000, .max] {
                #expect(abs(rules.offset(at: moment)) <= 26 * 3_600)
                _ = rules.utc(moment / 2)
            }
        }
    }

    @Test(
        "read rules as POSIX writes them",
        arguments: [
            ("EST5EDT,M3.2.0,M11.1.0", true), ("<+0330>-3:30", true),
            ("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", true),
            ("IST-2IDT,M3.4.4/26,M10.5.0", true), ("XXX3EDT4,J60,300/1:30:15", true), ("AB1", false),
            ("EST5EDT", false), ("EST5EDT,M13.1.0,M11.1.0", false), ("EST5EDT,M3.6.0,M11.1.0", false),
            ("EST25", false), ("EST5EDT,M3.2.0,M11.1.0,", false), ("<EST5", false), ("", false),
            ("EST5EDT,M3.2.0/168,M11.1.0", false),
        ])
    func ruleTexts(_ text: String, _ isRule: Bool) {
        #expect((TimeZoneRuleText.read(Array(text.utf8)) != nil) == isRule)
    }
}
