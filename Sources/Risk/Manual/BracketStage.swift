import TradingModel

/// Looks after the exits of entries: a take-profit and a stop-loss for what the entry has filled and they have not taken out
/// yet. What one of them fills, the other is made smaller by; when nothing is left, it is cancelled. A pure stage.
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

    /// Entries whose exits are looked after.
    private var brackets: ContiguousArray<Bracket> = []
    /// What is to be done now, oldest first.
    public private(set) var commands: ContiguousArray<Command> = []
    private var executions = ExecutionMemory()

    /// No entries.
    public init() {}

    /// Whether there is nothing to look after.
    public var isEmpty: Bool { brackets.isEmpty }

    /// An entry is asked for.
    mutating func begin(_ ticket: OrderTicket, _ entry: OrderRequest) {
        brackets.append(Bracket(ticket, entry))
    }

    /// Hands over what is to be done.
    public mutating func takeCommands() -> ContiguousArray<Command> {
        defer { commands.removeAll(keepingCapacity: true) }
        return commands
    }

    /// A change of an exit cannot be made: it is tried again once something of the instrument has filled, changed or ended.
    public mutating func refused(_ id: ClientOrderID) {
        guard let (place, leg) = place(of: id) else { return }
        brackets[place].legs[leg].hasBeenRefused(at: brackets[place].open)
    }

    // MARK: Folding

    mutating func fold(
        _ decision: RiskDecision, _ requests: inout ContiguousArray<OrderProposal>,
        _ numbers: inout OrderNumbers
    ) {
        guard !decision.approved else { return }
        let id = decision.request.id
        if let place = brackets.firstIndex(where: { $0.entry.id == id }) {
            brackets.remove(at: place)
        } else if let (place, leg) = place(of: id) {
            brackets[place].legs[leg].state = .unsent
            brackets[place].legs[leg].hasBeenRefused(at: brackets[place].open)
        }
    }

    mutating func fold(
        _ report: OrderEvent, _ requests: inout ContiguousArray<OrderProposal>,
        _ numbers: inout OrderNumbers
    ) {
        let isRepeat = report.report == .fill && executions.isRepeat(report.executionID, report.lastQuantity)
        let filled = isRepeat ? .zero : report.lastQuantity
        let symbol: SymbolID
        if let place = brackets.firstIndex(where: { $0.entry.id == report.id }) {
            symbol = brackets[place].entry.symbol
            brackets[place].entered += filled
            if report.status.isTerminal { brackets[place].isEntryOpen = false }
            settle(place, &requests, &numbers)
        } else if let (place, leg) = place(of: report.id) {
            symbol = brackets[place].entry.symbol
            brackets[place].legs[leg].fold(report, filled)
            if report.report == .replaceReject {
                brackets[place].legs[leg].hasBeenRefused(at: brackets[place].open)
            }
            settle(place, &requests, &numbers)
        } else {
            return
        }
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
        // From the last: one that is over leaves.
        for place in brackets.indices.reversed() where symbol == nil || brackets[place].entry.symbol == symbol
        {
            guard brackets[place].legs.contains(where: { $0.refusedAt != nil }) else { continue }
            for leg in brackets[place].legs.indices { brackets[place].legs[leg].refusedAt = nil }
            settle(place, &requests, &numbers)
        }
    }

    private func place(of id: ClientOrderID) -> (bracket: Int, leg: Int)? {
        for place in brackets.indices {
            if let leg = brackets[place].legs.firstIndex(where: { $0.id == id }) { return (place, leg) }
        }
        return nil
    }

    /// Has every exit be for what is open of the entry.
    private mutating func settle(
        _ place: Int, _ requests: inout ContiguousArray<OrderProposal>, _ numbers: inout OrderNumbers
    ) {
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
        if brackets[place].isOver { brackets.remove(at: place) }
    }
}
