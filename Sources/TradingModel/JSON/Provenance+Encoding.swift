import ExactJSON

/// How exact values are written.
public enum ExactForm: Sendable {
    /// JSON numbers, as in events.
    case number
    /// JSON strings, as in the audit trail.
    case text
}

extension JSONWriter {
    fileprivate mutating func price(_ price: Price, _ form: ExactForm) {
        switch form {
        case .number: self.price(price)
        case .text: priceText(price)
        }
    }

    fileprivate mutating func quantity(_ quantity: Quantity, _ form: ExactForm) {
        switch form {
        case .number: self.quantity(quantity)
        case .text: quantityText(quantity)
        }
    }
}

extension ReferenceQuote {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("sequence")
        json.integer(sequence)
        json.key("received_at")
        json.timestamp(receivedAt)
        json.key("quote")
        quote.write(to: &json)
        json.endObject()
    }
}

extension ReferenceTrade {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("received_at")
        json.timestamp(receivedAt)
        json.key("price")
        json.price(price)
        json.endObject()
    }
}

extension OrderOrigin {
    /// Writes `strategy_version trigger features signal sizing` into an open object.
    public func writeFields(to json: inout JSONWriter, _ form: ExactForm) {
        signal.writeFields(to: &json, form)
        json.key("sizing")
        sizing.write(to: &json, form)
    }
}

extension SignalOrigin {
    /// Writes `strategy_version trigger features signal` into an open object; the number of the signal is left to whoever
    /// names it besides.
    public func writeFields(to json: inout JSONWriter, _ form: ExactForm) {
        json.key("strategy_version")
        json.integer(strategyVersion)
        json.key("trigger")
        writeTrigger(to: &json, form)
        json.key("features")
        writeFeatures(to: &json, form)
        json.key("signal")
        json.beginObject()
        json.key("direction")
        json.string(signal.direction.name)
        json.key("score")
        json.double(signal.score)
        json.key("confidence")
        json.double(signal.confidence)
        json.endObject()
    }

    /// The event with the quote as it stood after it; `received_at` only where it is another time.
    private func writeTrigger(to json: inout JSONWriter, _ form: ExactForm) {
        json.beginObject()
        json.key("seq")
        json.integer(trigger.sequence)
        json.key("feed_seq")
        json.integer(trigger.feedSequence)
        json.key("type")
        json.string(trigger.type.name)
        json.key("ts")
        json.timestamp(trigger.timestamp)
        if trigger.receivedAt != trigger.timestamp {
            json.key("received_at")
            json.timestamp(trigger.receivedAt)
        }
        json.key("bid")
        json.price(quote.bid, form)
        json.key("ask")
        json.price(quote.ask, form)
        if let size = quote.bidSize {
            json.key("bid_size")
            json.quantity(size, form)
        }
        if let size = quote.askSize {
            json.key("ask_size")
            json.quantity(size, form)
        }
        json.endObject()
    }

    /// `samples` has the newest last; `count` those ever taken.
    private func writeFeatures(to json: inout JSONWriter, _ form: ExactForm) {
        json.beginObject()
        json.key("last")
        json.price(signal.last, form)
        json.key("mean_5")
        json.price(signal.mean5, form)
        json.key("mean_10")
        json.price(signal.mean10, form)
        json.key("basis")
        json.string(signal.isWeighted ? "micro" : "mid" as StaticString)
        json.key("threshold")
        json.price(threshold, form)
        json.key("tick")
        json.price(tickSize, form)
        json.key("count")
        json.integer(sampleCount)
        json.key("samples")
        json.beginArray()
        for index in samples.indices { json.price(samples[index], form) }
        json.endArray()
        json.endObject()
    }
}

extension Sizing {
    /// Writes `target position leaves change`, and `outcome` where it is no order.
    public func write(to json: inout JSONWriter, _ form: ExactForm) {
        json.beginObject()
        json.key("target")
        json.quantity(target, form)
        json.key("position")
        json.quantity(position, form)
        json.key("leaves")
        json.quantity(leaves, form)
        json.key("change")
        json.quantity(change, form)
        if outcome != .order {
            json.key("outcome")
            json.string(outcome.name)
        }
        json.endObject()
    }
}
