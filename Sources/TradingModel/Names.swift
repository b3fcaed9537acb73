import Platform

/// An instrument, by number; its name is known only at the edges.
///
/// Numbers are given in the order in which names first appear in the process, so nothing that leaves the
/// process may depend on them.
public struct SymbolID: Hashable, Sendable, BitwiseCopyable {
    /// Dense index, from 1; 0 means "no instrument".
    public let rawValue: UInt32

    /// The number itself.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Events that concern no instrument.
    public static let none = SymbolID(rawValue: 0)

    /// Dense index for tables by symbol.
    @inlinable
    public var index: Int { Int(rawValue) }

    private static let names = Names(limit: 65_536, longest: 64)

    /// The number of `name`, given now if it is new.
    ///
    /// - Returns: `nil` for an empty name, one over 64 bytes or with control characters, and when 65,536 names
    ///   are in use.
    public init?(_ name: String) {
        guard let number = Self.names.intern(name) else { return nil }
        rawValue = number
    }

    /// The number of a name that is already known.
    public static func known(_ name: String) -> SymbolID? {
        names.find(name).map(SymbolID.init(rawValue:))
    }

    /// The name; empty for `none`.
    public var name: String { Self.names.name(rawValue) }
}

/// A strategy, by number; named like `SymbolID`.
public struct StrategyID: Hashable, Sendable, BitwiseCopyable {
    /// Dense index, from 1; 0 means an operator, not a strategy.
    public let rawValue: UInt32

    /// Orders that an operator sent by hand.
    public static let manual = StrategyID(rawValue: 0)

    private init(rawValue: UInt32) { self.rawValue = rawValue }

    private static let names = Names(limit: 1_024, longest: 64)

    /// The number of `name`, given now if it is new; `manual` for the empty name.
    public init(_ name: String) {
        rawValue = Self.names.intern(name) ?? 0
    }

    /// The name; empty for `manual`.
    public var name: String { Self.names.name(rawValue) }
}

/// Names to dense numbers from 1 and back; bounded; safe from any thread.
private final class Names: Sendable {
    private struct Table {
        var numbers: [String: UInt32] = [:]
        var names: [String] = [""]
    }

    private let table = Locked(Table())
    private let limit: Int
    private let longest: Int

    init(limit: Int, longest: Int) {
        self.limit = limit
        self.longest = longest
    }

    func intern(_ name: String) -> UInt32? {
        guard !name.isEmpty, name.utf8.count <= longest, name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        return table.withLock { table in
            if let number = table.numbers[name] { return number }
            guard table.names.count <= limit else { return nil }
            let number = UInt32(table.names.count)
            table.names.append(name)
            table.numbers[name] = number
            return number
        }
    }

    func find(_ name: String) -> UInt32? { table.withLock { $0.numbers[name] } }

    func name(_ number: UInt32) -> String { table.withLock { $0.names[Int(number)] } }
}
