import TradingModel

/// The moments whose ladders are asked for, in order, each once.
struct LadderSchedule: Sendable {
    /// After every moment.
    static let never = Timestamp(nanoseconds: .max)

    /// The next moment; `never` when there is none.
    private(set) var next = never
    private var times: ArraySlice<Timestamp>
    private let interval: Int64?
    private var multiple = never
    private var last = never

    /// - Parameters:
    ///   - times: moments in any order.
    ///   - interval: nanoseconds between the moments from `begin` to `end`; `nil` for none.
    init(times: [Timestamp], interval: Int64?) {
        self.times = Set(times).sorted()[...]
        self.interval = interval
        choose()
    }

    /// The first event has this time: multiples of the interval count from here.
    mutating func begin(at first: Timestamp) {
        guard let interval else { return }
        let floor = first.floored(to: interval)
        multiple = floor == first ? first : floor.advanced(by: interval)
        choose()
    }

    /// The last event has this time: multiples of the interval end here; moments told one by one do not.
    mutating func end(at last: Timestamp) {
        self.last = last
        choose()
    }

    /// Takes the next moment.
    mutating func removeFirst() -> Timestamp {
        let time = next
        if times.first == time { times.removeFirst() }
        if multiple == time { multiple = time.advanced(by: interval ?? .max) }
        choose()
        return time
    }

    private mutating func choose() {
        next = min(times.first ?? Self.never, multiple <= last ? multiple : Self.never)
    }
}
