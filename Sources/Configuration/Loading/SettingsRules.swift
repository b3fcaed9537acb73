import TradingModel

/// The rules that take more than one value to check.
struct SettingsRules {
    /// The profile's file: where a value that nobody gives would belong.
    let place: String
    /// Whether limits must be given where the profile asks for that: not in what an older build has written down.
    var insistsOnLimits = true

    /// Reports every broken rule and notes the warnings.
    func check(_ resolution: inout Resolution) {
        checkInstruments(&resolution)
        checkLimits(&resolution)
        checkRates(&resolution)
        checkCounts(&resolution)
        checkOwners(&resolution)
        checkTrips(&resolution)
        checkTripsAboveControls(&resolution)
        checkDurability(&resolution)
        checkMode(&resolution)
        resolution.settings.warnings = warnings(resolution)
    }

    /// An instrument needs its sizes.
    private func checkInstruments(_ resolution: inout Resolution) {
        let required = SettingsSchema.settings.filter { $0.need == .required }.map(\.key)
        for (name, origin) in resolution.instruments.sorted(by: { $0.key < $1.key }) {
            for key in required.map({ KeyName.filled($0, name) }) where resolution.origins[key] == nil {
                resolution.problems.add(ConfigurationProblem(.missing, origin, key, "must be given"))
            }
        }
    }

    /// Away from dev no limit is a default, and whatever may be traded can be valued.
    private func checkLimits(_ resolution: inout Resolution) {
        let settings = resolution.settings
        guard insistsOnLimits, settings.profile.requiresExplicitLimits else { return }
        for setting in SettingsSchema.settings where setting.need == .limit {
            // An empty value takes a limit back, which is as good as never giving it.
            let isGiven = setting.lines(settings).allSatisfy { $0.value != "none" }
            guard resolution.origins[setting.key] == nil || !isGiven else { continue }
            guard resolution.isSound(setting.key) else { continue }
            let message = "must be given explicitly under profile \(settings.profile.rawValue)"
            resolution.problems.add(ConfigurationProblem(.missing, place, setting.key, message))
        }
        guard resolution.isSound("risk.whitelist"), let origin = resolution.origins["risk.whitelist"] else {
            return
        }
        for symbol in settings.risk.whitelist {
            guard let message = unvalued(symbol, resolution) else { continue }
            resolution.problems.add(ConfigurationProblem(.missing, origin, "risk.whitelist", message))
        }
    }

    /// Why the exposure of `symbol` cannot be computed.
    private func unvalued(_ symbol: String, _ resolution: Resolution) -> String? {
        let risk = resolution.settings.risk
        guard resolution.instruments[symbol] != nil else { return "\(symbol) has no entry in instruments" }
        guard let currency = resolution.settings.instruments[symbol]?.currency else { return nil }
        let keys = ["instruments.\(symbol).currency", "risk.base_currency", "risk.fx.\(currency)"]
        guard risk.rate(of: currency) == nil, resolution.refused.isDisjoint(with: keys) else { return nil }
        return "\(symbol) needs risk.fx.\(currency), the value of 1 \(currency) in \(risk.baseCurrency)"
    }

    /// A count that a tighter one is always reached before says nothing.
    private func checkCounts(_ resolution: inout Resolution) {
        guard insistsOnLimits else { return }
        let risk = resolution.settings.risk
        for (key, value, bound, most) in [
            ("risk.max_repeats", risk.maxRepeats, "risk.max_orders_day", risk.maxDailyOrders),
            (
                "risk.max_open_orders", risk.maxOpenOrders, "risk.max_open_orders_total",
                risk.maxOpenOrdersTotal
            ),
            (
                "risk.orders_per_second", risk.ordersPerSecond, "risk.messages_per_second",
                risk.messagesPerSecond
            ),
        ] {
            guard let value, let most, resolution.isSound(key, bound) else { continue }
            // Repeats must end before the day does; the others may be as many.
            let isStrict = key == "risk.max_repeats"
            guard isStrict ? value >= most : value > most else { continue }
            let message =
                "must be \(isStrict ? "<" : "<=") \(bound) (\(most)), which is reached before it; it is \(value)"
            resolution.problems.add(
                ConfigurationProblem(.conflict, resolution.origins[key] ?? place, key, message))
        }
    }

    /// Somebody answers for a limit that there is.
    private func checkOwners(_ resolution: inout Resolution) {
        for limit in resolution.settings.risk.owners.keys.sorted() {
            let key = "risk.owners.\(limit)"
            let isLimit = SettingsSchema.find("risk." + limit)?.setting.need == .limit
            guard !isLimit, resolution.isSound(key) else { continue }
            resolution.problems.add(
                ConfigurationProblem(
                    .conflict, resolution.origins[key] ?? place, key,
                    "\(limit) is no limit; it must be the last part of the key of one"))
        }
    }

    /// Real money is not traded without a trip.
    private func checkTrips(_ resolution: inout Resolution) {
        guard insistsOnLimits, resolution.settings.profile == .prod else { return }
        for key in SettingsSchema.mandatoryTrips where resolution.isSound(key) {
            let value = SettingsSchema.find(key)?.setting.lines(resolution.settings).first?.value
            guard value == "0" || value == "0s" else { continue }
            resolution.problems.add(
                ConfigurationProblem(
                    .conflict, resolution.origins[key] ?? place, key, "must be > 0 under profile prod"))
        }
    }

    /// A control that refuses from a loss on is of use only while no trip stops trading before.
    private func checkTripsAboveControls(_ resolution: inout Resolution) {
        guard insistsOnLimits else { return }
        let risk = resolution.settings.risk
        for (trip, hard, control, soft) in [
            ("risk.trips.day_loss.limit", risk.trips.dayLoss, "risk.max_day_loss", risk.maxDayLoss),
            ("risk.trips.drawdown.limit", risk.trips.drawdown, "risk.max_drawdown", risk.maxDrawdown),
        ] {
            guard let soft, hard > .zero, hard <= soft, resolution.isSound(trip, control) else { continue }
            let message =
                "must be > \(control) (\(soft)), from which on only reducing orders pass; it is \(hard)"
            resolution.problems.add(
                ConfigurationProblem(.conflict, resolution.origins[trip] ?? place, trip, message))
        }
    }

    /// One unit of the base currency is one unit of it.
    private func checkRates(_ resolution: inout Resolution) {
        let risk = resolution.settings.risk, key = "risk.fx.\(risk.baseCurrency)"
        guard let rate = risk.fx[risk.baseCurrency], rate != risk.rate(of: risk.baseCurrency),
            resolution.isSound("risk.base_currency", key)
        else { return }
        let message = "must be 1, \(risk.baseCurrency) is the base currency"
        resolution.problems.add(
            ConfigurationProblem(.conflict, resolution.origins[key] ?? place, key, message))
    }

    /// Real money waits for the disk.
    private func checkDurability(_ resolution: inout Resolution) {
        let key = "audit.durability"
        guard resolution.settings.profile == .prod, resolution.settings.audit.durability != .disk else {
            return
        }
        resolution.problems.add(
            ConfigurationProblem(
                .conflict, resolution.origins[key] ?? place, key, "must be disk under profile prod"))
    }

    /// The profile decides which modes there are.
    private func checkMode(_ resolution: inout Resolution) {
        let settings = resolution.settings, key = "execution.mode"
        let refusal = settings.profile.refusal(
            of: settings.execution.mode, host: settings.providers.ibkr.host)
        guard let refusal, resolution.isSound(key, "providers.ibkr.host") else { return }
        resolution.problems.add(
            ConfigurationProblem(.modeNotAllowed, resolution.origins[key] ?? place, key, refusal))
    }

    /// What an operator has to know before the session is armed.
    private func warnings(_ resolution: Resolution) -> [String] {
        portWarnings(resolution) + shadowWarnings(resolution)
    }

    /// Simulated orders beside real ones.
    private func shadowWarnings(_ resolution: Resolution) -> [String] {
        let settings = resolution.settings, key = "execution.on_error"
        guard settings.profile == .prod, settings.execution.onError == .shadow else { return [] }
        let origin = resolution.origins[key] ?? "built-in default"
        return ["\(origin): \(key): shadow: while the broker takes no orders, intents are simulated"]
    }

    /// A port that by custom belongs to the other kind of account.
    private func portWarnings(_ resolution: Resolution) -> [String] {
        let settings = resolution.settings, key = "providers.ibkr.port", port = settings.providers.ibkr.port
        let isProd = settings.profile == .prod
        guard (isProd ? [7497, 4002] : [7496, 4001]).contains(port) else { return [] }
        let kind = isProd ? "paper" : "live"
        let origin = resolution.origins[key] ?? "built-in default"
        return [
            "\(origin): \(key): \(port) is the usual port of \(kind) trading, the profile is "
                + settings.profile.rawValue
        ]
    }
}
