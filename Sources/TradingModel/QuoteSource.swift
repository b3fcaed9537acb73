/// Who knows the newest best bid and ask of instruments: the order-flow stage, or a test.
public protocol QuoteSource {
    /// The newest best bid and ask of an instrument; `nil` where there is none.
    func top(_ symbol: SymbolID) -> Tick?
}
