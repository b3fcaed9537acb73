import Configuration

/// Settings from texts, with an empty profile file where the test does not care.
func load(
    _ base: String, _ profiles: [String: String] = [:], profile: String? = nil,
    environment: [String: String] = [:], flags: [SettingsOverride] = []
) throws(ConfigurationError) -> Settings {
    var texts = ["settings.yaml": base]
    for known in Profile.allCases {
        texts["profiles/\(known.rawValue).yaml"] = profiles[known.rawValue] ?? ""
    }
    return try SettingsLoader.load(texts: texts, profile: profile, environment: environment, flags: flags)
}

/// The lines of the error that loading gives; empty when it succeeds.
func problems(
    _ base: String, _ profiles: [String: String] = [:], profile: String? = nil,
    environment: [String: String] = [:], flags: [SettingsOverride] = []
) -> [String] {
    do throws(ConfigurationError) {
        _ = try load(base, profiles, profile: profile, environment: environment, flags: flags)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// A flag.
func flag(_ key: String, _ value: String, _ origin: String = "--set") -> SettingsOverride {
    SettingsOverride(key: key, value: value, origin: origin)
}

/// Everything paper and prod insist on.
let completeBase = """
    instruments:
      XAUUSD: {tick_size: 0.01, lot_size: 1}
    execution: {mode: ibkr}
    risk:
      whitelist: [XAUUSD]
      max_size: 10
      max_exposure: 50000
      max_gross_exposure: 100000
      throttle_max: 10
      price_collar_bps: 100
      passive_band_bps: 1000
      max_order_notional: 50000
      max_position: 20
      max_ref_age: 2s
      max_ref_spread_bps: 50
      account_equity: 100000
      max_day_loss: 2000
      max_drawdown: 3000
      max_open_orders: 10
      max_open_orders_total: 50
      refuse_self_cross: true
      max_clock_error: 100ms
      duplicate_window: 1s
      orders_per_second: 10
      messages_per_second: 40
      max_repeats: 1000
      max_orders_day: 2000
      trips: {day_loss: {limit: 4000}, drawdown: {limit: 6000}, velocity: {bps: 100}}
    """
