import TradingModel

/// Names to numbers straight from bytes: the last name by one compare, others by hash, new ones once as `String`.
struct SymbolReader {
    private struct Entry {
        var symbol: SymbolID
        var start: Int
        var count: Int
    }

    private static let longest = 64

    private var entries: ContiguousArray<Entry> = []
    private var names: [UInt8] = []
    /// Open addressing: index into `entries` plus 1; a power of two, at most half full.
    private var slots = [UInt32](repeating: 0, count: 64)
    private var last = SymbolID.none
    /// The name of `last`; empty where that is too long to be compared at once.
    private var lastName = ByteLiteral()

    /// Reads the name at `position`, up to a comma, a quote or the end of the line, and moves behind it.
    ///
    /// - Returns: `nil` for an unusable name and for one that needs more than bytes to judge (escapes).
    @inline(__always)
    mutating func read(_ bytes: Span<UInt8>, at position: inout Int) -> SymbolID? {
        if lastName.count > 0, lastName.matches(bytes, at: position),
            Self.ends(bytes[position + lastName.count])
        {
            position += lastName.count
            return last
        }
        return find(bytes, at: &position)
    }

    @inline(__always)
    private static func ends(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }

    private mutating func find(_ bytes: Span<UInt8>, at position: inout Int) -> SymbolID? {
        let start = position
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        while !Self.ends(bytes[position]) {
            let byte = bytes[position]
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\\"), position - start < Self.longest
            else { return nil }
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            position += 1
        }
        guard position > start else { return nil }
        let name = bytes.extracting(start..<position)
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if matches(entry, name) { return remember(entry, name) }
            slot = (slot + 1) & (slots.count - 1)
        }
        // What ends with the line may have been cut off by the end of what has been read: no new name then.
        let isWhole = bytes[position] == UInt8(ascii: ",") || bytes[position] == UInt8(ascii: "\"")
        return add(name, isWhole: isWhole)
    }

    private func matches(_ entry: Entry, _ name: Span<UInt8>) -> Bool {
        guard entry.count == name.count else { return false }
        for index in 0..<name.count where names[entry.start + index] != name[index] { return false }
        return true
    }

    private mutating func remember(_ entry: Entry, _ name: Span<UInt8>) -> SymbolID {
        last = entry.symbol
        lastName = name.count <= ByteLiteral.longest ? ByteLiteral(name) : ByteLiteral()
        return entry.symbol
    }

    private mutating func add(_ name: Span<UInt8>, isWhole: Bool) -> SymbolID? {
        // Nothing is changed before the name is known to be good: this reader may be a copy, whose arrays are copied then.
        let text = name.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        guard let symbol = isWhole ? SymbolID(text) : SymbolID.known(text) else { return nil }
        let entry = Entry(symbol: symbol, start: names.count, count: name.count)
        for index in 0..<name.count { names.append(name[index]) }
        entries.append(entry)
        if entries.count * 2 > slots.count {
            rehash()
        } else {
            place(entries.count - 1)
        }
        return remember(entries[entries.count - 1], name)
    }

    private mutating func rehash() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for index in entries.indices { place(index) }
    }

    /// Puts an entry into the first free slot from its own on.
    private mutating func place(_ index: Int) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for offset in 0..<entries[index].count {
            hash = (hash ^ UInt64(names[entries[index].start + offset])) &* 0x100_0000_01B3
        }
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(index + 1)
    }
}
