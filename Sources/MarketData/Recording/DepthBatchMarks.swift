import TradingModel

/// Sets `endsBatch` while events are merged: true on the last depth event of a symbol at one time, false on
/// those before it. An event counts as the last until another follows, which then clears its mark.
struct DepthBatchMarks {
    private struct Open {
        var symbol: SymbolID
        /// Place in the output; negative where the record's own mark stands.
        var place: Int
    }

    /// Time of the depth events whose marks may still change; `nil` when there are none.
    private(set) var openTime: Int64?
    /// The symbol that came last.
    private var newest = Open(symbol: .none, place: -1)
    /// The others of the time.
    private var others: ContiguousArray<Open> = []

    /// Forgets the open marks; they stand as they are.
    @inline(__always)
    mutating func close() {
        openTime = nil
        if !others.isEmpty { others.removeAll(keepingCapacity: true) }
    }

    /// Notes a depth event that goes to `place`.
    ///
    /// - Returns: the place of the event whose mark is to be cleared; negative where there is none.
    @inline(__always)
    mutating func note(_ record: FlatRecord, place: Int) -> Int {
        let open = Open(symbol: record.symbol, place: record.keepsBatchMark ? -1 : place)
        if record.time != openTime {
            close()
            openTime = record.time
            newest = open
            return -1
        }
        if record.symbol != newest.symbol { turn(to: record.symbol) }
        let cleared = newest.place
        newest = open
        return cleared
    }

    /// Makes `symbol` the newest.
    private mutating func turn(to symbol: SymbolID) {
        if let index = others.firstIndex(where: { $0.symbol == symbol }) {
            swap(&newest, &others[index])
        } else {
            others.append(newest)
            newest = Open(symbol: symbol, place: -1)
        }
    }
}

extension MarketEvent {
    /// Says that more depth events of this change follow.
    mutating func clearEndsBatch() {
        switch payload {
        case .domDelta(var delta):
            delta.endsBatch = false
            payload = .domDelta(delta)
        case .domSnapshot(var snapshot):
            snapshot.endsBatch = false
            payload = .domSnapshot(snapshot)
        default: break
        }
    }
}
