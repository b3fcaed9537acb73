/// An event, as far as somebody who reads of it later must be able to find it again.
public struct EventStamp: Hashable, Sendable, BitwiseCopyable {
    /// Its place in the order of all events.
    public var sequence: UInt64
    /// The feed's own number; 0 where it has none.
    public var feedSequence: UInt64
    /// Its kind.
    public var type: EventType
    /// The source's time.
    public var timestamp: Timestamp
    /// When the daemon had it.
    public var receivedAt: Timestamp

    /// The stamp of an event.
    public init(
        sequence: UInt64, feedSequence: UInt64, type: EventType, timestamp: Timestamp, receivedAt: Timestamp
    ) {
        self.sequence = sequence
        self.feedSequence = feedSequence
        self.type = type
        self.timestamp = timestamp
        self.receivedAt = receivedAt
    }

    /// The stamp of `event`.
    public init(_ event: borrowing MarketEvent) {
        self.init(
            sequence: event.sequence, feedSequence: event.feedSequence, type: event.payload.type,
            timestamp: event.timestamp, receivedAt: event.receivedAt)
    }
}

/// What a signal was made of: enough to compute it again.
public struct SignalOrigin: Hashable, Sendable, BitwiseCopyable {
    /// The market event that led to it.
    public var trigger: EventStamp
    /// Best bid and ask after that event, with the sizes that weighed the newest sample.
    public var quote: Tick
    /// The samples the means are of.
    public var samples: PriceWindow
    /// Samples taken since the last reset, those left out of the window included.
    public var sampleCount: Int
    /// Tick size of the instrument.
    public var tickSize: Price
    /// What the differences of the features were measured against.
    public var threshold: Price
    /// Version of the strategy's rules.
    public var strategyVersion: UInt32
    /// What the strategy said, with its features.
    public var signal: Signal
    /// Sequence number of the signal.
    public var signalSequence: UInt64

    /// What `signal` was made of.
    public init(
        trigger: EventStamp, quote: Tick, samples: PriceWindow, sampleCount: Int, tickSize: Price,
        threshold: Price, strategyVersion: UInt32, signal: Signal, signalSequence: UInt64
    ) {
        self.trigger = trigger
        self.quote = quote
        self.samples = samples
        self.sampleCount = sampleCount
        self.tickSize = tickSize
        self.threshold = threshold
        self.strategyVersion = strategyVersion
        self.signal = signal
        self.signalSequence = signalSequence
    }
}

/// How a signal was turned into a quantity: `change = target − (position + leaves)`.
public struct Sizing: Hashable, Sendable, BitwiseCopyable {
    /// What came of it.
    public enum Outcome: UInt8, Sendable, BitwiseCopyable, CaseIterable {
        /// An order for the change.
        case order
        /// Position and working orders lead to the target already.
        case targetReached
        /// The signal is flat, and the settings hold a position until the opposite signal.
        case flatHolds
        /// The instrument's data is missing.
        case unknownInstrument

        /// snake_case name.
        public var name: StaticString {
            switch self {
            case .order: "order"
            case .targetReached: "target_reached"
            case .flatHolds: "flat_holds"
            case .unknownInstrument: "unknown_instrument"
            }
        }
    }

    /// Signed position the signal asks for.
    public var target: Quantity
    /// Signed position held.
    public var position: Quantity
    /// Signed quantity of what still works.
    public var leaves: Quantity
    /// What came of it.
    public var outcome: Outcome

    /// A sizing.
    public init(target: Quantity, position: Quantity, leaves: Quantity, outcome: Outcome) {
        self.target = target
        self.position = position
        self.leaves = leaves
        self.outcome = outcome
    }

    /// Signed quantity that is missing to the target.
    public var change: Quantity { target - (position + leaves) }
}

/// What led to an order request of a strategy.
public struct OrderOrigin: Hashable, Sendable, BitwiseCopyable {
    /// The signal and what it was made of.
    public var signal: SignalOrigin
    /// How it became a quantity.
    public var sizing: Sizing

    /// The way from a signal to a request.
    public init(signal: SignalOrigin, sizing: Sizing) {
        self.signal = signal
        self.sizing = sizing
    }
}

/// A request on its way to risk, with what led to it.
public struct OrderProposal: Hashable, Sendable, BitwiseCopyable {
    /// The request.
    public var request: OrderRequest
    /// What led to it; `nil` for an order by hand.
    public var origin: OrderOrigin?

    /// A request with its origin.
    public init(_ request: OrderRequest, origin: OrderOrigin? = nil) {
        self.request = request
        self.origin = origin
    }
}

/// The quote an order is judged by, and the event that told it.
public struct ReferenceQuote: Hashable, Sendable, BitwiseCopyable {
    /// Best bid and ask.
    public var quote: Tick
    /// Sequence number of the event that told it; 0 where that is not known.
    public var sequence: UInt64
    /// When the daemon had that event.
    public var receivedAt: Timestamp

    /// A quote of an event.
    public init(_ quote: Tick, sequence: UInt64 = 0, receivedAt: Timestamp = .zero) {
        self.quote = quote
        self.sequence = sequence
        self.receivedAt = receivedAt
    }

    /// Middle of a quote that is neither crossed nor locked, towards zero to 1e-9; `nil` otherwise.
    @inlinable
    public var price: Price? {
        guard quote.bid > .zero, quote.ask > quote.bid else { return nil }
        // The same as half of their sum, which may not fit.
        return Price(rawValue: quote.bid.rawValue + (quote.ask.rawValue - quote.bid.rawValue) / 2)
    }
}

/// A print that stood in for a quote that was missing, too old or too wide to judge an order by.
public struct ReferenceTrade: Hashable, Sendable, BitwiseCopyable {
    /// What it was done at.
    public var price: Price
    /// When the daemon had it.
    public var receivedAt: Timestamp

    /// A print.
    public init(_ price: Price, receivedAt: Timestamp) {
        self.price = price
        self.receivedAt = receivedAt
    }
}

/// At most ten prices, the newest last.
public struct PriceWindow: Sendable, BitwiseCopyable, RandomAccessCollection {
    /// Prices kept.
    public static let capacity = 10

    private var values: InlineArray<10, Int64> = InlineArray(repeating: 0)
    private var used: UInt8 = 0

    /// No prices.
    public init() {}

    /// Adds a newer price.
    ///
    /// - Precondition: there is room.
    public mutating func append(_ price: Price) {
        precondition(used < Self.capacity, "a window of ten prices is full")
        values[Int(used)] = price.rawValue
        used += 1
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// Number of prices.
    public var endIndex: Int { Int(used) }

    /// The price at a place, the oldest at 0.
    public subscript(index: Int) -> Price {
        precondition(index >= 0 && index < used, "no such price")
        return Price(rawValue: values[index])
    }
}

extension PriceWindow: Hashable {
    /// Whether both hold the same prices.
    public static func == (left: PriceWindow, right: PriceWindow) -> Bool { left.elementsEqual(right) }

    /// Hashes the prices.
    public func hash(into hasher: inout Hasher) {
        for price in self { hasher.combine(price) }
    }
}
