import TWSProtocol
import TradingModel

extension GatewayInstrument {
    /// The contracts that the simulated gateway knows: spot gold, euro, two gold futures, two index futures, a share.
    ///
    /// - Parameter time: decides which futures are listed.
    /// - Returns: fewer only when the process has no names left for symbols.
    public static func catalogue(at time: Timestamp) -> [GatewayInstrument] {
        let day = CalendarDay(time)
        let gold = FutureMonth.next(2, of: [2, 4, 6, 8, 10, 12], .thirdLastWorkday, after: day)
        let index = FutureMonth.next(2, of: [3, 6, 9, 12], .thirdFriday, after: day)
        return [spotGold, euro].compactMap(\.self) + gold.compactMap(goldFuture) + index.compactMap(indexFuture)
            + [apple].compactMap(\.self)
    }

    private static let usualOrders =
        "ACTIVETIM,ADJUST,ALERT,ALLOC,AVGCOST,BASKET,COND,CONDORDER,DAY,DEACT,DEACTDIS,DEACTEOD,GAT,GTC,GTD,GTT,"
        + "HID,IOC,LIT,LMT,MIT,MKT,NONALGO,OCA,SCALE,STP,STPLMT,TRAIL,TRAILLIT,TRAILLMT,TRAILMIT,WHATIF"

    private static func contract(
        _ number: Int32, _ symbol: String, _ type: String, _ exchange: String, local: String, tradingClass: String
    ) -> Contract {
        var contract = Contract()
        contract.contractID = number
        contract.symbol = symbol
        contract.securityType = type
        contract.exchange = exchange
        contract.currency = "USD"
        contract.localSymbol = local
        contract.tradingClass = tradingClass
        return contract
    }

    private static func rule(_ number: Int32, _ increment: Price) -> PriceRule {
        PriceRule(number: number, bands: [PriceRule.Band(lowEdge: .zero, increment: increment)])
    }

    private static var spotGold: GatewayInstrument? {
        let contract = contract(69_067_924, "XAUUSD", "CMDTY", "SMART", local: "XAUUSD", tradingClass: "XAUUSD")
        return SymbolID("XAUUSD").map { symbol in
            GatewayInstrument(
                contract: contract, symbol: symbol,
                venues: [Venue(name: "SMART", depth: .plain), Venue(name: "IBCMDTY", depth: .plain)],
                minTick: Price(rawValue: 10_000_000), rule: rule(2_681, Price(rawValue: 10_000_000)),
                sizeStep: Money.one, hasTrades: false, conflation: 250_000_000,
                longName: "London Gold", marketName: "XAUUSD", contractMonth: "", timeZone: "US/Eastern",
                hours: .overnight(from: "1800", to: "1700"), orderTypes: usualOrders, stockType: "", sector: [],
                startPrice: Price(rawValue: 4_000_000_000_000))
        }
    }

    private static var euro: GatewayInstrument? {
        let contract = contract(12_087_792, "EUR", "CASH", "IDEALPRO", local: "EUR.USD", tradingClass: "EUR.USD")
        return SymbolID("EUR.USD").map { symbol in
            GatewayInstrument(
                contract: contract, symbol: symbol, venues: [Venue(name: "IDEALPRO", depth: .plain)],
                minTick: Price(rawValue: 50_000), rule: rule(239, Price(rawValue: 50_000)),
                sizeStep: Money.one, hasTrades: false, conflation: 5_000_000,
                longName: "European Monetary Union Euro", marketName: "EUR.USD", contractMonth: "",
                timeZone: "US/Eastern", hours: .overnight(from: "1715", to: "1700"), orderTypes: usualOrders,
                stockType: "", sector: [], startPrice: Price(rawValue: 1_160_000_000))
        }
    }

    private static func goldFuture(_ month: FutureMonth) -> GatewayInstrument? {
        var contract = contract(
            month.contractID(552_140_000), "GC", "FUT", "COMEX", local: "GC\(month.code)", tradingClass: "GC")
        contract.lastTradeDateOrContractMonth = month.lastTradeDay.text
        contract.multiplier = "100"
        return SymbolID(contract.localSymbol).map { symbol in
            GatewayInstrument(
                contract: contract, symbol: symbol, venues: [Venue(name: "COMEX", depth: .plain)],
                minTick: Price(rawValue: 100_000_000), rule: rule(27, Price(rawValue: 100_000_000)),
                sizeStep: Money.one, hasTrades: true, conflation: 250_000_000, longName: "Gold",
                marketName: "GC", contractMonth: month.text, timeZone: "US/Eastern",
                hours: .overnight(from: "1800", to: "1700"), orderTypes: usualOrders, stockType: "", sector: [],
                startPrice: Price(rawValue: 4_020_000_000_000))
        }
    }

    private static func indexFuture(_ month: FutureMonth) -> GatewayInstrument? {
        var contract = contract(
            month.contractID(637_530_000), "ES", "FUT", "CME", local: "ES\(month.code)", tradingClass: "ES")
        contract.lastTradeDateOrContractMonth = month.lastTradeDay.text
        contract.multiplier = "50"
        return SymbolID(contract.localSymbol).map { symbol in
            GatewayInstrument(
                contract: contract, symbol: symbol, venues: [Venue(name: "CME", depth: .plain)],
                minTick: Price(rawValue: 250_000_000), rule: rule(67, Price(rawValue: 250_000_000)),
                sizeStep: Money.one, hasTrades: true, conflation: 250_000_000, longName: "E-mini S&P 500",
                marketName: "ES", contractMonth: month.text, timeZone: "US/Central",
                hours: .overnight(from: "1700", to: "1600"), orderTypes: usualOrders, stockType: "",
                sector: ["Indices", "Broad Range Equity Index", "*"], startPrice: Price(rawValue: 6_800_000_000_000)
            )
        }
    }

    private static var apple: GatewayInstrument? {
        var contract = contract(265_598, "AAPL", "STK", "SMART", local: "AAPL", tradingClass: "NMS")
        contract.primaryExchange = "NASDAQ"
        let direct = ["NASDAQ", "ISLAND", "ARCA", "BATS", "NYSE", "IEX"].map { Venue(name: $0, depth: .makers) }
        return SymbolID("AAPL").map { symbol in
            GatewayInstrument(
                contract: contract, symbol: symbol, venues: [Venue(name: "SMART", depth: nil)] + direct,
                minTick: Price(rawValue: 100_000),
                rule: PriceRule(
                    number: 26,
                    bands: [
                        PriceRule.Band(lowEdge: .zero, increment: Price(rawValue: 100_000)),
                        PriceRule.Band(
                            lowEdge: Price(rawValue: 1_000_000_000), increment: Price(rawValue: 10_000_000)),
                    ]), sizeStep: Money.one, hasTrades: true, conflation: 250_000_000, longName: "Apple Inc",
                marketName: "NMS", contractMonth: "", timeZone: "US/Eastern",
                hours: .days(from: "0400", to: "2000"), orderTypes: usualOrders, stockType: "COMMON",
                sector: ["Technology", "Computers", "Computers"], startPrice: Price(rawValue: 270_000_000_000))
        }
    }
}
