import TWSProtocol
import TradingModel

/// Resolves the contracts of the settings, again with every session.
///
/// What is known stays known when an answer is late: a session is never held up for longer than the time-out.
struct ContractDesk {
    /// What the listener is to be told.
    struct Answer: Equatable {
        var contract: ResolvedContract?
        var symbol: SymbolID
        var text: String
    }

    /// Between two questions for a contract that was not answered.
    static let pause: UInt64 = 30_000_000_000
    /// Between two questions for a contract that the gateway does not know.
    static let longPause: UInt64 = 60_000_000_000

    private enum Stage {
        case due(UInt64)
        case asked(Int32, at: UInt64, ContractMatch)
        case awaitsRule(Int32, at: UInt64, ContractData)
        case done
    }

    private struct Entry {
        let wanted: ClientOptions.WantedContract
        var stage: Stage
        /// Answered in this session, be it that there is none.
        var isTold = false
        /// Resolved in this session or an earlier one.
        var isKnown = false
    }

    private let timeout: UInt64
    private var entries: [Entry]
    /// Price steps by rule; rules do not change.
    private var rules: [Int32: [ResolvedContract.PriceStep]] = [:]
    private var requests: [ClientMessage] = []
    private var answers: [Answer] = []
    private var warnings: [String] = []

    init(_ options: ClientOptions) {
        timeout = UInt64(clamping: options.stepTimeout)
        entries = options.contracts.map { Entry(wanted: $0, stage: .done) }
    }

    /// Whether every contract is answered in this session, be it that there is none.
    var isSettled: Bool { entries.allSatisfy(\.isTold) }

    /// How many contracts are resolved.
    var resolved: Int {
        entries.count { if case .done = $0.stage { $0.isTold } else { false } }
    }

    /// A session has begun: everything is asked for again.
    mutating func begin(_ now: UInt64) {
        for index in entries.indices {
            entries[index].stage = .due(now)
            entries[index].isTold = false
        }
    }

    /// What was asked will not be answered: the link is lost, or was.
    mutating func askAgain(_ now: UInt64) {
        for index in entries.indices {
            if case .done = entries[index].stage { continue }
            entries[index].stage = .due(now)
        }
    }

    /// Asks for what is due, and gives up for now what is late. Only while requests may be sent.
    ///
    /// - Parameter nextID: makes the number of a request.
    mutating func poll(_ now: UInt64, nextID: () -> Int32) {
        for index in entries.indices {
            switch entries[index].stage {
            case .due(let time) where now >= time: ask(index, nextID(), now)
            case .asked(_, let time, _) where now >= time &+ timeout:
                refuse(index, "no answer about the contract in time", until: now &+ Self.pause)
            case .awaitsRule(_, let time, let data) where now >= time &+ timeout:
                resolve(index, data, [])
            case .due, .asked, .awaitsRule, .done: break
            }
        }
    }

    /// The session cannot wait: whoever is not answered is told so, and asked again later.
    mutating func giveUp(_ now: UInt64, _ reason: String) {
        for index in entries.indices where !entries[index].isTold {
            if case .awaitsRule(_, _, let data) = entries[index].stage {
                resolve(index, data, [])
            } else {
                refuse(index, reason, until: now &+ Self.pause)
            }
        }
    }

    /// A contract that fits.
    mutating func take(_ data: ContractData) {
        guard let index = index(ofRequest: data.requestID),
            case .asked(let id, let time, var match) = entries[index].stage
        else { return }
        match.add(data)
        entries[index].stage = .asked(id, at: time, match)
    }

    /// All contracts that fit have come.
    mutating func take(_ end: ContractDataEnd, _ now: UInt64) {
        guard let index = index(ofRequest: end.requestID), case .asked(_, _, let match) = entries[index].stage
        else { return }
        switch match.verdict {
        case .found(let data): found(index, data, now)
        case .nothing(let text): refuse(index, text, until: now &+ Self.longPause)
        }
    }

    /// The gateway refuses to answer.
    ///
    /// - Parameter isFinal: asking again soon is of no use.
    mutating func refused(_ requestID: Int32, _ text: String, isFinal: Bool, _ now: UInt64) {
        guard let index = index(ofRequest: requestID) else { return }
        refuse(index, text, until: now &+ (isFinal ? Self.longPause : Self.pause))
    }

    /// Price steps.
    mutating func take(_ rule: MarketRule) {
        let steps = rule.increments
            .filter { $0.increment > .zero }
            .sorted { $0.lowEdge < $1.lowEdge }
            .map { ResolvedContract.PriceStep(lowEdge: $0.lowEdge, increment: $0.increment) }
        let isAwaited = entries.contains { Self.awaits($0, rule.marketRuleID) }
        guard isAwaited else { return }
        rules[rule.marketRuleID] = steps
        for index in entries.indices {
            if case .awaitsRule(rule.marketRuleID, _, let data) = entries[index].stage {
                resolve(index, data, steps)
            }
        }
    }

    /// What to send.
    mutating func takeRequests() -> [ClientMessage] {
        defer { requests = [] }
        return requests
    }

    /// What to tell.
    mutating func takeAnswers() -> [Answer] {
        defer { answers = [] }
        return answers
    }

    /// What a person should look at.
    mutating func takeWarnings() -> [String] {
        defer { warnings = [] }
        return warnings
    }

    // MARK: One contract

    private mutating func ask(_ index: Int, _ id: Int32, _ now: UInt64) {
        let wanted = entries[index].wanted.contract
        var request = RequestContractData()
        request.requestID = id
        request.contract = wanted
        requests.append(.requestContractData(request))
        entries[index].stage = .asked(id, at: now, ContractMatch(wanted))
    }

    private mutating func found(_ index: Int, _ data: ContractData, _ now: UInt64) {
        let contract = data.requestable(entries[index].wanted.contract)
        guard let rule = data.marketRule(at: contract.exchange) else { return resolve(index, data, []) }
        if let steps = rules[rule] { return resolve(index, data, steps) }
        if !entries.contains(where: { Self.awaits($0, rule) }) {
            var request = RequestMarketRule()
            request.marketRuleID = rule
            requests.append(.requestMarketRule(request))
        }
        entries[index].stage = .awaitsRule(rule, at: now, data)
    }

    private mutating func resolve(
        _ index: Int, _ data: ContractData, _ steps: [ResolvedContract.PriceStep]
    ) {
        let wanted = entries[index].wanted
        let contract = ResolvedContract(
            contract: data.requestable(wanted.contract), data: data, priceSteps: steps)
        answers.append(Answer(contract: contract, symbol: wanted.symbol, text: ""))
        entries[index].stage = .done
        entries[index].isTold = true
        entries[index].isKnown = true
    }

    /// - Parameter until: when to ask again.
    private mutating func refuse(_ index: Int, _ text: String, until: UInt64) {
        let symbol = entries[index].wanted.symbol
        if !entries[index].isTold {
            // What was resolved once holds: without it not even an exit could be sent.
            if entries[index].isKnown {
                warnings.append("the contract of \(symbol) as resolved before is kept: \(text)")
            } else {
                answers.append(Answer(contract: nil, symbol: symbol, text: text))
            }
        }
        entries[index].stage = .due(until)
        entries[index].isTold = true
    }

    private func index(ofRequest id: Int32) -> Int? {
        entries.firstIndex { if case .asked(id, _, _) = $0.stage { true } else { false } }
    }

    private static func awaits(_ entry: Entry, _ rule: Int32) -> Bool {
        if case .awaitsRule(rule, _, _) = entry.stage { true } else { false }
    }
}
