import TradingModel

/// How many streams the gateway bears: what the options say, or less where it has said so itself.
struct StreamBudget: Sendable {
    /// For how long the gateway's word counts, ns: then the options are tried again, which costs one refusal.
    static let memory: UInt64 = 300_000_000_000

    private let limits: [Int]
    private var learned: [(limit: Int, until: UInt64)?] = [nil, nil, nil]

    /// The limits of the options.
    init(_ options: ClientOptions) {
        limits = [options.tickByTickStreams, options.depthInstruments, options.marketDataLines].map {
            max(0, $0)
        }
    }

    /// How many at a time.
    func limit(_ resource: StreamResource) -> Int {
        min(limits[resource.rawValue], learned[resource.rawValue]?.limit ?? .max)
    }

    /// The gateway bore so many and refused one more.
    mutating func learn(_ resource: StreamResource, limit: Int, now: UInt64) {
        learned[resource.rawValue] = (min(limit, self.limit(resource)), now &+ Self.memory)
    }

    /// A new session: the options count again.
    mutating func forget() { learned = [nil, nil, nil] }

    /// Forgets what was learned too long ago.
    mutating func forgetOld(_ now: UInt64) {
        for index in learned.indices {
            if let entry = learned[index], entry.until <= now { learned[index] = nil }
        }
    }

    /// When there is something to forget next.
    var nextChange: UInt64? { learned.compactMap(\.?.until).min() }

    /// A walk over streams in the order in which they get lines.
    struct Allotment {
        private var left: [Int]
        private var instruments: Set<SymbolID> = []

        /// With everything left.
        init(_ budget: StreamBudget) { left = StreamResource.allCases.map(budget.limit) }

        /// Whether the next stream gets what it takes.
        mutating func grants(_ request: StreamRequest) -> Bool {
            let resource = request.kind.resource
            if resource == .depth, instruments.contains(request.symbol) { return true }
            guard left[resource.rawValue] > 0 else { return false }
            left[resource.rawValue] -= 1
            if resource == .depth { instruments.insert(request.symbol) }
            return true
        }
    }
}
