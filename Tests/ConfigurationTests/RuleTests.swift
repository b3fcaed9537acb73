import Configuration
import Testing

@Suite("Rules across keys")
struct RuleTests {
    @Test(
        "profiles allow their modes only",
        arguments: Profile.allCases, Mode.allCases)
    func modes(_ profile: Profile, _ mode: Mode) {
        let found = problems(
            completeBase, profile: profile.rawValue, flags: [flag("execution.mode", mode.rawValue, "--mode")])
        if profile == .prod && mode != .ibkr {
            let message = "mode \(mode.rawValue) is not allowed under profile prod (allowed: ibkr)"
            #expect(found == ["--mode: execution.mode: \(message)"])
        } else {
            #expect(found.isEmpty)
        }
    }

    @Test("a refused mode is a problem of its own kind")
    func modeKind() {
        #expect(throws: ConfigurationError.self) {
            try load(completeBase, profile: "prod", flags: [flag("execution.mode", "sim")])
        }
        do throws(ConfigurationError) {
            _ = try load(completeBase, profile: "prod", flags: [flag("execution.mode", "sim")])
        } catch {
            #expect(error.problems.map(\.kind) == [.modeNotAllowed])
        }
    }

    @Test(
        "dev reaches a gateway on this machine only",
        arguments: [
            ("127.0.0.1", true), ("127.8.8.8", true), ("localhost", true), ("::1", true),
            ("127.0.0.1.example", false), ("10.0.0.1", false), ("::2", false), ("128.0.0.1", false),
            ("localhost.example", false), ("::ffff:10.0.0.1", false),
        ])
    func loopback(_ host: String, _ isAllowed: Bool) {
        let found = problems(
            "execution: {mode: live}", environment: ["IBKR_HOST": host])
        let message = "mode ibkr is allowed under profile dev with a loopback host only"
        #expect(found == (isAllowed ? [] : ["config/settings.yaml:1: execution.mode: \(message)"]))
        #expect((Profile.dev.refusal(of: .ibkr, host: host) == nil) == isAllowed)
        #expect(Profile.dev.refusal(of: .sim, host: host) == nil)
        #expect(Profile.paper.refusal(of: .ibkr, host: host) == nil)
    }

    @Test("prod needs every limit, a mode it allows and durable audit")
    func prodIsExplicit() {
        let place = "config/profiles/prod.yaml: "
        let limits = [
            "whitelist", "max_size", "max_exposure", "max_gross_exposure", "throttle_max", "price_collar_bps",
            "passive_band_bps", "max_order_notional", "max_position", "max_ref_age", "max_ref_spread_bps",
            "account_equity", "max_day_loss", "max_drawdown", "max_open_orders", "max_open_orders_total",
            "refuse_self_cross", "max_clock_error", "duplicate_window", "orders_per_second",
            "messages_per_second", "max_repeats", "max_orders_day",
        ]
        #expect(
            problems("audit: {durability: process}", profile: "prod")
                == limits.map { place + "risk.\($0): must be given explicitly under profile prod" }
                + ["day_loss.limit", "drawdown.limit", "velocity.bps"].map {
                    place + "risk.trips.\($0): must be > 0 under profile prod"
                } + [
                    "config/settings.yaml:1: audit.durability: must be disk under profile prod",
                    place + "execution.mode: mode sim is not allowed under profile prod (allowed: ibkr)",
                ])
    }

    @Test(
        "a count that a tighter one is reached before, and an owner of what is no limit, are refused",
        arguments: [
            ("max_repeats", "2000", "max_orders_day", "2000", false),
            ("max_repeats", "1999", "max_orders_day", "2000", true),
            ("max_open_orders", "50", "max_open_orders_total", "50", true),
            ("max_open_orders", "51", "max_open_orders_total", "50", false),
            ("orders_per_second", "41", "messages_per_second", "40", false),
            ("owners.max_size", "desk", "owners.max_exposure", "desk", true),
            ("owners.max_exposure", "desk", "owners.maxsize", "desk", false),
            ("owners.order_types", "desk", "owners.max_size", "desk", false),
        ])
    func contradictions(_ one: String, _ value: String, _ other: String, _ most: String, _ passes: Bool) {
        let found = problems(
            completeBase, profile: "paper",
            flags: [flag("risk.\(one)", value), flag("risk.\(other)", most)])
        #expect(found.isEmpty == passes, "\(found)")
        #expect(found.allSatisfy { $0.contains("must be") })
    }

    @Test(
        "a loss that stops trading lies above the one from which on orders must reduce, under every profile",
        arguments: Profile.allCases,
        [("1999", false), ("2000", false), ("2000.01", true), ("0", true)])
    func tripsAboveControls(_ profile: Profile, _ limit: (value: String, passes: Bool)) {
        // Off is another matter: prod refuses that for itself.
        guard profile != .prod || limit.value != "0" else { return }
        for (trip, control) in [("day_loss", "max_day_loss"), ("drawdown", "max_drawdown")] {
            let found = problems(
                completeBase, profile: profile.rawValue,
                flags: [
                    flag("risk.\(control)", "2000"), flag("risk.trips.\(trip).limit", limit.value),
                    flag("execution.mode", "ibkr"),
                ])
            let message =
                "--set: risk.trips.\(trip).limit: must be > risk.\(control) (2000), from which on only reducing "
                + "orders pass; it is \(limit.value)"
            #expect(found == (limit.passes ? [] : [message]))
        }
        #expect(
            problems("", profile: "dev", flags: [flag("risk.trips.day_loss.limit", "1")]) == [],
            "without the control there is nothing to agree with")
    }

    @Test("prod waits for the disk unless told")
    func prodDurability() throws {
        #expect(try load(completeBase, profile: "prod").audit.durability == .disk)
        #expect(try load(completeBase, profile: "paper").audit.durability == .process)
    }

    @Test("an instrument needs its sizes")
    func instrumentSizes() {
        #expect(
            problems(
                "instruments:\n  EUR.USD:\n    tick_size: 1\n  SPY:\n",
                flags: [flag("instruments.X.currency", "EUR")])
                == [
                    "config/settings.yaml:2: instruments.EUR.USD.lot_size: must be given",
                    "config/settings.yaml:4: instruments.SPY.tick_size: must be given",
                    "config/settings.yaml:4: instruments.SPY.lot_size: must be given",
                    "--set: instruments.X.tick_size: must be given",
                    "--set: instruments.X.lot_size: must be given",
                ])
    }

    @Test("away from dev whatever may be traded can be valued")
    func valuation() {
        let instruments = "instruments:\n  BTCUSDT: {tick_size: 0.1, lot_size: 1, currency: USDT}\n"
        let flags = [flag("risk.whitelist", "XAUUSD,BTCUSDT,SPY", "--whitelist")]
        let base = completeBase.replacing("instruments:\n", with: instruments)
        #expect(problems(base, profile: "dev", flags: flags).isEmpty)
        #expect(
            problems(base, profile: "paper", flags: flags) == [
                "--whitelist: risk.whitelist: BTCUSDT needs risk.fx.USDT, the value of 1 USDT in USD",
                "--whitelist: risk.whitelist: SPY has no entry in instruments",
            ])
    }

    @Test("a profile file belongs to its profile")
    func profileFile() {
        #expect(
            problems("", ["dev": "\nenv: prod"]) == [
                "config/profiles/dev.yaml:2: env: must be dev in this file"
            ])
        #expect(problems("env: paper", ["dev": "env: dev"], profile: "dev").isEmpty)
    }

    @Test("an unknown profile is named with its origin and the known ones")
    func unknownProfile() {
        let message = "env: unknown profile \"qa\", known are dev, paper, prod"
        #expect(problems("", profile: "qa") == ["--profile: " + message])
        #expect(problems("", environment: ["PROFILE": "qa"]) == ["environment PROFILE: " + message])
        #expect(problems("symbols: [A]\nenv: qa") == ["config/settings.yaml:2: " + message])
        #expect(problems("env: [dev]") == ["config/settings.yaml:1: env: must be one of dev, paper, prod"])
    }

    @Test("warns of a port of the other kind of account")
    func ports() throws {
        func warnings(_ profile: String, _ port: String) throws -> [String] {
            try load(completeBase, profile: profile, flags: [flag("providers.ibkr.port", port)]).warnings
        }
        let key = "--set: providers.ibkr.port:"
        for port in ["7497", "4002"] {
            #expect(
                try warnings("prod", port) == [
                    "\(key) \(port) is the usual port of paper trading, the profile is prod"
                ])
            #expect(try warnings("paper", port) == [])
        }
        for port in ["7496", "4001"] {
            #expect(
                try warnings("paper", port) == [
                    "\(key) \(port) is the usual port of live trading, the profile is paper"
                ])
            #expect(try warnings("dev", port).count == 1)
            #expect(try warnings("prod", port) == [])
        }
        #expect(
            try load(completeBase, profile: "prod").warnings == [
                "built-in default: providers.ibkr.port: 7497 is the usual port of paper trading, the profile is prod"
            ])
    }
}
