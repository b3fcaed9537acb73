import Configuration
import Testing

private let loopback = "must be a loopback address with a port, such as 127.0.0.1:9464 or [::1]:9464"
private let level = "must be one of debug, info, notice, warning, error, critical"

@Suite("Problems")
struct ProblemTests {
    @Test(
        "says what a value must be",
        arguments: [
            ("risk: {max_size: 0}", "risk.max_size: must be > 0"),
            ("risk: {max_size: -1}", "risk.max_size: must be > 0"),
            ("risk: {max_size: ten}", "risk.max_size: must be a decimal number > 0"),
            ("risk: {max_size: [1]}", "risk.max_size: must be a decimal number > 0"),
            ("risk: {max_size: }", "risk.max_size: must be a decimal number > 0"),
            (
                "risk: {max_size: 0.0000000001}",
                "risk.max_size: must be a decimal number > 0 with at most 9 digits after the point"
            ),
            (
                "risk: {max_exposure: 1e10}",
                "risk.max_exposure: must be a decimal number > 0, at most 9223372036.854775807"
            ),
            ("strategy: {threshold_ticks: -1}", "strategy.threshold_ticks: must be >= 0"),
            (
                "providers: {ibkr: {port: 65536}}",
                "providers.ibkr.port: must be a whole number from 1 to 65535"
            ),
            (
                "providers: {ibkr: {port: 0x10}}",
                "providers.ibkr.port: must be a whole number from 1 to 65535"
            ),
            ("providers: {ibkr: {port: 07}}", "providers.ibkr.port: must be a whole number from 1 to 65535"),
            ("providers: {ibkr: {host: a b}}", "providers.ibkr.host: must be a host name or address"),
            (
                "execution: {fill_probability: 1.1}",
                "execution.fill_probability: must be a decimal number from 0 to 1"
            ),
            (
                "execution: {fill_probability: nan}",
                "execution.fill_probability: must be a decimal number from 0 to 1"
            ),
            (
                "execution: {mode: Sim}",
                "execution.mode: must be one of sim, ibkr, replay (or live, which is ibkr)"
            ),
            ("execution: {limit_price: mid}", "execution.limit_price: must be one of touch, join"),
            (
                "telemetry: {log_level: trace}",
                "telemetry.log_level: must be one of debug, info, notice, warning, error, critical"
            ),
            ("telemetry: {levels: {risk: loud}}", "telemetry.levels.risk: \(level)"),
            ("telemetry: {metrics: {listen: '0.0.0.0:9464'}}", "telemetry.metrics.listen: \(loopback)"),
            ("telemetry: {metrics: {listen: '192.0.2.7:9464'}}", "telemetry.metrics.listen: \(loopback)"),
            ("telemetry: {metrics: {listen: 'localhost:9464'}}", "telemetry.metrics.listen: \(loopback)"),
            ("telemetry: {metrics: {listen: '::1:9464'}}", "telemetry.metrics.listen: \(loopback)"),
            ("telemetry: {metrics: {listen: '[::]:9464'}}", "telemetry.metrics.listen: \(loopback)"),
            ("telemetry: {metrics: {listen: '127.0.0.1:0'}}", "telemetry.metrics.listen: \(loopback)"),
            ("telemetry: {metrics: {listen: '127.0.0.1'}}", "telemetry.metrics.listen: \(loopback)"),
            ("telemetry: {metrics: {listen: ':9464'}}", "telemetry.metrics.listen: \(loopback)"),
            ("strategy: {enabled: yes}", "strategy.enabled: must be true or false"),
            (
                "order_flow: {bar: 60}",
                "order_flow.bar: must be a duration from 1ms to 24h, such as 250ms, 60s, 2m, 1h"
            ),
            (
                "order_flow: {bar: 99999999999999h}",
                "order_flow.bar: must be a duration from 1ms to 24h, such as 250ms, 60s, 2m, 1h"
            ),
            (
                "order_flow: {tape_capacity: 1000}",
                "order_flow.tape_capacity: must be a power of two from 1 to 1048576"
            ),
            ("replay: {speed: 0}", "replay.speed: must be max or a decimal number > 0"),
            ("control: {socket: ''}", "control.socket: must be a path of at most 107 bytes"),
            ("symbols: XAUUSD", "symbols: must be a list of names, such as [XAUUSD, SPY]"),
            ("symbols: [A, A]", "symbols: lists A twice"),
            (
                "symbols: [A B]",
                "symbols: every element must be a name of 1 to 64 printable ASCII characters without spaces and commas"
            ),
            (
                "risk: {base_currency: usd}",
                "risk.base_currency: must be a currency of 3 to 8 upper-case letters or digits, such as USD"
            ),
            (
                "risk: {fx: {usdt: 1}}",
                "risk.fx.usdt: the name in the key must be a currency of 3 to 8 upper-case letters or digits, such as USD"
            ),
            ("risk: {fx: {USD: 1.5}}", "risk.fx.USD: must be 1, USD is the base currency"),
            ("risk: 5", "risk: must be a mapping of keys to values"),
            ("instruments: [XAUUSD]", "instruments: must be a mapping of keys to values"),
            ("env: staging", "env: unknown profile \"staging\", known are dev, paper, prod"),
            ("[1]", "must be a mapping of keys to values"),
        ])
    func badValues(_ yaml: String, _ message: String) {
        #expect(problems(yaml) == ["config/settings.yaml:1: \(message)"])
    }

    @Test(
        "asks back when an unknown key is close to a known one",
        arguments: [
            ("risk: {max_sise: 1}", "risk.max_sise: unknown key, did you mean risk.max_size?"),
            ("risk: {max-size: 1}", "risk.max-size: unknown key, did you mean risk.max_size?"),
            ("Risk: {max_size: 1}", "Risk: unknown key, did you mean risk?"),
            ("log_level: info", "log_level: unknown key, did you mean telemetry.log_level?"),
            (
                "providers: {ibkr: {hots: a}}",
                "providers.ibkr.hots: unknown key, did you mean providers.ibkr.host?"
            ),
            ("password: hunter2", "password: unknown key"),
            ("x: 1", "x: unknown key"),
            ("\"a\\nb\\e[1m\": 1", "a\\nb\\u{1B}[1m: unknown key"),
        ])
    func unknownKeys(_ yaml: String, _ message: String) {
        #expect(problems(yaml) == ["config/settings.yaml:1: \(message)"])
    }

    @Test("names the variable and the flag")
    func otherOrigins() {
        let environment = ["IBKR_PORT": "high", "REPLAY_SPEED": "fast"]
        let flags = [
            flag("replay.speed", "-1", "--speed"), flag("risk.max_siz", "1"), flag("risk", "1"),
            flag("strategy.sizes.", "1"),
        ]
        #expect(
            problems("", environment: environment, flags: flags) == [
                "environment IBKR_PORT: providers.ibkr.port: must be a whole number from 1 to 65535",
                "environment REPLAY_SPEED: replay.speed: must be max or a decimal number > 0",
                "--speed: replay.speed: must be max or a decimal number > 0",
                "--set: risk.max_siz: unknown key, did you mean risk.max_size?",
                "--set: risk: unknown key",
                "--set: strategy.sizes.: unknown key, did you mean strategy.size?",
            ])
    }

    @Test("reports every problem of every layer at once, with its line, also where a later layer replaces it")
    func allAtOnce() {
        let base = """
            env: prod
            symbols:
              - XAUUSD
              - "a b"
            risk:
              max_size: 0
              colour: red
            """
        let profile = "risk:\n\n  max_size: -5\n  throttle_max: none\n"
        let found = problems(
            base, ["paper": profile], profile: "paper", environment: ["PROFILE": "qa"],
            flags: [flag("execution.mode", "ibkr", "--mode")])
        #expect(
            found == [
                "config/settings.yaml:4: symbols: every element must be a name of 1 to 64 printable ASCII "
                    + "characters without spaces and commas",
                "config/settings.yaml:6: risk.max_size: must be > 0",
                "config/settings.yaml:7: risk.colour: unknown key",
                "config/profiles/paper.yaml:3: risk.max_size: must be > 0",
                "config/profiles/paper.yaml:4: risk.throttle_max: must be a whole number from 1 to 1000000000",
                "environment PROFILE: env: unknown profile \"qa\", known are dev, paper, prod",
                "config/profiles/paper.yaml: risk.whitelist: must be given explicitly under profile paper",
                "config/profiles/paper.yaml: risk.max_exposure: must be given explicitly under profile paper",
                "config/profiles/paper.yaml: risk.max_gross_exposure: must be given explicitly under profile paper",
                "config/profiles/paper.yaml: risk.price_collar_bps: must be given explicitly under profile paper",
            ]
                + [
                    "passive_band_bps", "max_order_notional", "max_position", "max_ref_age",
                    "max_ref_spread_bps", "account_equity", "max_day_loss", "max_drawdown", "max_open_orders",
                    "max_open_orders_total", "refuse_self_cross", "max_clock_error", "duplicate_window",
                    "orders_per_second", "messages_per_second", "max_repeats", "max_orders_day",
                ].map {
                    "config/profiles/paper.yaml: risk.\($0): must be given explicitly under profile paper"
                })
    }

    @Test("the description has one problem a line and an error bounds its length")
    func description() throws {
        let many = (0..<1_000).map { "k\($0): 1" }.joined(separator: "\n")
        do throws(ConfigurationError) {
            _ = try load(many)
            Issue.record("accepted unknown keys")
        } catch {
            let lines = error.description.split(separator: "\n")
            #expect(lines.count == 201)
            #expect(lines.first == "config/settings.yaml:1: k0: unknown key")
            #expect(lines.last == "and 800 more problems")
            #expect(error.problems.last?.kind == .omitted)
        }
    }
}
