/// A subscription to market data.
protocol MarketSubscription: Sendable {
    var session: SessionID { get }
    var request: Int32 { get }
    /// Position of the instrument.
    var instrument: Int { get }
}

extension LineSubscription: MarketSubscription {}
extension DepthSubscription: MarketSubscription {}
extension TickSubscription: MarketSubscription {}

/// Subscriptions of a kind, in the order of their coming; whether there is one, and how many, is known without a search.
struct SubscriptionList<Element: MarketSubscription>: RandomAccessCollection, MutableCollection, Sendable {
    private struct Key: Hashable, Sendable {
        let session: SessionID
        let request: Int32
    }

    private var elements: [Element] = []
    private var keys: Set<Key> = []
    private var ofSession: [SessionID: Int] = [:]
    private var ofInstrument: [Int: Int] = [:]

    var startIndex: Int { elements.startIndex }
    var endIndex: Int { elements.endIndex }

    /// Whose it is, its number and its instrument stay the same.
    subscript(index: Int) -> Element {
        _read { yield elements[index] }
        _modify { yield &elements[index] }
    }

    /// Whether a session uses a number for one.
    func contains(_ request: Int32, _ session: SessionID) -> Bool {
        keys.contains(Key(session: session, request: request))
    }

    /// How many a session has.
    func count(of session: SessionID) -> Int { ofSession[session] ?? 0 }

    /// How many instruments there are subscriptions of, other than one.
    func instruments(besides instrument: Int) -> Int {
        ofInstrument.count - (ofInstrument[instrument] == nil ? 0 : 1)
    }

    mutating func append(_ element: Element) {
        elements.append(element)
        keys.insert(Key(session: element.session, request: element.request))
        ofSession[element.session, default: 0] += 1
        ofInstrument[element.instrument, default: 0] += 1
    }

    mutating func remove(at index: Int) { forget(elements.remove(at: index)) }

    mutating func removeAll(where isGone: (Element) -> Bool) {
        for element in elements where isGone(element) { forget(element) }
        elements.removeAll(where: isGone)
    }

    mutating func removeAll() { self = Self() }

    private mutating func forget(_ element: Element) {
        keys.remove(Key(session: element.session, request: element.request))
        Self.lower(&ofSession, element.session)
        Self.lower(&ofInstrument, element.instrument)
    }

    private static func lower<Name: Hashable>(_ counts: inout [Name: Int], _ name: Name) {
        guard let count = counts[name] else { return }
        counts[name] = count > 1 ? count - 1 : nil
    }
}
