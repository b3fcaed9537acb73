import Configuration
import Execution
import MarketData
import Risk
import TradingModel

extension RiskLimits {
    /// What the settings allow.
    ///
    /// - Parameter watchesClock: whether somebody reads the clock in this session: then it must have been read before anything
    ///   but reducing orders passes.
    init(_ settings: Settings, _ instruments: [Instrument], watchesClock: Bool = false) {
        let risk = settings.risk
        // A venue charges in whichever currency it likes: that of the account, too.
        var rates = risk.fx
        rates[risk.baseCurrency] = risk.rate(of: risk.baseCurrency)
        for instrument in instruments {
            rates[instrument.currency] = risk.rate(of: instrument.currency)
        }
        self.init(
            whitelist: Set(risk.whitelist.compactMap { SymbolID($0) }), instruments: instruments,
            maxSize: risk.maxSize, maxExposure: risk.maxExposure,
            maxGrossExposure: risk.maxGrossExposure, throttleMax: risk.throttleMax,
            priceCollarBps: risk.priceCollarBps, passiveBandBps: risk.passiveBandBps, exchangeRates: rates)
        allowedTypes = Set(risk.orderTypes)
        timesInForce = Set(risk.timesInForce)
        marketOrders = risk.marketOrders == .deny ? .deny : .protect
        maxReferenceAge = risk.maxReferenceAge
        maxReferenceSpreadBps = risk.maxReferenceSpreadBps
        maxClockError = risk.maxClockError == 0 ? nil : risk.maxClockError
        needsClockReading = watchesClock && maxClockError != nil
        maxOrderNotional = risk.maxOrderNotional
        maxPosition = risk.maxPosition
        maxOpenOrders = risk.maxOpenOrders
        maxOpenOrdersTotal = risk.maxOpenOrdersTotal
        accountEquity = risk.accountEquity
        maxDayLoss = risk.maxDayLoss
        maxDrawdown = risk.maxDrawdown
        duplicateWindow = risk.duplicateWindow
        refusesSelfCross = risk.refusesSelfCross
        ordersPerSecond = risk.ordersPerSecond
        messagesPerSecond = risk.messagesPerSecond
        reserveForReducing = risk.rateReservePercent
        maxRepeats = risk.maxRepeats
        maxDailyOrders = risk.maxDailyOrders
        reducesOutsideSessions = risk.reducesOutsideSessions
        for (name, own) in risk.symbols {
            if let symbol = SymbolID(name) { symbols[symbol] = ScopedLimits(own) }
        }
        for (name, own) in risk.strategies { strategies[StrategyID(name)] = ScopedLimits(own) }
    }
}

extension ScopedLimits {
    fileprivate init(_ own: Settings.ScopedRisk) {
        self.init()
        maxSize = own.maxSize
        maxOrderNotional = own.maxOrderNotional
        maxPosition = own.maxPosition
        maxExposure = own.maxExposure
        throttleMax = own.throttleMax
        priceCollarBps = own.priceCollarBps
        maxOpenOrders = own.maxOpenOrders
        maxRepeats = own.maxRepeats
        maxDailyOrders = own.maxDailyOrders
    }
}

extension Settings.Risk {
    /// When instruments may be traded; `nil` where all always may.
    ///
    /// - Throws: `LaunchError.configuration` for hours that cannot be understood.
    func tradingTimes() throws(LaunchError) -> RiskEngine.TradingTimes? {
        guard let calendars = try calendars() else { return nil }
        return { [calendars] symbol, time in calendars[symbol].isOpen(time) }
    }

    /// When the sessions of instruments end; `nil` where no hours are known.
    ///
    /// - Throws: `LaunchError.configuration` for hours that cannot be understood.
    func sessionEnds() throws(LaunchError) -> ExecutionRouter<TradingVenue>.SessionEnds? {
        guard let calendars = try calendars() else { return nil }
        return { [calendars] symbol, time in calendars[symbol].openUntil(time) }
    }

    private func calendars() throws(LaunchError) -> InstrumentTable<TradingCalendar>? {
        guard !sessions.isEmpty else { return nil }
        var calendars = InstrumentTable<TradingCalendar>(default: .always)
        for name in sessions.keys.sorted() {
            guard let symbol = SymbolID(name), let text = sessions[name] else { continue }
            do throws(SessionHours.Fault) {
                calendars[symbol] = try TradingCalendar(hours: text)
            } catch {
                throw .configuration("risk.sessions.\(name): \(error.reason)")
            }
        }
        return calendars
    }
}
