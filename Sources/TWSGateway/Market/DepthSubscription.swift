import TWSProtocol
import TradingModel

/// Depth of one instrument for one request.
///
/// List semantics: an insert moves the rows below down, and what it pushes beyond the rows asked for is not deleted on the
/// wire. After a delete the row that comes into view is inserted at the end.
struct DepthSubscription: Sendable {
    let session: SessionID
    let request: Int32
    let instrument: Int
    /// Rows a side.
    let rows: Int
    let isSmartDepth: Bool
    /// Names that rows are given in turn; empty for depth without market makers (message 12).
    let makers: [ShortText]

    /// All rows, as inserts.
    func tellAll(_ ladder: borrowing Ladder, _ outbox: inout GatewayOutbox) {
        for (side, levels) in [(BookSide.ask, ladder.asks.levels), (.bid, ladder.bids.levels)] {
            for (position, level) in levels.prefix(rows).enumerated() {
                send(side, .insert, position, level, &outbox)
            }
        }
    }

    /// One operation, as far as it is in view.
    ///
    /// - Parameter ladder: after the operation.
    func tell(_ delta: DomDelta, _ ladder: borrowing Ladder, _ outbox: inout GatewayOutbox) {
        let position = Int(delta.position)
        guard position < rows else { return }
        send(delta.side, delta.operation, position, Level(price: delta.price, size: delta.size), &outbox)
        guard delta.operation == .delete else { return }
        let side = delta.side == .bid ? ladder.bids : ladder.asks
        if side.count >= rows { send(delta.side, .insert, rows - 1, side[rows - 1], &outbox) }
    }

    private func send(
        _ side: BookSide, _ operation: DomOperation, _ position: Int, _ level: Level,
        _ outbox: inout GatewayOutbox
    ) {
        var row = DepthRow()
        row.position = Int32(position)
        row.operation = Int32(operation.rawValue)
        row.side = side == .bid ? 1 : 0
        row.price = level.price
        row.size = level.size
        send(row, &outbox)
    }

    /// A row, in the message that this subscription gets.
    func send(_ row: DepthRow, _ outbox: inout GatewayOutbox) {
        if makers.isEmpty {
            outbox.send(plain(row), to: session)
        } else {
            outbox.send(withMaker(row), to: session)
        }
    }

    func plain(_ row: DepthRow) -> MarketDepth {
        var message = MarketDepth()
        message.requestID = request
        message.row = row
        return message
    }

    func withMaker(_ row: DepthRow) -> MarketDepthL2 {
        var message = MarketDepthL2()
        message.requestID = request
        message.row = row
        message.isSmartDepth = isSmartDepth
        // The same price always has the same name, so that a row keeps its own.
        let place = Int(row.price.rawValue.magnitude / 10_000_000 % UInt64(makers.count))
        message.marketMaker = makers[place]
        return message
    }
}
