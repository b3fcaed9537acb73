import ExactJSON

/// What IBKR told of a stock in Hong Kong as level 1, and what must come of it.
public struct RecordedLevelOne {
    /// Name of the set.
    public static let set = "ibkr_l1_hkstock_20220107_a"
    /// Types of ticks that carry a price: bid, ask, last. The others are sizes.
    private static let priceTypes: Set = ["1", "2", "4"]

    /// The records, in their order.
    public let records: [JSONValue]
    /// Records that carry a price, by the expected results.
    public let priceCount: Int
    /// Records that carry a size alone, by the expected results.
    public let sizeCount: Int
    /// The last quote: `bid`, `ask`, `bid_size`, `ask_size`, and `last`.
    public let final: JSONValue
    /// How much the day volume has risen.
    public let volume: String
    /// Rises of the day volume that are a trade: those before the first last price wait for it, since the wire tells no
    /// price with a volume.
    public let tradeCount: Int

    /// Reads recording and expected results; they are to be here.
    public init() throws {
        let golden = try PublishedRecordings.golden(Self.set)
        records = try PublishedRecordings.records(Self.set + ".jsonl.gz")
        let counts = golden["by_tick_type"]?.objectValue ?? []
        priceCount = Self.sum(counts.filter { Self.priceTypes.contains($0.key) })
        sizeCount = Self.sum(counts.filter { !Self.priceTypes.contains($0.key) })
        final = golden["final"] ?? .null
        let volume = golden["cumulative_volume"] ?? .null
        self.volume = volume[text: "increase"]
        let early = records.prefix { $0[text: "tick_type"] != "4" }.count { $0[text: "tick_type"] == "8" }
        // The first volume is none that rises.
        tradeCount = (volume["steps"]?.integerValue ?? 0) - max(0, early - 1)
    }

    /// Shares and trades at each price, by a walk over the records that knows nothing but them: each rise of the day volume
    /// traded at the last price told before it.
    public var footprint: [String: (volume: Int, trades: Int)] {
        var footprint: [String: (volume: Int, trades: Int)] = [:]
        var (last, counted) = ("", Int?.none)
        for record in records {
            if record[text: "tick_type"] == "4" { last = record[text: "price"] }
            guard record[text: "tick_type"] == "8", let volume = record["size"]?.integerValue else {
                continue
            }
            if let before = counted, volume > before {
                guard !last.isEmpty else { continue }
                footprint[last, default: (0, 0)].volume += volume - before
                footprint[last, default: (0, 0)].trades += 1
            }
            counted = volume
        }
        return footprint
    }

    private static func sum(_ counts: [JSONValue.Member]) -> Int {
        counts.reduce(0) { $0 + ($1.value.integerValue ?? 0) }
    }
}

/// What IBKR told of the market depth of EUR.USD, and the ladder that must come of it.
public struct RecordedDepth {
    /// Name of the set.
    public static let set = "ibkr_eurusd_depth_20220221"

    /// The operations, in their order.
    public let records: [JSONValue]
    /// The ladder that the recording client itself held in the end: `bids` and `asks`, rows of price and size.
    public let final: JSONValue

    /// Reads recording and expected results; they are to be here.
    public init() throws {
        let golden = try PublishedRecordings.golden(Self.set)
        records = try PublishedRecordings.records(Self.set + ".jsonl.gz")
        final = .object((golden["dom"]?["final"]?.objectValue ?? []).filter { $0.key != "source" })
    }
}
