/// Who knows the newest best bid and ask of instruments: the order-flow stage, or a test.
public protocol QuoteSource {
    /// The newest best bid and ask of an instrument; `nil` where there is none.
    func top(_ symbol: SymbolID) -> Tick?

    /// The same, with the event that told it.
    func reference(_ symbol: SymbolID) -> ReferenceQuote?

    /// Whether the stream that the quotes of an instrument come from may be traded on.
    func isTradable(_ symbol: SymbolID) -> Bool

    /// Whether the quote of an instrument changes by its own market data and by `feed_status` alone: who sees every event
    /// then knows every change.
    var changesByEventsAlone: Bool { get }
}

extension QuoteSource {
    /// The newest quote, of an event that is not known.
    public func reference(_ symbol: SymbolID) -> ReferenceQuote? { top(symbol).map { ReferenceQuote($0) } }

    /// Nothing is known against it.
    public func isTradable(_ symbol: SymbolID) -> Bool { true }

    /// Nobody says so.
    public var changesByEventsAlone: Bool { false }
}
