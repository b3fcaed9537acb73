import Configuration
import Testing
import TradingModel

@Suite("Canonical text")
struct DecisionTextTests {
    @Test("does not depend on the order of keys, the layer or the spelling of a value")
    func stable() throws {
        let one = try load("strategy: {size: 2, sizes: {B: 1, A: 1.50}}\norder_flow: {bar: 60s}")
        let two = try load(
            "order_flow: {bar: 1m}", ["dev": "strategy: {sizes: {A: 1.5}}"],
            flags: [flag("strategy.sizes.B", "1e0"), flag("strategy.size", "2.000")])
        #expect(one.canonicalText == two.canonicalText)
        #expect(one.canonicalText.contains("strategy.sizes.A = 1.5\nstrategy.sizes.B = 1\n"))
    }

    @Test("leaves out what cannot matter to a decision")
    func excluded() throws {
        let base = try load("").canonicalText
        let same = try load(
            """
            telemetry:
              log_level: debug
              levels: {risk: warning}
              metrics: {socket: /m, listen: "[::1]:9464"}
              traces: {file: /t, max_bytes: 65536}
            providers: {ibkr: {host: localhost, port: 4002, client_id: 5}}
            replay: {speed: 3}
            simulator: {speed: 9}
            control: {socket: /x, max_clients: 2}
            audit: {directory: /a, segment_bytes: 65536}
            state: {directory: /s}
            """)
        #expect(same.canonicalText == base)
        #expect(same.effectiveText.contains("control.socket = /x\n"))
        #expect(same.effectiveText.contains("telemetry.log_level = debug\n"))
        #expect(same.effectiveText.contains("telemetry.levels.risk = warning\n"))
        #expect(same.effectiveText.contains("telemetry.metrics.listen = [::1]:9464\n"))
    }

    @Test(
        "changes with whatever matters",
        arguments: [
            ("execution.slippage", "1"), ("execution.fill_probability", "0.999999999"),
            ("execution.seed", "2"),
            ("execution.limit_price", "join"), ("execution.mode", "replay"), ("risk.max_size", "3"),
            ("risk.fx.EUR", "1.1"), ("strategy.enabled", "false"), ("strategy.sizes.A", "1"),
            ("order_flow.bar", "59s"), ("simulator.seed", "1"), ("simulator.events_per_second", "1"),
            ("replay.on_malformed", "skip"), ("symbols", "A"), ("risk.whitelist", "A"),
        ])
    func included(_ key: String, _ value: String) throws {
        let changed = try load("", flags: [flag(key, value)]).canonicalText
        #expect(changed != Settings().canonicalText)
        #expect(changed.contains("\(key) = "))
    }

    @Test("what an older build traded by is restored, even where trips are refused today")
    func olderTrips() throws {
        let text = try load(completeBase, profile: "prod").canonicalText
        let known = text.split(separator: "\n").filter { !$0.contains("risk.trips.") }
        let old =
            known.joined(separator: "\n")
            + "\nrisk.trips.day_loss.limit = 100\nrisk.trips.drawdown.limit = 3000\n"
        let again = try SettingsLoader.restore(
            canonicalText: old, origin: "journal")
        #expect(again.risk.trips.velocityBps == 0 && again.risk.maxDayLoss != nil)
        #expect(again.risk.trips.dayLoss == Money(try Price("100")))
    }

    @Test("restores the settings it was made from", arguments: Profile.allCases)
    func restored(_ profile: Profile) throws {
        let settings = try load(
            completeBase, [profile.rawValue: "strategy: {sizes: {XAUUSD: 3}}"], profile: profile.rawValue,
            flags: [
                flag("symbols", "XAUUSD,EUR.USD"), flag("risk.fx.JPY", "0.0065"),
                flag("instruments.EUR.USD.tick_size", "0.00005"),
                flag("instruments.EUR.USD.lot_size", "1000"),
                flag("execution.fill_probability", "0.25"), flag("order_flow.bar", "1500ms"),
            ])
        let again = try SettingsLoader.restore(canonicalText: settings.canonicalText, origin: "journal")
        #expect(again.canonicalText == settings.canonicalText)
        #expect(again.profile == profile)
        let empty = try load("symbols: []")
        #expect(
            try SettingsLoader.restore(canonicalText: empty.canonicalText, origin: "journal").symbols.isEmpty)
    }

    @Test("a text of another version or no text at all is refused, naming where it comes from")
    func notRestored() {
        for text in ["risk.max_sise = 3\n", "nonsense\n", "risk.max_size = many\n"] {
            let error = #expect(throws: ConfigurationError.self) {
                try SettingsLoader.restore(canonicalText: text, origin: "journal")
            }
            #expect(error?.description.contains("journal") == true)
        }
    }

    @Test("is sorted by key, one a line, and the hash covers its bytes")
    func form() throws {
        let settings = try load("instruments: {A: {tick_size: 1, lot_size: 1}}")
        let lines = settings.canonicalText.split(separator: "\n").map(String.init)
        #expect(lines == lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(lines.contains("instruments.A.multiplier = 1"))
        #expect(settings.canonicalText.hasSuffix("\n"))
        let seen = settings.decisionHash { String(decoding: $0, as: UTF8.self) }
        #expect(seen == settings.canonicalText)
    }
}
