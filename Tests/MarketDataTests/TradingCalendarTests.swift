import Glibc
import Platform
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import MarketData

/// The time a literal tells; the least of all for a mistake.
private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(nanoseconds: .min) }

@Suite("Trading calendar")
struct TradingCalendarTests {
    private func calendar(_ hours: String, _ zone: String = "US/Eastern") -> TradingCalendar {
        var data = ContractData()
        data.tradingHours = hours
        data.timeZoneID = zone
        let told = ContractHours(data)
        #expect((told.calendar == .always) == (told.fault != nil), "what is not known is said")
        return told.calendar
    }

    @Test("sessions are as long as told, closed days are closed, what is not told is open")
    func sessions() {
        let calendar = calendar("20261122:1800-20261123:1700;20261123:1800-20261124:1700;20261128:CLOSED")
        #expect(!calendar.isOpen(time("2026-11-22T22:59:59Z")))
        #expect(calendar.openSince(time("2026-11-22T23:00:00Z")) == time("2026-11-22T23:00:00Z"))
        #expect(calendar.openSince(time("2026-11-23T21:59:59Z")) == time("2026-11-22T23:00:00Z"))
        #expect(!calendar.isOpen(time("2026-11-23T22:30:00Z")), "the daily break")
        #expect(calendar.isOpen(time("2026-11-23T23:00:00Z")))
        #expect(!calendar.isOpen(time("2026-11-28T12:00:00Z")), "a closed day")
        #expect(!calendar.isOpen(time("2026-11-22T05:00:00Z")), "the day of the first session, before it")
        #expect(calendar.isOpen(time("2026-11-22T04:00:00Z")), "the day before, of which nothing is told")
        #expect(calendar.isOpen(time("2026-11-29T05:00:00Z")))
    }

    @Test("summer time is that of the day")
    func summerTime() {
        let calendar = calendar("20260306:0930-20260306:1600;20260309:0930-20260309:1600")
        #expect(calendar.openSince(time("2026-03-06T15:00:00Z")) == time("2026-03-06T14:30:00Z"))
        #expect(calendar.openSince(time("2026-03-09T15:00:00Z")) == time("2026-03-09T13:30:00Z"))
    }

    @Test("older forms are read: several sessions a day, a second time without its date")
    func olderForms() {
        let calendar = calendar("20261123:0930-1200,1300-1600;20261124:1700-1600", "Hongkong")
        #expect(calendar.isOpen(time("2026-11-23T01:30:00Z")))
        #expect(!calendar.isOpen(time("2026-11-23T04:30:00Z")))
        #expect(calendar.isOpen(time("2026-11-23T05:00:00Z")))
        #expect(calendar.isOpen(time("2026-11-25T07:59:59Z")))
        #expect(calendar.openSince(time("2026-11-25T07:00:00Z")) == time("2026-11-24T09:00:00Z"))
    }

    @Test(
        "zones are read as gateways name them",
        arguments: [
            ("EST (Eastern Standard Time)", "2026-07-01T13:30:00Z"),
            ("CST (Central Standard Time)", "2026-07-01T14:30:00Z"),
            ("MET (Middle Europe Time)", "2026-07-01T07:30:00Z"),
            ("JST (Japan Standard Time)", "2026-07-01T00:30:00Z"),
            ("GMT (Greenwich Mean Time)", "2026-07-01T08:30:00Z"), ("Hongkong", "2026-07-01T01:30:00Z"),
            ("US/Central", "2026-07-01T14:30:00Z"),
        ])
    func zones(_ name: String, _ opening: String) {
        let calendar = calendar("20260701:0930-20260701:1600", name)
        #expect(calendar.openSince(time(opening)) == time(opening))
        #expect(!calendar.isOpen(time(opening).advanced(by: -1)))
    }

    @Test("old names are known where the data base has none of them")
    func aliases() throws {
        let directory = try TemporaryDirectory()
        #expect(mkdir("\(directory.path)/America", 0o700) == 0 && mkdir("\(directory.path)/Asia", 0o700) == 0)
        for zone in ["America/New_York", "America/Chicago", "America/Los_Angeles", "Asia/Tokyo"] {
            let content = try DurableFile.read("/usr/share/zoneinfo/\(zone)", limit: 1 << 18) ?? []
            try directory.write(content, to: zone)
        }
        let names = [
            "US/Eastern": "America/New_York", "EST5EDT": "America/New_York", "US/Central": "America/Chicago",
            "US/Pacific": "America/Los_Angeles", "Japan": "Asia/Tokyo", "JST": "Asia/Tokyo",
        ]
        for (name, zone) in names {
            #expect(
                GatewayTimeZone.rules(name, directory: directory.path) == (try TimeZoneRules(named: zone)))
        }
        #expect(GatewayTimeZone.rules("Hongkong", directory: directory.path) == nil, "its zone is not there")
    }

    @Test(
        "every name that gateways use is known here",
        arguments: [
            "US/Mountain", "US/Alaska", "US/Hawaii", "MET", "MST7MDT", "PST8PDT", "CST6CDT", "Hongkong",
            "GB-Eire", "GB", "Eire", "Singapore", "PRC", "ROK", "ROC", "Israel", "NZ", "Canada/Eastern",
            "Asia/Calcutta", "Europe/Riga", "MSK (Moscow Standard Time)", "Australia/NSW", "Turkey", "Poland",
        ])
    func knownZones(_ name: String) { #expect(GatewayTimeZone.rules(name) != nil) }

    @Test(
        "hours that cannot be understood mean nothing is known",
        arguments: [
            "", ";", "20261122", "20261122:", "20261322:0930-1600", "20261122:0960-1600",
            "20261122:0930-20271122:1600",
            "2026112é:0930-1600", "20261122:0930", ":-;:-", "20261122:2500-2600",
        ])
    func nonsense(_ hours: String) { #expect(calendar(hours) == .always) }

    @Test(
        "a zone that is not known, or no zone's name, means nothing is known",
        arguments: ["", "Mars", "../x", "("])
    func unknownZone(_ zone: String) { #expect(calendar("20261122:0930-1600", zone) == .always) }

    @Test("weekly hours with a daily break keep local time over the change of clocks")
    func weekly() throws {
        let calendar = try TradingCalendar(
            hours: "Sun 18:00-Fri 17:00 America/New_York, daily break 17:00-18:00")
        #expect(calendar.isOpen(time("2026-11-23T12:00:00Z")))
        #expect(!calendar.isOpen(time("2026-11-23T22:30:00Z")))
        #expect(calendar.openSince(time("2026-11-24T00:00:00Z")) == time("2026-11-23T23:00:00Z"))
        #expect(
            !calendar.isOpen(time("2026-11-27T22:00:00Z")) && !calendar.isOpen(time("2026-11-29T22:59:59Z")))
        #expect(calendar.isOpen(time("2026-11-29T23:00:00Z")))
        #expect(
            calendar.isOpen(time("2026-07-06T22:00:00Z")) && !calendar.isOpen(time("2026-07-06T21:30:00Z")))
    }

    @Test("the same hours on several days, over midnight and over the end of the week")
    func days() throws {
        let stocks = try TradingCalendar(hours: "Mon-Fri 09:30-16:00 America/New_York")
        #expect(stocks.isOpen(time("2026-11-23T14:30:00Z")) && !stocks.isOpen(time("2026-11-23T21:00:00Z")))
        #expect(!stocks.isOpen(time("2026-11-22T15:00:00Z")))
        let nights = try TradingCalendar(hours: "Sat-Sun 22:00-02:00 Etc/UTC")
        #expect(nights.isOpen(time("2026-11-21T23:00:00Z")) && nights.isOpen(time("2026-11-22T01:59:00Z")))
        #expect(nights.isOpen(time("2026-11-23T01:59:00Z")) && !nights.isOpen(time("2026-11-23T02:00:00Z")))
        let weekend = try TradingCalendar(hours: "Fri 20:00-Mon 06:00 Etc/UTC")
        #expect(weekend.isOpen(time("2026-11-22T12:00:00Z")) && !weekend.isOpen(time("2026-11-25T12:00:00Z")))
        #expect(try TradingCalendar(hours: "always").isOpen(.zero))
        #expect(try TradingCalendar(hours: "Mon-Sun 00:00-24:00 Etc/UTC").isOpen(.zero))
    }

    @Test(
        "hours that are none are refused with the reason",
        arguments: [
            "", "never", "Sun 18:00-Fri 17:00", "Sun 18:00-Fri 17:00 Mars", "Sunday 18:00-Fri 17:00 Etc/UTC",
            "Sun 18:00-Fri 25:00 Etc/UTC", "Mon-Fri 9:30-16:00 Etc/UTC", "Mon-Fri 09:30-16:00 ../x",
            "Mon-Fri 09:30-16:00 Etc/UTC, break 12:00-13:00",
            "Mon-Fri 09:30-16:00 Etc/UTC, daily break 12:00",
            "Mon 09:00-10:00 Etc/UTC, daily break 08:00-11:00", "a,b,c",
        ])
    func refused(_ text: String) {
        let fault = #expect(throws: SessionHours.Fault.self) { try TradingCalendar(hours: text) }
        #expect(fault?.reason.isEmpty == false)
    }
}
