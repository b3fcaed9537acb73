import ExactJSON

extension MarketEvent {
    /// Writes the event as one JSON object: `event_type sequence feed_sequence timestamp received_at source symbol payload
    /// trace_id span_id`.
    ///
    /// Prices and quantities are exact JSON numbers, times RFC 3339 UTC; `symbol` and the trace ids are left
    /// out where there are none.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("event_type")
        json.string(eventType.name)
        json.key("sequence")
        json.integer(sequence)
        json.key("feed_sequence")
        json.integer(feedSequence)
        json.key("timestamp")
        json.timestamp(timestamp)
        json.key("received_at")
        json.timestamp(receivedAt)
        json.key("source")
        json.string(source.name)
        if symbol != .none {
            json.key("symbol")
            json.string(symbol.name)
        }
        json.key("payload")
        payload.write(to: &json)
        if trace != .none {
            json.key("trace_id")
            json.traceID(trace.traceID)
            json.key("span_id")
            json.spanID(trace.spanID)
        }
        json.endObject()
    }

    /// The event as one line of JSON, without line feed.
    public var json: String {
        var writer = JSONWriter(capacity: 512)
        write(to: &writer)
        return writer.text
    }
}

extension MarketEvent.Payload {
    /// Writes what the event says as one JSON object.
    public func write(to json: inout JSONWriter) {
        switch self {
        case .tick(let tick): tick.write(to: &json)
        case .trade(let trade): trade.write(to: &json)
        case .domDelta(let delta): delta.write(to: &json)
        case .domSnapshot(let snapshot): snapshot.write(to: &json)
        case .deltaBar(let bar): bar.write(to: &json)
        case .tapeSnapshot(let tape): tape.write(to: &json)
        case .footprintSnapshot(let footprint): footprint.write(to: &json)
        case .signal(let signal): signal.write(to: &json)
        case .riskDecision(let decision): decision.write(to: &json)
        case .orderEvent(let event): event.write(to: &json)
        case .feedStatus(let status): status.write(to: &json)
        case .system(let notice): notice.write(to: &json)
        case .timer(let timer): timer.write(to: &json)
        }
    }
}

extension Tick {
    /// Writes `bid ask bid_size ask_size`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("bid")
        json.price(bid)
        json.key("ask")
        json.price(ask)
        json.key("bid_size")
        json.quantity(bidSize)
        json.key("ask_size")
        json.quantity(askSize)
        json.endObject()
    }
}

extension Trade {
    /// Writes `price size aggressor`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.endObject()
    }

    func writeFields(to json: inout JSONWriter) {
        json.key("price")
        json.price(price)
        json.key("size")
        json.quantity(size)
        json.key("aggressor")
        json.string(aggressor.name)
    }
}

extension DomDelta {
    /// Writes `side op position price size ends_batch`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("side")
        json.string(side.name)
        json.key("op")
        json.string(operation.name)
        json.key("position")
        json.integer(position)
        json.key("price")
        json.price(price)
        json.key("size")
        json.quantity(size)
        json.key("ends_batch")
        json.bool(endsBatch)
        json.endObject()
    }
}

extension DomSnapshot {
    /// Writes `bids asks ends_batch`.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("bids")
        json.levels(bids)
        json.key("asks")
        json.levels(asks)
        json.key("ends_batch")
        json.bool(endsBatch)
        json.endObject()
    }
}

extension DeltaBar {
    /// Writes the bar as one object.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("start")
        json.timestamp(start)
        json.key("interval_ns")
        json.integer(interval)
        writeFields(to: &json)
        json.key("closed")
        json.bool(isClosed)
        json.endObject()
    }

    /// Writes `open` to `last_seq` into an open object.
    public func writeFields(to json: inout JSONWriter) {
        json.key("open")
        json.price(open)
        json.key("high")
        json.price(high)
        json.key("low")
        json.price(low)
        json.key("close")
        json.price(close)
        json.key("volume")
        json.volume(volume)
        json.key("buy_volume")
        json.volume(buyVolume)
        json.key("sell_volume")
        json.volume(sellVolume)
        json.key("unknown_volume")
        json.volume(unknownVolume)
        json.key("delta")
        json.volume(delta)
        json.key("max_delta")
        json.volume(maxDelta)
        json.key("min_delta")
        json.volume(minDelta)
        json.key("cum_delta")
        json.volume(cumulativeDelta)
        json.key("trades")
        json.integer(trades)
        json.key("buy_trades")
        json.integer(buyTrades)
        json.key("sell_trades")
        json.integer(sellTrades)
        json.key("first_seq")
        json.integer(firstFeedSequence)
        json.key("last_seq")
        json.integer(lastFeedSequence)
    }
}

extension TapeSnapshot {
    /// Writes `prints` (newest first) and `totals`.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("prints")
        json.beginArray()
        for print in prints {
            json.beginObject()
            json.key("seq")
            json.integer(print.feedSequence)
            json.key("ts")
            json.timestamp(print.timestamp)
            print.trade.writeFields(to: &json)
            json.endObject()
        }
        json.endArray()
        json.key("totals")
        totals.write(to: &json)
        json.endObject()
    }
}

extension TapeTotals {
    /// Writes the sums as one object.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("trades")
        json.integer(trades)
        json.key("buy_trades")
        json.integer(buyTrades)
        json.key("buy_volume")
        json.volume(buyVolume)
        json.key("sell_trades")
        json.integer(sellTrades)
        json.key("sell_volume")
        json.volume(sellVolume)
        json.key("unknown_trades")
        json.integer(unknownTrades)
        json.key("unknown_volume")
        json.volume(unknownVolume)
        json.key("volume")
        json.volume(volume)
        json.key("delta")
        json.volume(delta)
        json.key("notional")
        json.money(notional)
        json.key("vwap")
        json.price(vwap)
        json.key("first_price")
        json.price(firstPrice)
        json.key("last_price")
        json.price(lastPrice)
        json.key("high")
        json.price(high)
        json.key("low")
        json.price(low)
        json.endObject()
    }
}

extension FootprintSnapshot {
    /// Writes `start interval_ns levels row_size poc poc_volume closed`; a level is `[price, sell volume, buy volume, unknown volume,
    /// trades]`.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("start")
        json.timestamp(start)
        json.key("interval_ns")
        json.integer(interval)
        writeFields(to: &json)
        json.key("closed")
        json.bool(isClosed)
        json.endObject()
    }

    /// Writes `levels`, `row_size` where rows are higher than one price, `poc` and `poc_volume` into an open object.
    public func writeFields(to json: inout JSONWriter) {
        json.key("levels")
        json.beginArray()
        for level in levels {
            json.beginArray()
            json.price(level.price)
            json.volume(level.sellVolume)
            json.volume(level.buyVolume)
            json.volume(level.unknownVolume)
            json.integer(level.trades)
            json.endArray()
        }
        json.endArray()
        if let rowSize {
            json.key("row_size")
            json.price(rowSize)
        }
        json.key("poc")
        json.beginArray()
        for price in pointsOfControl { json.price(price) }
        json.endArray()
        json.key("poc_volume")
        json.volume(pointOfControlVolume)
    }
}

extension FeedStatus {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        if let stream {
            json.key("stream")
            json.string(stream.name)
        }
        json.key("quality")
        json.string(quality.name)
        json.key("reason")
        json.string(reason)
        json.endObject()
    }
}

extension SystemNotice {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("kind")
        json.string(kind.name)
        json.key("actor")
        json.string(actor)
        json.key("reason")
        json.string(reason)
        if decisionSequence > 0 {
            json.key("decision_seq")
            json.integer(decisionSequence)
        }
        if !isPlain { writeRest(to: &json) }
        json.endObject()
    }

    /// What notices had not from the beginning.
    private func writeRest(to json: inout JSONWriter) {
        if let level {
            json.key("level")
            json.string(level.name)
        }
        json.key("scope")
        json.string(scope.text)
        if !detail.isEmpty {
            json.key("detail")
            json.string(detail)
        }
    }
}

extension TimerFired {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.integer(id)
        json.key("due_at")
        json.timestamp(dueAt)
        json.endObject()
    }
}
