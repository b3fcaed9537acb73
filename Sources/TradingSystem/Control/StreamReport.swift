import ExactJSON
import OrderFlow
import TradingModel

/// How good every stream is that somebody has said something of, for `status`.
struct StreamReport: Sendable {
    private struct Entry {
        let symbol: SymbolID
        let stream: FeedStream
        let status: StreamStatus
    }

    private var entries: [Entry] = []

    /// Takes what the engines know, by name of the instrument.
    init(_ engines: borrowing OrderFlowEngines) {
        for symbol in engines.symbols {
            let streams = engines.streams(symbol)
            for stream in FeedStream.allCases {
                guard let status = streams[stream] else { continue }
                entries.append(Entry(symbol: symbol, stream: stream, status: status))
            }
        }
        entries.sort { ($0.symbol.name, $0.stream.rawValue) < ($1.symbol.name, $1.stream.rawValue) }
    }

    /// Writes an array with an object for each stream.
    func write(to json: inout JSONWriter) {
        json.beginArray()
        for entry in entries {
            json.beginObject()
            json.key("symbol")
            json.string(entry.symbol.name)
            json.key("stream")
            json.string(entry.stream.name)
            json.key("quality")
            json.string(entry.status.quality.name)
            json.key("reason")
            json.string(entry.status.reason)
            json.key("since")
            json.timestamp(entry.status.since)
            json.endObject()
        }
        json.endArray()
    }
}
