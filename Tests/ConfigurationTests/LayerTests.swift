import Configuration
import Testing
import TradingModel

@Suite("Layers")
struct LayerTests {
    @Test("an empty base gives the defaults of dev")
    func defaults() throws {
        let settings = try load("")
        #expect(settings == Settings())
        #expect(settings.profile == .dev)
        #expect(settings.symbols == ["XAUUSD"])
        #expect(settings.providers.ibkr.port == 7497)
        #expect(settings.strategy.size == Money.one)
        #expect(settings.strategy.thresholdTicks == (try Price("0.1")))
        #expect(settings.orderFlow.bar == 60_000_000_000)
        #expect(settings.replay.speed == .max)
        #expect(settings.audit.durability == .process)
        #expect(settings.warnings.isEmpty)
    }

    @Test("base, profile, environment, flags: the last wins")
    func order() throws {
        let base = "execution: {slippage: 1, seed: 7}\nreplay: {speed: 2}\ntelemetry: {log_level: debug}"
        let profile = "execution: {slippage: 2}\nreplay: {speed: 3}\ntelemetry: {log_level: error}"
        let environment = ["REPLAY_SPEED": "4", "LOG_LEVEL": "notice"]
        let flags = [flag("replay.speed", "5"), flag("replay.speed", "6.5")]
        let settings = try load(base, ["dev": profile], environment: environment, flags: flags)
        #expect(settings.execution.seed == 7)
        #expect(settings.execution.slippage == 2)
        #expect(settings.telemetry.logLevel == .notice)
        #expect(settings.replay.speed == .times(try Price("6.5")))
    }

    @Test("mappings merge by key, lists replace")
    func merging() throws {
        let base = """
            instruments:
              EUR.USD: {tick_size: 0.0001, lot_size: 1000}
            risk: {whitelist: [A, B], fx: {EUR: 1.1, CHF: 1.2}}
            strategy: {sizes: {A: 1, B: 2}}
            """
        let profile = """
            instruments:
              EUR.USD: {tick_size: 0.00005}
              SPY: {tick_size: 0.01, lot_size: 1}
            risk: {whitelist: [C], fx: {CHF: 1.25}}
            strategy: {sizes: {B: 3}}
            """
        let settings = try load(base, ["dev": profile])
        #expect(settings.instruments["EUR.USD"]?.tickSize == (try Price("0.00005")))
        #expect(settings.instruments["EUR.USD"]?.lotSize == (try Quantity("1000")))
        #expect(settings.instruments.count == 2)
        #expect(settings.risk.whitelist == ["C"])
        #expect(settings.risk.fx == ["EUR": try Price("1.1"), "CHF": try Price("1.25")])
        #expect(settings.strategy.size(of: "A") == (try Quantity("1")))
        #expect(settings.strategy.size(of: "B") == (try Quantity("3")))
        #expect(settings.strategy.size(of: "C") == settings.strategy.size)
    }

    @Test("every environment variable of the table sets its key")
    func environment() throws {
        let environment = [
            "PROFILE": "paper", "IBKR_HOST": "gateway.example", "IBKR_PORT": "4002", "IBKR_CLIENT_ID": "9",
            "LOG_LEVEL": "warning", "TRADINGD_MODE": "live", "TRADINGD_SOCKET": "/tmp/t.sock",
            "REPLAY_SPEED": "max", "HOME": "/root", "IBKR_PASSWORD": "x",
        ]
        let settings = try load(completeBase, environment: environment)
        #expect(settings.profile == .paper)
        #expect(settings.providers.ibkr.host == "gateway.example")
        #expect(settings.providers.ibkr.port == 4002)
        #expect(settings.providers.ibkr.clientID == 9)
        #expect(settings.telemetry.logLevel == .warning)
        #expect(settings.execution.mode == .ibkr)
        #expect(settings.control.socket == "/tmp/t.sock")
        #expect(settings.replay.speed == .max)
    }

    @Test("an empty variable counts as absent")
    func emptyVariable() throws {
        let settings = try load(
            "providers: {ibkr: {port: 4001}}", environment: ["IBKR_PORT": "", "PROFILE": ""])
        #expect(settings.providers.ibkr.port == 4001)
        #expect(settings.profile == .dev)
    }

    @Test("the profile comes from the flag, then PROFILE, then env, then dev")
    func profileOrder() throws {
        let base = "env: paper\n" + completeBase
        #expect(try load(base, profile: "prod", environment: ["PROFILE": "dev"]).profile == .prod)
        #expect(
            try load(base + "\nproviders: {ibkr: {port: 7497}}", environment: ["PROFILE": "dev"]).profile
                == .dev)
        #expect(try load(base).profile == .paper)
        #expect(try load("").profile == .dev)
    }

    @Test("flags take lists with commas and keys with names in them")
    func flagForms() throws {
        let settings = try load(
            "",
            flags: [
                flag("symbols", "XAUUSD,EUR.USD", "--symbol"), flag("risk.fx.USDT", "0.999"),
                flag("strategy.sizes.EUR.USD", "20000"), flag("instruments.EUR.USD.tick_size", "0.00005"),
                flag("instruments.EUR.USD.lot_size", "1000"), flag("risk.whitelist", ""),
            ])
        #expect(settings.symbols == ["XAUUSD", "EUR.USD"])
        #expect(settings.risk.rate(of: "USDT") == (try Price("0.999")))
        #expect(settings.strategy.sizes["EUR.USD"] == (try Quantity("20000")))
        #expect(settings.instrument(named: "EUR.USD")?.lotSize == (try Quantity("1000")))
        #expect(settings.instrument(named: "GBP.USD") == nil)
        #expect(settings.risk.whitelist.isEmpty)
    }

    @Test("an empty optional value takes back what an earlier layer gave; an empty section changes nothing")
    func emptyValues() throws {
        let settings = try load(
            "state: {directory: /a}\nstrategy: {size: 2}", ["dev": "state:\n  directory:\nstrategy:\n"])
        #expect(settings.state.directory == nil)
        #expect(settings.strategy.size == (try Quantity("2")))
    }

    @Test("reads every form of value")
    func forms() throws {
        let settings = try load(
            """
            symbols: ["XAUUSD", 'NO', 007]
            execution: {mode: live, fill_probability: 0.25, limit_price: join, seed: 18446744073709551615}
            order_flow: {bar: 250ms, tape_capacity: 1048576}
            replay: {speed: 0.5, on_malformed: skip, reorder_window: 2m}
            strategy: {enabled: false, exit_on_flat: true, size: "0.000000001"}
            risk: {max_exposure: 9223372036.854775807}
            """)
        #expect(settings.symbols == ["XAUUSD", "NO", "007"])
        #expect(settings.execution.mode == .ibkr)
        #expect(settings.execution.fillProbability == 0.25)
        #expect(settings.execution.limitPrice == .join)
        #expect(settings.execution.seed == .max)
        #expect(settings.orderFlow.bar == 250_000_000)
        #expect(settings.replay.reorderWindow == 120_000_000_000)
        #expect(settings.replay.onMalformed == .skip)
        #expect(!settings.strategy.isEnabled && settings.strategy.exitOnFlat)
        #expect(settings.strategy.size == Quantity(rawValue: 1))
        #expect(settings.risk.maxExposure == Money(Price(rawValue: .max)))
    }
}
