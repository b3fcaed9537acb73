import TWSProtocol
import TradingModel

extension InstrumentFeed {
    /// A row of the ladder.
    @inline(__always)
    mutating func take(
        _ row: DepthRow, _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch,
        _ counts: inout IBKRFeedCounts
    ) {
        guard !awaitsFreshBook else {
            counts.lateRows += 1
            return
        }
        switch book.take(row, at: time) {
        case .applied(let delta, let cutsLast):
            if !isSteady[StreamRole.depth.index] { settle(.depth, time, options, &out) }
            plan.touch(.depth, at: time)
            if cutsLast {
                out.append(book.deleteOfLast(delta.side), slot: slot, symbol, receivedAt: time)
            }
            out.append(delta, slot: slot, symbol, receivedAt: time)
        case .outOfBounds:
            plan.touch(.depth, at: time)
            counts.rowsOutOfBounds += 1
        case .nonsense: counts.nonsense += 1
        }
    }

    /// The read is over: the ladder may be judged. One that is broken is void and asked for again.
    mutating func endDepth(_ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch) {
        isBookTouched = false
        if let fault = book.judge(at: time) { return abandonBook(fault, time, options, &out) }
        if plan.quoteSupply == .nobody { aggressor.quote = book.top() }
    }

    /// Time has passed: a ladder may have been crossed for too long.
    mutating func checkBook(_ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch) {
        guard let fault = book.fault(at: time), !awaitsFreshBook else { return }
        abandonBook(fault, time, options, &out)
    }

    private mutating func abandonBook(
        _ fault: StaticString, _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch
    ) {
        plan.distrust(.depth, at: time)
        awaitsFreshBook = true
        breakBook("\(fault)", time, options, &out)
    }

    /// A subscription begins anew: rows it has told before, if any, are void, which nobody may miss.
    mutating func voidBook(
        _ reason: String, _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch
    ) {
        guard book.count(.bid) + book.count(.ask) > 0 else { return book.reset() }
        breakBook(reason, time, options, &out)
    }

    /// The ladder is void, and that is told.
    mutating func breakBook(
        _ reason: String, _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch
    ) {
        book.reset()
        facts.ladderReset = reason
        tell(time, options, &out)
        unsettle()
    }
}
