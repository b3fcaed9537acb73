/// A value for each instrument, by dense index; grows as instruments appear.
public struct InstrumentTable<Value: Sendable>: Sendable {
    @usableFromInline var values: ContiguousArray<Value> = []
    @usableFromInline let defaultValue: Value

    /// A table in which every instrument has `value`.
    @inlinable
    public init(default value: Value) { defaultValue = value }

    /// The value of an instrument.
    @inlinable
    public subscript(symbol: SymbolID) -> Value {
        @inline(__always)
        get { symbol.index < values.count ? values[symbol.index] : defaultValue }
        @inline(__always)
        _modify {
            if values.count <= symbol.index { grow(to: symbol) }
            yield &values[symbol.index]
        }
    }

    /// Instruments appear once: kept out of the way of those that are known.
    @inlinable
    @inline(never)
    mutating func grow(to symbol: SymbolID) {
        while values.count <= symbol.index { values.append(defaultValue) }
    }

    /// Instruments with a slot of their own, sorted by name, with their values.
    public var byName: [(symbol: SymbolID, value: Value)] {
        values.indices.dropFirst()
            .map { (SymbolID(rawValue: UInt32($0)), values[$0]) }
            .sorted { $0.0.name < $1.0.name }
    }
}
