import ExactJSON
import TradingModel

/// One tick of level 1 as `tickPrice` or `tickSize` told it.
public struct RecordedLevelOneTick: Hashable, Sendable {
    /// When it was recorded.
    public var time: Timestamp
    /// Name of the instrument in the recording.
    public var name: String
    /// IBKR's number: 0 bid size, 1 bid, 2 ask, 3 ask size, 4 last, 5 last size, 8 volume …
    public var type: Int32
    /// The price; of no meaning for sizes.
    public var price: Price
    /// The size.
    public var size: Quantity

    /// Whether `tickPrice` told it.
    public var isPrice: Bool { [1, 2, 4, 6, 7, 9, 14, 37].contains(type) }
}

/// Recordings of level 1: records of the type `ib_tick`, which are no market events, one a line, plain or gzip.
public enum LevelOneRecording {
    /// Ticks of one recording, at most.
    public static let limit = 1_000_000

    /// Reads a recording as a whole.
    ///
    /// - Returns: `nil` for a file that begins with something else.
    /// - Throws: when the file cannot be read, or a later line is none of its records.
    public static func read(_ path: String) throws(HistoricalLoaderError) -> [RecordedLevelOneTick]? {
        var lastLine = 0
        let refusal: MalformedRow
        do throws(RecordingFile.Fault) {
            var input = InputBuffer(try RecordingFile(path, readSize: 1 << 16), readSize: 1 << 16)
            var splitter = LineSplitter()
            var ticks: [RecordedLevelOneTick] = []
            var fault: String?
            while fault == nil, ticks.count < limit {
                switch try splitter.next(in: &input) {
                case .end: return ticks.isEmpty ? nil : ticks
                case .fault(_, let reason): fault = reason
                case .record(let record):
                    lastLine = record.line
                    if record.start == record.end { continue }
                    if let tick = tick(Array(input.bytes[record.start..<record.end])) {
                        ticks.append(tick)
                    } else {
                        fault = "no record of the type ib_tick"
                    }
                }
            }
            if ticks.isEmpty { return nil }
            refusal = MalformedRow(
                file: path, line: splitter.line,
                reason: fault ?? "more than \(limit) records of the type ib_tick")
        } catch {
            throw RecordingLane.error(error, path, lastLine: lastLine)
        }
        throw .malformed(refusal)
    }

    private static func tick(_ line: [UInt8]) -> RecordedLevelOneTick? {
        guard line.first == UInt8(ascii: "{"), let json = try? JSONParser.parse(line),
            json["type"]?.stringValue == "ib_tick",
            let time = json["ts"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let name = json["symbol"]?.stringValue,
            let type = number(json, "tick_type").flatMap({ Int32($0) }),
            let price = number(json, "price").flatMap({ try? Price($0) }),
            let size = number(json, "size").flatMap({ try? Quantity($0) })
        else { return nil }
        return RecordedLevelOneTick(time: time, name: name, type: type, price: price, size: size)
    }

    /// The exact text of a number.
    private static func number(_ json: JSONValue, _ key: String) -> String? {
        if case .number(let text)? = json[key] { text } else { nil }
    }
}
