import Configuration
import MarketData
import TWSClient
import TWSProtocol
import TradingModel

extension ClientOptions {
    /// What the settings say of the gateway.
    ///
    /// - Parameters:
    ///   - symbols: names of the instruments wanted, in the order of their priority.
    ///   - directory: state directory of the mode; the order-id mark of each gateway and client id is kept there.
    /// - Throws: `LaunchError.configuration` for an instrument without a contract.
    init(_ settings: Settings, symbols: [String], directory: String) throws(LaunchError) {
        let gateway = settings.providers.ibkr
        var contracts: [WantedContract] = []
        for name in symbols {
            guard let data = gateway.contracts[name] else {
                throw .configuration(
                    "providers.ibkr.contracts.\(name): missing: mode ibkr needs to know what IBKR calls it")
            }
            guard let symbol = SymbolID(name) else { throw .configuration("symbols: '\(name)' is no name") }
            contracts.append(WantedContract(symbol: symbol, contract: Contract(data, name: name)))
        }
        self.init(
            host: gateway.host, port: gateway.port, clientID: gateway.clientID,
            orderIDFile: "\(directory)/order-ids-\(gateway.clientID)", contracts: contracts)
        highestVersion = ServerVersion(gateway.highestServerVersion)
        requestsPerSecond = gateway.requestsPerSecond
        marketDataLines = gateway.marketDataLines
        depthInstruments = gateway.depthInstruments
        tickByTickStreams = gateway.tickByTickStreams
        stepTimeout = gateway.stepTimeout
        heartbeatAfter = gateway.heartbeat
        heartbeatTimeout = gateway.heartbeat
        region =
            switch gateway.region {
            case .none: .none
            case .northAmerica: .northAmerica
            case .europe: .europe
            case .asiaPacific: .asiaPacific
            }
    }
}

extension Contract {
    /// As much of a contract as the settings know.
    fileprivate init(_ data: Settings.ContractData, name: String) {
        self.init()
        contractID = data.contractID
        symbol = data.symbol ?? (data.localSymbol == nil ? name : "")
        securityType = data.securityType
        lastTradeDateOrContractMonth = data.expiry ?? ""
        exchange = data.exchange
        primaryExchange = data.primaryExchange ?? ""
        currency = data.currency
        localSymbol = data.localSymbol ?? ""
        tradingClass = data.tradingClass ?? ""
    }
}
