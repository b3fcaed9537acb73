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
        multiple = Self.multiple(of: interval, from: first)
        choose()
    }

    /// The last event has this time: multiples of the interval end here; moments told one by one do not.
    mutating func end(at last: Timestamp) {
        self.last = last
        choose()
    }

    /// Leaves out every moment before `time`.
    mutating func skip(before time: Timestamp) {
        times = times.drop { $0 < time }
        if let interval, multiple < time { multiple = Self.multiple(of: interval, from: time) }
        choose()
    }

    /// The first multiple that is not before `time`; `never` behind the last one there is.
    private static func multiple(of interval: Int64, from time: Timestamp) -> Timestamp {
        let floor = time.floored(to: interval)
        return floor == time ? time : floor.advanced(by: interval)
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
