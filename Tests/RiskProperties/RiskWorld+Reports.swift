import Risk
import TradingModel

/// What the venue says.
extension RiskWorld {
    /// Lets the venue say something of an order.
    ///
    /// - Returns: what must not have come of it, in words.
    mutating func report(_ step: RiskStep) -> String? {
        switch step {
        case .answer(let order, let isAgreed, let isOldest): answer(order, isAgreed, isOldest)
        case .acknowledge(let order): acknowledge(order)
        case .fill(let order, let lots):
            guard let place = place(order) else { return nil }
            return fill(place, Int64(lots))
        case .overfill(let order, let lots): overfill(order, Int64(lots))
        case .finish(let order, let isCancelled): place(order).map { end($0, isCancelled) }
        case .lose(let order): place(order).map { lose($0) }
        case .resolve(let order, let lots, let hasEnded): return resolve(order, Int64(lots), hasEnded)
        case .lateFill(let order, let lots): lateFill(order, Int64(lots))
        case .again(let execution): again(execution)
        case .correct(let execution, let lots): correct(execution, lots.map { Int64($0) })
        case .order, .close, .modify, .kill, .release, .quote, .limit, .wait: break
        }
        return nil
    }

    private mutating func answer(_ number: Int, _ isAgreed: Bool, _ isOldest: Bool) {
        let places = book.working.indices.filter { !book.working[$0].changes.isEmpty }
        guard !places.isEmpty else { return }
        let place = places[number % places.count]
        let change = book.working[place].answer(
            isOldest ? 0 : book.working[place].changes.count - 1, isAgreed: isAgreed)
        tell(answer: change, isAgreed: isAgreed, book.working[place].symbol)
    }

    /// The venue tells the quantity that it works: an acknowledgement with that of the change is an answer.
    private mutating func acknowledge(_ number: Int) {
        guard let place = place(number) else { return }
        let order = book.working[place]
        if order.changes.count == 1, order.changes[0] == order.newest, order.changes[0].quantity > .zero {
            _ = book.working[place].answer(0, isAgreed: true)
            // One of the limit alone is told by itself.
            if order.changes[0].quantity.rawValue / RiskMarket.one == order.quantity {
                return tell(answer: order.changes[0], isAgreed: true, order.symbol)
            }
        }
        tell(event(book.working[place], .ack, .accepted), order.symbol)
    }

    private mutating func fill(_ place: Int, _ lots: Int64) -> String? {
        let order = book.working[place]
        let lots = min(lots, order.leaves)
        guard lots > 0 else {
            end(place, true)
            return nil
        }
        let before = book.positions[order.symbol]
        execute(place, lots)
        let after = book.positions[order.symbol]
        guard order.mayOnlyReduce, abs(after) >= abs(before) || after * before < 0 else { return nil }
        return "\(order.request.id) was approved to reduce, and made \(after) of \(before)"
    }

    private mutating func overfill(_ number: Int, _ lots: Int64) {
        guard let place = place(number) else { return }
        let order = book.working[place]
        noteUnforeseen(order.symbol, lots: lots)
        book.drift += 1
        execute(place, order.leaves + lots)
    }

    private mutating func lateFill(_ number: Int, _ lots: Int64) {
        guard !book.over.isEmpty else { return }
        let order = book.over[number % book.over.count]
        noteUnforeseen(order.symbol, lots: lots)
        book.drift += 1
        tell(book(order, lots, .cancelled), order.symbol)
    }

    /// A working order trades, and is over once nothing is left.
    private mutating func execute(_ place: Int, _ lots: Int64) {
        book.working[place].filled += lots
        let order = book.working[place]
        let isWhole = order.filled >= order.most
        tell(book(order, lots, isWhole ? .filled : .partiallyFilled), order.symbol)
        if isWhole { book.over.append(book.working.remove(at: place)) }
    }

    /// A new execution, in the positions of the twin.
    private mutating func book(_ order: TwinOrder, _ lots: Int64, _ status: OrderStatus) -> OrderEvent {
        lastExecution += 1
        book.positions[order.symbol] += order.sign * lots
        book.executions.append(
            TwinExecution(
                number: lastExecution, order: order.request.id, symbol: order.symbol,
                side: order.request.side,
                lots: lots))
        return event(order, .fill, status, lots: lots, execution: lastExecution)
    }

    private mutating func end(_ place: Int, _ isCancelled: Bool) {
        let order = book.working.remove(at: place)
        book.over.append(order)
        tell(ended(order, isCancelled), order.symbol)
    }

    /// The word of an order that nobody knew of: it traded meanwhile, or ended, or neither.
    private mutating func resolve(_ number: Int, _ lots: Int64, _ hasEnded: Bool) -> String? {
        guard let place = place(number, isLost: true) else { return nil }
        book.working[place].isLost = false
        let id = book.working[place].request.id
        let fault = lots > 0 ? fill(place, lots) : nil
        guard let place = book.working.firstIndex(where: { $0.request.id == id }) else { return fault }
        if hasEnded {
            end(place, true)
        } else if book.working[place].isInDoubt {
            tell(event(book.working[place], .ack, .accepted), book.working[place].symbol)
        }
        return fault
    }

    /// The same report once more: it must change nothing.
    private mutating func again(_ number: Int) {
        guard let place = execution(number) else { return }
        let execution = book.executions[place]
        tell(execution, lots: execution.isBooked ? execution.lots : -execution.lots)
    }

    /// An execution is taken back, and perhaps told anew with another quantity.
    private mutating func correct(_ number: Int, _ lots: Int64?) {
        guard let place = execution(number), book.executions[place].isBooked else { return }
        change(place, isBooked: false)
        guard let lots else { return }
        book.executions[place].lots = lots
        change(place, isBooked: true)
    }

    private mutating func change(_ place: Int, isBooked: Bool) {
        let execution = book.executions[place]
        let lots = isBooked ? execution.lots : -execution.lots
        book.executions[place].isBooked = isBooked
        book.positions[execution.symbol] += execution.side.sign * lots
        noteUnforeseen(execution.symbol, lots: lots)
        let working = book.working.firstIndex { $0.request.id == execution.order }
        if isBooked && lots > (working.map { book.working[$0].leaves } ?? 0) { book.drift += 1 }
        if let working { book.working[working].filled += lots }
        tell(execution, lots: lots)
    }

    /// One of the newest executions.
    private func execution(_ number: Int) -> Int? {
        let newest = book.executions.indices.suffix(16)
        return newest.isEmpty ? nil : newest[newest.startIndex + number % newest.count]
    }

    private mutating func tell(_ execution: TwinExecution, lots: Int64) {
        guard
            let order = book.working.first(where: { $0.request.id == execution.order })
                ?? book.over.first(where: { $0.request.id == execution.order })
        else { return }
        let isOver = !book.working.contains { $0.request.id == execution.order }
        tell(
            event(order, .fill, isOver ? .filled : .partiallyFilled, lots: lots, execution: execution.number),
            execution.symbol)
    }

    // MARK: Words

    func ended(_ order: TwinOrder, _ isCancelled: Bool = true) -> OrderEvent {
        event(order, isCancelled ? .cancel : .reject, isCancelled ? .cancelled : .rejected)
    }

    func event(
        _ order: TwinOrder, _ report: OrderReport, _ status: OrderStatus, lots: Int64 = 0,
        execution: UInt64 = 0
    ) -> OrderEvent {
        OrderEvent(
            id: order.request.id, report: report, status: status, side: order.request.side,
            quantity: Quantity(rawValue: order.quantity * RiskMarket.one),
            lastPrice: lots == 0 ? .zero : markets[order.symbol].price,
            lastQuantity: Quantity(rawValue: lots * RiskMarket.one), executionID: execution,
            leavesQuantity: status.isTerminal ? .zero : Quantity(rawValue: order.leaves * RiskMarket.one))
    }
}
