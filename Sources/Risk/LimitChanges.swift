import TradingModel

/// A change of one limit, as an event tells it: `risk.max_size = 5`, `risk.symbols.XAUUSD.max_size = 5`,
/// `risk.max_exposure = 200000 until 2026-01-05T15:00:00Z`; with `tightening` at the end it holds only if it loosens nothing.
public struct LimitAssignment: Sendable, Hashable {
    /// Which limit.
    public let key: LimitKey
    /// Whose.
    public let scope: KillScope
    /// What it is now; positive.
    public let value: RiskCheck.Value
    /// When it is as it was again; `nil` when the session ends.
    public let until: Timestamp?
    /// Whether one person alone has asked for it, who may not loosen: it holds only if it loosens nothing when its turn comes.
    public var mustTighten = false

    /// A change.
    public init(_ key: LimitKey, _ scope: KillScope = .all, value: RiskCheck.Value, until: Timestamp? = nil) {
        self.key = key
        self.scope = scope
        self.value = value
        self.until = until
    }

    /// Reads the text of a change; `nil` for what is none.
    public init?(text: String) {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        let mustTighten = words.count > 3 && words.last == Self.condition
        if mustTighten { words.removeLast() }
        guard words.count == 3 || (words.count == 5 && words[3] == "until"), words[1] == "=",
            let (key, scope) = Self.limit(named: words[0]), let value = key.value(of: words[2])
        else { return nil }
        var until: Timestamp?
        if words.count == 5 {
            guard let time = Timestamp(rfc3339: words[4]) else { return nil }
            until = time
        }
        self.init(key, scope, value: value, until: until)
        self.mustTighten = mustTighten
    }

    private static let condition: Substring = "tightening"

    /// The limit that a setting's key names, e.g. `risk.max_size`, `risk.strategies.NAME.max_size`; `nil` for none, and for
    /// one of somebody that nobody has named before.
    public static func limit(named text: some StringProtocol) -> (key: LimitKey, scope: KillScope)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "risk", let last = parts.last,
            let key = LimitKey(rawValue: String(last))
        else { return nil }
        guard parts.count > 2 else { return (key, .all) }
        // A name may have dots of its own.
        guard parts.count >= 4 else { return nil }
        let name = parts[2..<(parts.count - 1)].joined(separator: ".")
        switch parts[1] {
        case "symbols":
            guard key.isOfSymbols, let symbol = SymbolID.known(name) else { return nil }
            return (key, .symbol(symbol))
        case "strategies":
            guard key.isOfStrategies, let strategy = StrategyID.known(name) else { return nil }
            return (key, .strategy(strategy))
        default: return nil
        }
    }

    /// The setting's key.
    public var name: String {
        switch scope {
        case .all: "risk.\(key.rawValue)"
        case .symbol(let symbol): "risk.symbols.\(symbol.name).\(key.rawValue)"
        case .strategy(let strategy): "risk.strategies.\(strategy.name).\(key.rawValue)"
        }
    }

    /// The text that reads back as this.
    public var text: String {
        "\(name) = \(value.text)" + (until.map { " until \($0)" } ?? "")
            + (mustTighten ? " \(Self.condition)" : "")
    }
}

extension RiskCheck.Value {
    /// The value in words.
    public var text: String {
        switch self {
        case .flag(let flag): flag ? "on" : "off"
        case .count(let count): "\(count)"
        case .quantity(let quantity): "\(quantity)"
        case .price(let price): "\(price)"
        case .money(let money): "\(money)"
        case .missing: "missing"
        }
    }

    /// For comparing values of one limit.
    fileprivate var size: Int128 {
        switch self {
        case .flag(let flag): flag ? 1 : 0
        case .count(let count): Int128(count)
        case .quantity(let quantity): Int128(quantity.rawValue)
        case .price(let price): Int128(price.rawValue)
        case .money(let money): money.rawValue
        case .missing: 0
        }
    }
}

/// What operators have changed since the session began; a restart returns to the files.
public struct LimitChanges: Sendable {
    /// A change that holds.
    public struct Change: Sendable, Hashable {
        /// What.
        public let assignment: LimitAssignment
        /// By whom, e.g. `uid:1000`.
        public let actor: String
        /// When.
        public let time: Timestamp
    }

    /// What the settings say.
    let base: RiskLimits
    /// The changes that hold, the oldest first; one a limit for good, and one for a while.
    public private(set) var holding: [Change] = []
    private var nextExpiry = Timestamp(nanoseconds: .max)

    /// Nothing is changed yet.
    public init(base: RiskLimits) { self.base = base }

    /// The newest change of a limit that holds.
    public func newest(_ key: LimitKey, _ scope: KillScope) -> Change? {
        holding.last { $0.assignment.key == key && $0.assignment.scope == scope }
    }

    /// Whether a change allows more than would be allowed without it, at any moment from `now` on.
    ///
    /// What is for a while ends by itself: one that is no looser at first may be so later, as where it makes an override
    /// permanent or takes the place of a stricter one that holds longer. So every stretch between two ends is compared.
    public func isLoosening(_ assignment: LimitAssignment, at now: Timestamp) -> Bool {
        var without = self
        without.drop(until: now)
        var with = without
        _ = with.make(assignment, by: "", at: now)
        let ends = (without.holding + with.holding).compactMap { $0.assignment.until }
        for moment in [now] + ends where moment >= now {
            guard let before = without.value(of: assignment, at: moment) else { continue }
            // Without a limit everything passes.
            guard let after = with.value(of: assignment, at: moment), after.size <= before.size
            else { return true }
        }
        return false
    }

    /// A limit at a moment to come, if nothing else is changed; what is for a while goes before what is for good.
    private func value(of limit: LimitAssignment, at moment: Timestamp) -> RiskCheck.Value? {
        let own = holding.map(\.assignment).filter { $0.key == limit.key && $0.scope == limit.scope }
        let passing = own.last { $0.until.map { $0 > moment } ?? false }
        return (passing ?? own.last { $0.until == nil })?.value ?? base[limit.key, limit.scope]
    }

    /// Adds a change: one for good ends one that was for a while.
    mutating func make(_ assignment: LimitAssignment, by actor: String, at time: Timestamp) -> RiskLimits {
        holding.removeAll { old in
            old.assignment.key == assignment.key && old.assignment.scope == assignment.scope
                && (assignment.until == nil || old.assignment.until != nil)
        }
        holding.append(Change(assignment: assignment, actor: actor, time: time))
        return effective()
    }

    /// Takes back what was for a while and is over.
    ///
    /// - Returns: the limits from now on; `nil` where nothing changes.
    mutating func expire(at now: Timestamp) -> RiskLimits? {
        guard now >= nextExpiry else { return nil }
        drop(until: now)
        return effective()
    }

    private mutating func drop(until now: Timestamp) {
        holding.removeAll { change in change.assignment.until.map { $0 <= now } ?? false }
    }

    private mutating func effective() -> RiskLimits {
        var limits = base
        for change in holding where change.assignment.until == nil {
            limits[change.assignment.key, change.assignment.scope] = change.assignment.value
        }
        nextExpiry = Timestamp(nanoseconds: .max)
        for change in holding {
            guard let until = change.assignment.until else { continue }
            nextExpiry = min(nextExpiry, until)
            limits[change.assignment.key, change.assignment.scope] = change.assignment.value
        }
        return limits
    }
}
