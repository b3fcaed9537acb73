import TradingModel

/// What is on its way in one direction: it arrives in the order in which it was sent, none overtakes another.
struct SimTransit<Message: Sendable>: Sendable {
    private struct Parcel: Sendable {
        let due: Timestamp
        let message: Message
    }

    private var latency: SimLatency
    private var parcels: ContiguousArray<Parcel> = []
    private var first = 0
    /// When the next one arrives; the end of time while nothing is on its way.
    private(set) var nextDue = Timestamp(nanoseconds: .max)

    init(_ latency: SimLatency) { self.latency = latency }

    /// Messages on their way.
    var count: Int { parcels.count - first }

    /// Sends a message.
    mutating func send(_ message: Message, at time: Timestamp) {
        let (arrival, overflow) = time.nanoseconds.addingReportingOverflow(latency.next())
        // The end of time itself stands for nothing.
        let own = Timestamp(nanoseconds: overflow ? .max - 1 : min(arrival, .max - 1))
        let due = max(own, parcels.last?.due ?? own)
        parcels.append(Parcel(due: due, message: message))
        if count == 1 { nextDue = due }
    }

    /// The next message that has arrived by `time`, and when; `nil` when there is none.
    mutating func take(by time: Timestamp) -> (due: Timestamp, message: Message)? {
        guard nextDue <= time else { return nil }
        return takeFirst()
    }

    /// The next message, whenever it would arrive.
    mutating func takeFirst() -> (due: Timestamp, message: Message)? {
        guard first < parcels.count else { return nil }
        let parcel = parcels[first]
        first += 1
        if first == parcels.count {
            parcels.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 1_024 && first * 2 > parcels.count {
            parcels.removeFirst(first)
            first = 0
        }
        nextDue = parcels.isEmpty ? Timestamp(nanoseconds: .max) : parcels[first].due
        return (parcel.due, parcel.message)
    }
}
