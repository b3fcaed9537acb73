import TradingModel

/// A kill that holds until it is released: how far, for whom, by whom, why and since when.
public struct KillLatch: Sendable, Hashable {
    /// How far it goes.
    public var level: KillLevel
    /// Whom it concerns.
    public var scope: KillScope
    /// Who set it, e.g. `uid:1000`, `trip:day_loss`.
    public var actor: String
    /// Why, in the actor's words; may be empty.
    public var reason: String
    /// Since when.
    public var since: Timestamp

    /// A latch.
    public init(
        _ level: KillLevel, _ scope: KillScope = .all, actor: String, reason: String = "", since: Timestamp
    ) {
        self.level = level
        self.scope = scope
        self.actor = actor
        self.reason = reason
        self.since = since
    }
}

extension KillLatch {
    /// The latch that a notice of an engagement tells of.
    public init(_ notice: SystemNotice, at time: Timestamp = .zero) {
        self.init(
            notice.level ?? .halt, notice.scope, actor: notice.actor, reason: notice.reason, since: time)
    }
}

/// The kills that hold, one a scope: a pure value, the same for the switch and for who folds its events.
public struct KillLatches: Sendable, Hashable {
    /// For every order first, then by the text of the scope.
    public private(set) var latches: ContiguousArray<KillLatch> = []

    /// Nothing holds.
    public init() {}

    /// Whether nothing holds.
    public var isEmpty: Bool { latches.isEmpty }

    /// The kill of every order; `nil` where there is none.
    public var forAll: KillLatch? { latch(.all) }

    /// The kill of just that scope.
    public func latch(_ scope: KillScope) -> KillLatch? { latches.first { $0.scope == scope } }

    /// The strictest level that an order meets; `nil` where none holds.
    public func level(_ strategy: StrategyID, _ symbol: SymbolID) -> KillLevel? {
        guard !latches.isEmpty else { return nil }
        var strictest: KillLevel?
        for index in latches.indices where latches[index].scope.contains(strategy, symbol) {
            strictest = max(strictest ?? .reduce, latches[index].level)
        }
        return strictest
    }

    /// Sets a latch, or raises the one of its scope: a level that is no stricter changes nothing, so that the first actor and
    /// reason stay.
    ///
    /// - Returns: whether it changed anything.
    @discardableResult
    public mutating func engage(_ latch: KillLatch) -> Bool {
        if let place = latches.firstIndex(where: { $0.scope == latch.scope }) {
            guard latches[place].level < latch.level else { return false }
            latches[place] = latch
            return true
        }
        let key = Self.key(latch.scope)
        let place = latches.firstIndex { key < Self.key($0.scope) } ?? latches.endIndex
        latches.insert(latch, at: place)
        return true
    }

    /// Lowers the latch of a scope, or takes it away.
    ///
    /// - Parameter level: what is left; `nil` for nothing. One that is not lower changes nothing.
    /// - Returns: whether it changed anything.
    @discardableResult
    public mutating func release(_ scope: KillScope, to level: KillLevel? = nil) -> Bool {
        guard let place = latches.firstIndex(where: { $0.scope == scope }) else { return false }
        guard let level else {
            latches.remove(at: place)
            return true
        }
        guard level < latches[place].level else { return false }
        latches[place].level = level
        return true
    }

    /// `all` sorts before every other text.
    private static func key(_ scope: KillScope) -> String { scope == .all ? "" : scope.text }
}
