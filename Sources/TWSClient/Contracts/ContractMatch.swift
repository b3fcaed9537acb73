import TWSProtocol

/// What the gateway has answered to one question for a contract.
struct ContractMatch {
    /// What became of the question.
    enum Verdict: Equatable {
        /// This one.
        case found(ContractData)
        /// None, or none for certain; in words.
        case nothing(String)
    }

    private let wanted: Contract
    private var total = 0
    private var first: ContractData?
    private var exact: ContractData?
    private var exactCount = 0

    init(_ wanted: Contract) { self.wanted = wanted }

    /// One of the answers; a chain of thousands takes no more room than two.
    mutating func add(_ data: ContractData) {
        total += 1
        if first == nil { first = data }
        guard Self.agrees(data.contract, wanted) else { return }
        exactCount += 1
        if exact == nil { exact = data }
    }

    /// All answers are there. The only one counts, else the only one that is exactly what was asked for.
    var verdict: Verdict {
        if total == 1, let first { return .found(first) }
        if exactCount == 1, let exact { return .found(exact) }
        if total == 0 { return .nothing("the gateway knows no such contract") }
        return .nothing("the contract is ambiguous: \(total) fit, \(exactCount) of them in all that is said")
    }

    /// Whether everything that `wanted` says is so in `contract`.
    private static func agrees(_ contract: Contract, _ wanted: Contract) -> Bool {
        let pairs = [
            (wanted.symbol, contract.symbol), (wanted.securityType, contract.securityType),
            (wanted.exchange, contract.exchange), (wanted.primaryExchange, contract.primaryExchange),
            (wanted.currency, contract.currency), (wanted.localSymbol, contract.localSymbol),
            (wanted.tradingClass, contract.tradingClass), (wanted.multiplier, contract.multiplier),
        ]
        return pairs.allSatisfy { $0.0.isEmpty || $0.0 == $0.1 }
            && (wanted.contractID == 0 || wanted.contractID == contract.contractID)
            && contract.lastTradeDateOrContractMonth.hasPrefix(wanted.lastTradeDateOrContractMonth)
    }
}

extension ContractData {
    /// The contract for requests: with its number, at the exchange that was asked for, else where it is said to be.
    func requestable(_ wanted: Contract) -> Contract {
        var contract = contract
        if !wanted.exchange.isEmpty { contract.exchange = wanted.exchange }
        return contract
    }

    /// Number of the market rule that holds at `exchange`: the rules stand in the order of the exchanges.
    func marketRule(at exchange: String) -> Int32? {
        let exchanges = validExchanges.split(separator: ",", omittingEmptySubsequences: false)
        let rules = marketRuleIDs.split(separator: ",", omittingEmptySubsequences: false)
        guard let place = exchanges.firstIndex(where: { $0 == exchange }), place < rules.count else {
            return nil
        }
        return Int32(rules[place])
    }
}
