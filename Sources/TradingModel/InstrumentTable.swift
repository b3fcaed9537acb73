/// A value for each instrument, by dense index; grows as instruments appear.
public struct InstrumentTable<Value: Sendable>: Sendable {
    private var values: ContiguousArray<Value> = []
    private let defaultValue: Value

    /// A table in which every instrument has `value`.
    public init(default value: Value) { defaultValue = value }

    /// The value of an instrument.
    public subscript(symbol: SymbolID) -> Value {
        get { symbol.index < values.count ? values[symbol.index] : defaultValue }
        _modify {
            while values.count <= symbol.index { values.append(defaultValue) }
            yield &values[symbol.index]
        }
    }

    /// Instruments with a slot of their own, sorted by name, with their values.
    public var byName: [(symbol: SymbolID, value: Value)] {
        values.indices.dropFirst()
            .map { (SymbolID(rawValue: UInt32($0)), values[$0]) }
            .sorted { $0.0.name < $1.0.name }
    }
}
