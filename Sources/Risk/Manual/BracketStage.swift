import TradingModel

/// Looks after the exits of entries: a take-profit and a stop-loss for what the entry has filled and they have not taken out
/// yet. What one of them fills, the other is made smaller by; when nothing is left, it is cancelled. What the entry fills
/// after that has exits of its own. A pure stage.
///
/// An exit that somebody else has ended is not sent again, and the other one stays.
public struct BracketStage: Sendable {
    /// What is to be done about an exit.
    public enum Command: Sendable, Hashable {
        /// Make it be for that quantity in all.
        case resize(ClientOrderID, Quantity)
        /// End it.
        case cancel(ClientOrderID)
    }

    /// Entries whose exits are looked after, in the order of their ids.
    var brackets: ContiguousArray<Bracket> = []
    /// The newest of those that are over though their entries have not filled whole: a fill may still come late.
    private var former: ContiguousArray<Bracket> = []
    /// Of those, how many.
    private static let formerKept = 256
    /// What is to be done now, oldest first.
    public private(set) var commands: ContiguousArray<Command> = []
    /// What operators are to be told, oldest first.
    public var tellings: ContiguousArray<Telling> = []
    /// When what was refused is asked for again though nothing has happened to the orders; never where nothing was, or time
    /// alone changes nothing.
    public private(set) var retryIsDue = Timestamp(nanoseconds: .max)
    /// Refusals one after the other, each of which lets more time pass.
    private var refusals: Int64 = 0
    private var executions = ExecutionMemory()

    /// No entries.
    public init() {}

    /// Whether there is nothing to look after.
    public var isEmpty: Bool { brackets.isEmpty }

    /// Whether no report can be of anything that is known.
    var isIdle: Bool { brackets.isEmpty && former.isEmpty }

    /// An entry is asked for.
    mutating func begin(_ ticket: OrderTicket, _ entry: OrderRequest) {
        brackets.append(Bracket(entry, takeProfit: ticket.takeProfit, stopLoss: ticket.stopLoss))
    }

    /// Hands over what is to be done.
    public mutating func takeCommands() -> ContiguousArray<Command> {
        defer { commands.removeAll(keepingCapacity: true) }
        return commands
    }

    /// A change of an exit cannot be made: it is tried again once something of the instrument has filled, changed or ended, and
    /// after a while.
    public mutating func refused(_ id: ClientOrderID, at now: Timestamp) {
        guard let (place, leg) = place(of: id) else { return }
        brackets[place].legs[leg].hasBeenRefused(at: brackets[place].open)
        scheduleRetry(at: now)
        tell(place)
    }

    /// Hands over what operators are to be told.
    public mutating func takeTellings() -> ContiguousArray<Telling> {
        defer { tellings.removeAll(keepingCapacity: true) }
        return tellings
    }

    /// Somebody wants no more exits of entries: what was not sent is not sent any more.
    mutating func giveUp(where isMeant: (OrderRequest) -> Bool) {
        for place in brackets.indices.reversed() where isMeant(brackets[place].entry) {
            brackets[place].giveUp()
            end(place)
        }
    }

    /// Lets a bracket go that is over.
    private mutating func end(_ place: Int) {
        guard brackets[place].isOver else { return tell(place) }
        let bracket = brackets.remove(at: place)
        tellEnd(bracket)
        guard bracket.entered < bracket.entry.quantity else { return }
        if former.count == Self.formerKept { former.removeFirst() }
        former.append(bracket)
    }

    /// Where the bracket of an entry is; one that is over is looked after again once the entry fills.
    private mutating func place(ofEntry id: ClientOrderID, filled: Quantity) -> Int? {
        if let place = brackets.firstIndex(where: { $0.entry.id == id }) { return place }
        guard filled != .zero, let index = former.firstIndex(where: { $0.entry.id == id }) else { return nil }
        let place = brackets.firstIndex { $0.entry.id > id } ?? brackets.endIndex
        brackets.insert(former.remove(at: index), at: place)
        brackets[place].isTold = false
        return place
    }

    /// 5 s, then twice as long each time, a minute at most: a refusal is counted, and each has its line.
    private mutating func scheduleRetry(at now: Timestamp) {
        guard retryIsDue.nanoseconds == .max else { return }
        retryIsDue = now.advanced(by: min(5 << min(refusals, 4), 60) * 1_000_000_000)
        refusals += 1
    }

    // MARK: Folding

    mutating func fold(
        _ decision: RiskDecision, at now: Timestamp, _ requests: inout ContiguousArray<OrderProposal>,
        _ numbers: inout OrderNumbers
    ) {
        let id = decision.request.id
        guard !decision.approved else {
            if refusals > 0, retryIsDue.nanoseconds == .max, place(of: id) != nil { refusals = 0 }
            return
        }
        if let place = brackets.firstIndex(where: { $0.entry.id == id }) {
            brackets.remove(at: place)
        } else if let (place, leg) = place(of: id) {
            brackets[place].legs[leg].id = nil
            brackets[place].legs[leg].hasBeenRefused(at: brackets[place].open)
            // The others end with a notice.
            switch decision.reasons.first {
            case .mode?, .killSwitch?, .notReconciled?, .brokerDown?: break
            default: scheduleRetry(at: now)
            }
            tell(place)
        }
    }

    mutating func fold(
        _ report: OrderEvent, at now: Timestamp, _ requests: inout ContiguousArray<OrderProposal>,
        _ numbers: inout OrderNumbers
    ) {
        let isRepeat = report.report == .fill && executions.isRepeat(report.executionID, report.lastQuantity)
        let filled = isRepeat ? .zero : report.lastQuantity
        let symbol: SymbolID
        if let place = place(ofEntry: report.id, filled: filled) {
            symbol = brackets[place].entry.symbol
            brackets[place].entered += filled
            if report.status.isTerminal { brackets[place].isEntryOpen = false }
            settle(place, &requests, &numbers)
        } else if let (place, leg) = place(of: report.id) {
            symbol = brackets[place].entry.symbol
            brackets[place].fold(report, filled, of: leg)
            if report.report == .replaceReject || report.isUnsent { scheduleRetry(at: now) }
            settle(place, &requests, &numbers)
        } else {
            return
        }
        // Who could not be sent would be refused again at once, and for ever.
        guard !report.isUnsent else { return }
        // Exits of one instrument share the room of its position: what one gives back may be what another was refused for.
        if filled != .zero || report.report == .replace || report.status.isTerminal {
            retry(of: symbol, &requests, &numbers)
        }
    }

    /// What was refused is asked for again: while the broker was away, or for want of room.
    ///
    /// - Parameter symbol: of that instrument alone; `nil` for all.
    mutating func retry(
        of symbol: SymbolID? = nil, _ requests: inout ContiguousArray<OrderProposal>,
        _ numbers: inout OrderNumbers
    ) {
        if symbol == nil { retryIsDue = Timestamp(nanoseconds: .max) }
        // From the last: one that is over leaves.
        for place in brackets.indices.reversed() where symbol == nil || brackets[place].entry.symbol == symbol
        {
            guard brackets[place].isRefused else { continue }
            for leg in brackets[place].legs.indices { brackets[place].legs[leg].refusedAt = nil }
            settle(place, &requests, &numbers)
        }
    }

    private func place(of id: ClientOrderID) -> (bracket: Int, leg: Int)? {
        for place in brackets.indices {
            if let leg = brackets[place].legs.firstIndex(where: { $0.has(id) }) { return (place, leg) }
        }
        return nil
    }

    /// Has every exit be for what is open of the entry.
    private mutating func settle(
        _ place: Int, _ requests: inout ContiguousArray<OrderProposal>, _ numbers: inout OrderNumbers
    ) {
        if brackets[place].wasGivenUp {
            brackets[place].wasGivenUp = false
            brackets[place].giveUp()
        }
        for leg in brackets[place].legs.indices {
            switch brackets[place].step(leg) {
            case .nothing: break
            case .send:
                let request = brackets[place].request(leg, numbers.next())
                requests.append(OrderProposal(request))
            case .resize(let id, let quantity): commands.append(.resize(id, quantity))
            case .cancel(let id): commands.append(.cancel(id))
            }
        }
        end(place)
    }
}
