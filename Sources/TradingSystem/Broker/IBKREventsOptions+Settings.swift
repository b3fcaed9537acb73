import Configuration
import MarketData
import TradingModel

extension IBKREventsOptions {
    /// What the settings say of streams.
    ///
    /// - Parameter symbols: names of the instruments wanted, in the order of their priority.
    /// - Throws: `LaunchError.configuration` for hours that cannot be understood.
    init(_ settings: Settings, symbols: [String]) throws(LaunchError) {
        var wishes: [InstrumentWishes] = []
        for name in symbols {
            guard let symbol = SymbolID(name), let data = settings.providers.ibkr.contracts[name] else {
                continue
            }
            wishes.append(try InstrumentWishes(symbol, data, hours: settings.feed.hours[name], name: name))
        }
        self.init(instruments: wishes)
        staleAfter = settings.feed.staleAfter
        tradesStaleAfter = settings.feed.tradesStaleAfter
        retries.first = settings.feed.retryAfter
        retries.longest = settings.feed.retryAfter * 20
        retries.competing = settings.feed.retryAfter * 4
        unreportedTrades =
            switch settings.feed.unreportedTrades {
            case .volumeOnly: .volumeOnly
            case .drop: .drop
            case .full: .full
            }
    }
}

extension InstrumentWishes {
    fileprivate init(
        _ symbol: SymbolID, _ data: Settings.ContractData, hours text: String?, name: String
    ) throws(LaunchError) {
        self.init(symbol: symbol)
        quotes =
            switch data.quotes {
            case .tickByTick: .tickByTick
            case .level1: .level1
            case .depth: .off
            }
        trades =
            switch data.trades {
            case .allLast: .allLast
            case .last: .last
            case .off: .off
            }
        depthRows = Int(data.depthRows)
        isSmartDepth = data.isSmartDepth
        if let text { hours = try TradingCalendar.configured(text, of: name) }
    }
}

extension TradingCalendar {
    /// The hours that the settings tell of an instrument.
    static func configured(_ text: String, of name: String) throws(LaunchError) -> TradingCalendar {
        do throws(SessionHours.Fault) {
            return try TradingCalendar(hours: text)
        } catch {
            throw .configuration("feed.hours.\(name): \(error.reason)")
        }
    }
}
