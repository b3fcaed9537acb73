import ExactJSON
import TradingModel

/// Writes ticks, trades and depth as flat records: JSON lines, or one of the CSV files.
///
/// What it writes, `HistoricalLoader` reads back as equal events but for `source`. A snapshot in CSV must have
/// two rows or more, and `feedSequence` decides the order where times are equal.
public struct FlatRecordWriter {
    /// The kinds of file.
    public enum Form: Sendable, CaseIterable {
        /// All kinds of record together, an object a line.
        case jsonLines
        /// Ticks, as CSV.
        case tickCSV
        /// Trades, as CSV.
        case tradeCSV
        /// Row operations and snapshots, as CSV.
        case depthCSV

        fileprivate var header: StaticString {
            switch self {
            case .jsonLines: ""
            case .tickCSV: "ts,symbol,bid,ask,bid_size,ask_size,seq\n"
            case .tradeCSV: "ts,symbol,price,size,aggressor,seq\n"
            case .depthCSV: "ts,symbol,side,op,position,price,size,seq\n"
            }
        }
    }

    /// What kind of file this is.
    public let form: Form
    private var content: [UInt8] = []
    private var json = JSONWriter(capacity: 256)

    /// An empty file; CSV begins with its header.
    public init(_ form: Form) {
        self.form = form
        form.header.withUTF8Buffer { content.append(contentsOf: $0) }
    }

    /// What has been written and not taken.
    public var bytes: [UInt8] { content }

    /// Gives what has been written and forgets it, so that a long file can be written in pieces.
    public mutating func takeBytes() -> [UInt8] {
        defer { content.removeAll(keepingCapacity: true) }
        return content
    }

    /// Writes an event.
    ///
    /// - Returns: `false`, and writes nothing, when this kind of file cannot tell it.
    @discardableResult
    public mutating func write(_ event: borrowing MarketEvent) -> Bool {
        switch (form, event.payload) {
        case (.jsonLines, .tick), (.jsonLines, .trade), (.jsonLines, .domDelta), (.jsonLines, .domSnapshot):
            writeJSON(event)
        case (.tickCSV, .tick(let tick)): writeCSV(event, tick)
        case (.tradeCSV, .trade(let trade)): writeCSV(event, trade)
        case (.depthCSV, .domDelta(let delta)): writeCSV(event, delta)
        case (.depthCSV, .domSnapshot(let snapshot)): return writeCSV(event, snapshot)
        default: return false
        }
        return true
    }
}

// MARK: - JSON

extension FlatRecordWriter {
    private mutating func writeJSON(_ event: borrowing MarketEvent) {
        json.reset()
        json.beginObject()
        json.key("type")
        json.string(event.eventType.name)
        json.key("seq")
        json.integer(event.feedSequence)
        json.key("ts")
        json.timestamp(event.timestamp)
        json.key("symbol")
        json.string(event.symbol.name)
        switch event.payload {
        case .tick(let tick): writeJSON(tick)
        case .trade(let trade): writeJSON(trade)
        case .domDelta(let delta): writeJSON(delta)
        case .domSnapshot(let snapshot):
            json.key("bids")
            json.levels(snapshot.bids)
            json.key("asks")
            json.levels(snapshot.asks)
        default: break
        }
        json.endObject()
        content.append(contentsOf: json.bytes)
        content.append(0x0A)
    }

    private mutating func writeJSON(_ tick: Tick) {
        json.key("bid")
        json.price(tick.bid)
        json.key("ask")
        json.price(tick.ask)
        json.key("bid_size")
        json.quantity(tick.bidSize)
        json.key("ask_size")
        json.quantity(tick.askSize)
    }

    private mutating func writeJSON(_ trade: Trade) {
        json.key("price")
        json.price(trade.price)
        json.key("size")
        json.quantity(trade.size)
        json.key("aggressor")
        json.string(trade.aggressor.name)
    }

    private mutating func writeJSON(_ delta: DomDelta) {
        json.key("side")
        json.string(delta.side.name)
        json.key("op")
        json.string(delta.operation.name)
        json.key("position")
        json.integer(delta.position)
        json.key("price")
        json.price(delta.price)
        json.key("size")
        json.quantity(delta.size)
    }
}

// MARK: - CSV

extension FlatRecordWriter {
    private mutating func writeCSV(_ event: borrowing MarketEvent, _ tick: Tick) {
        beginRow(event)
        tick.bid.append(to: &content)
        comma()
        tick.ask.append(to: &content)
        comma()
        tick.bidSize?.append(to: &content)
        comma()
        tick.askSize?.append(to: &content)
        endRow(event)
    }

    private mutating func writeCSV(_ event: borrowing MarketEvent, _ trade: Trade) {
        beginRow(event)
        trade.price.append(to: &content)
        comma()
        trade.size.append(to: &content)
        comma()
        append(trade.aggressor.name)
        endRow(event)
    }

    private mutating func writeCSV(_ event: borrowing MarketEvent, _ delta: DomDelta) {
        beginRow(event)
        append(delta.side.name)
        comma()
        append(delta.operation.name)
        comma()
        content.append(contentsOf: String(delta.position).utf8)
        comma()
        delta.price.append(to: &content)
        comma()
        delta.size.append(to: &content)
        endRow(event)
    }

    private mutating func writeCSV(_ event: borrowing MarketEvent, _ snapshot: DomSnapshot) -> Bool {
        guard snapshot.bids.count + snapshot.asks.count > 1, event.feedSequence != 0 else { return false }
        for (side, levels) in [(BookSide.bid, snapshot.bids), (.ask, snapshot.asks)] {
            for (position, level) in levels.enumerated() {
                let row = DomDelta(
                    side: side, operation: .insert, position: UInt16(clamping: position), price: level.price,
                    size: level.size)
                writeCSV(event, row)
            }
        }
        return true
    }

    private mutating func beginRow(_ event: borrowing MarketEvent) {
        event.timestamp.append(to: &content)
        comma()
        content.append(contentsOf: event.symbol.name.utf8)
        comma()
    }

    private mutating func endRow(_ event: borrowing MarketEvent) {
        comma()
        content.append(contentsOf: String(event.feedSequence).utf8)
        content.append(0x0A)
    }

    private mutating func comma() { content.append(UInt8(ascii: ",")) }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { content.append(contentsOf: $0) }
    }
}
