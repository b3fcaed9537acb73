import ExactJSON
import OrderFlow
import TradingModel

extension StreamQualities {
    /// Writes `streams`: quality, reason and since when of each stream; `null` for one nobody has spoken of.
    func write(to json: inout JSONWriter) {
        json.key("streams")
        json.beginObject()
        for stream in FeedStream.allCases {
            json.key(stream.name)
            guard let status = self[stream] else {
                json.null()
                continue
            }
            json.beginObject()
            json.key("quality")
            json.string(status.quality.name)
            json.key("reason")
            json.string(status.reason)
            json.key("since")
            if status.since > .zero { json.timestamp(status.since) } else { json.null() }
            json.endObject()
        }
        json.endObject()
    }

    /// Writes `state` of what is made of prints: `ok`, `no_trade_feed`, or the quality of the stream, with the reason.
    func writeTradeState(to json: inout JSONWriter) {
        json.key("state")
        switch trades?.quality {
        case nil, .live: json.string("ok" as StaticString)
        case .unavailable: json.string("no_trade_feed" as StaticString)
        case .some(let quality): json.string(quality.name)
        }
        trades.writeReason(to: &json)
    }
}

extension StreamStatus? {
    /// Writes `state_reason`, `null` where nobody has spoken of the stream.
    func writeReason(to json: inout JSONWriter) {
        json.key("state_reason")
        if let self { json.string(self.reason) } else { json.null() }
    }
}
