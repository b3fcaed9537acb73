import TradingModel

/// Sets `endsBatch` while events are merged: true on the last depth event of a symbol at one time, false on
/// those before it. An event counts as the last until another follows, which then clears its mark.
struct DepthBatchMarks {
    private struct Open {
        var symbol: SymbolID
        /// Place in the output; `nil` where the record's own mark stands.
        var place: Int?
    }

    private var time = Int64.min
    private var open: ContiguousArray<Open> = []

    /// Time of the depth events whose marks may still change; `nil` when there are none.
    var openTime: Int64? { open.isEmpty ? nil : time }

    /// Forgets the open marks; they stand as they are.
    mutating func close() { open.removeAll(keepingCapacity: true) }

    /// Notes a depth event that goes to `place`.
    ///
    /// - Returns: the place of the event whose mark is to be cleared.
    mutating func note(_ record: FlatRecord, place: Int) -> Int? {
        if record.time != time {
            time = record.time
            close()
        }
        let place = record.keepsBatchMark ? nil : place
        guard let index = open.firstIndex(where: { $0.symbol == record.symbol }) else {
            open.append(Open(symbol: record.symbol, place: place))
            return nil
        }
        defer { open[index].place = place }
        return open[index].place
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
