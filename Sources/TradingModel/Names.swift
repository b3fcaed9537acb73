import Platform
import Synchronization

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

    /// The number of a name that is already known.
    public static func known(_ name: String) -> StrategyID? {
        names.find(name).map(StrategyID.init(rawValue:))
    }

    /// The name; empty for `manual`.
    public var name: String { Self.names.name(rawValue) }
}

/// Names to dense numbers from 1 and back; bounded; safe from any thread.
///
/// A name is read without a lock, several times for each line of the audit trail.
private final class Names: Sendable {
    private let numbers = Locked<[String: UInt32]>([:])
    private let names: NameList
    private let longest: Int

    init(limit: Int, longest: Int) {
        names = NameList(capacity: limit + 1)
        names.append("")
        self.longest = longest
    }

    func intern(_ name: String) -> UInt32? {
        guard !name.isEmpty, name.utf8.count <= longest, name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        return numbers.withLock { numbers in
            if let number = numbers[name] { return number }
            guard let number = names.append(name) else { return nil }
            numbers[name] = number
            return number
        }
    }

    func find(_ name: String) -> UInt32? { numbers.withLock { $0[name] } }

    func name(_ number: UInt32) -> String { names[number] }
}

/// A list that only grows and never moves, so that it can be read while it grows.
///
/// `@unchecked Sendable` holds because an entry is written once, by one writer at a time, before `count` says that it is
/// there, and never again; readers look at entries below `count` alone. Room that is not used is never touched.
private final class NameList: @unchecked Sendable {
    private let entries: UnsafeMutablePointer<String>
    private let capacity: Int
    private let count = Atomic(0)

    init(capacity: Int) {
        entries = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit {
        entries.deinitialize(count: count.load(ordering: .acquiring))
        entries.deallocate()
    }

    /// Adds a name; by one caller at a time.
    ///
    /// - Returns: its place; `nil` when the list is full.
    @discardableResult
    func append(_ name: String) -> UInt32? {
        let place = count.load(ordering: .relaxed)
        guard place < capacity else { return nil }
        (entries + place).initialize(to: name)
        count.store(place + 1, ordering: .releasing)
        return UInt32(place)
    }

    /// The name at a place that `append` has given.
    subscript(place: UInt32) -> String {
        precondition(place < count.load(ordering: .acquiring), "no such name")
        return entries[Int(place)]
    }
}
