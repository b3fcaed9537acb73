import TWSProtocol

/// Finds the contracts that a request means.
struct ContractSearch: Sendable {
    let instruments: [GatewayInstrument]

    /// Positions of the instruments that fit every field given, in the order of the catalogue.
    func matches(_ wanted: Contract) -> [Int] {
        guard wanted.contractID != 0 || !wanted.symbol.isEmpty || !wanted.localSymbol.isEmpty else { return [] }
        return instruments.indices.filter { Self.fits(instruments[$0], wanted) }
    }

    private static func fits(_ instrument: GatewayInstrument, _ wanted: Contract) -> Bool {
        let contract = instrument.contract
        func says(_ value: String, _ wanted: String) -> Bool { wanted.isEmpty || wanted == value }
        guard wanted.exchange.isEmpty || instrument.trades(at: wanted.exchange) else { return false }
        if wanted.contractID != 0 { return wanted.contractID == contract.contractID }
        return says(contract.symbol, wanted.symbol) && says(contract.securityType, wanted.securityType)
            && says(contract.currency, wanted.currency) && says(contract.localSymbol, wanted.localSymbol)
            && says(contract.tradingClass, wanted.tradingClass)
            && says(contract.multiplier, wanted.multiplier)
            && (contract.primaryExchange.isEmpty || says(contract.primaryExchange, wanted.primaryExchange))
            && fits(instrument, expiry: wanted.lastTradeDateOrContractMonth)
    }

    /// A month means what expires in it, a day what expires on it.
    private static func fits(_ instrument: GatewayInstrument, expiry: String) -> Bool {
        if expiry.isEmpty { return true }
        if expiry.utf8.count == 6 { return instrument.contractMonth == expiry }
        return instrument.contract.lastTradeDateOrContractMonth == expiry
    }

    /// The one instrument that a subscription means.
    func resolve(_ wanted: Contract) -> Resolution {
        let found = matches(wanted)
        switch found.count {
        case 0: return .unknown
        case 1:
            if wanted.exchange.isEmpty { return .noExchange }
            return .one(found[0])
        default: return .ambiguous
        }
    }

    /// What a search came to.
    enum Resolution: Equatable {
        case one(Int)
        case unknown
        case ambiguous
        /// The exchange is needed also where the number of the contract is known.
        case noExchange
    }
}
