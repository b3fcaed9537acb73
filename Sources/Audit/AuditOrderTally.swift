/// The orders of a log, counted by how far they came; remembers the open ones and a few that ended last.
public struct AuditOrderTally: Equatable, Sendable {
    /// Decisions: orders asked for.
    public var intents: Int { accepted + denied }
    /// Orders that passed every control.
    public private(set) var accepted = 0
    /// Orders refused.
    public private(set) var denied = 0
    /// Orders that left.
    public private(set) var sent = 0
    /// Orders that ended: filled, cancelled or rejected.
    public private(set) var terminal = 0
    /// Lines about an order that was never accepted, or sent twice.
    public private(set) var unexplained = 0
    /// Accepted orders that have not ended.
    public var open: Int { working.count }

    /// Orders that ended this many orders ago or less may still have late reports.
    private static let remembered = 4_096
    private var working: [OrderKey: Bool] = [:]
    private var ended: Set<OrderKey> = []
    private var endedInOrder: [OrderKey] = []
    private var oldest = 0

    /// No orders.
    public init() {}

    /// Takes a line about an order.
    mutating func take(_ type: AuditLineType, _ data: Span<UInt8>) {
        guard type != .orderDeny else {
            denied += 1
            return
        }
        guard let place = CompactObject.value(of: "cid", in: data) else {
            unexplained += 1
            return
        }
        let key = OrderKey(data.extracting(place))
        switch type {
        case .orderIntent: accept(key)
        case .orderSend: send(key)
        case .orderFill:
            let isFilled =
                CompactObject.member("leaves", of: data, is: "\"0\"")
                || CompactObject.member("status", of: data, is: "\"filled\"")
            report(key, ends: isFilled)
        case .orderCancel, .orderReject, .orderExpire: report(key, ends: true)
        // To what had filled already.
        case .orderReplace: report(key, ends: CompactObject.member("status", of: data, is: "\"filled\""))
        default: report(key, ends: false)
        }
    }

    private mutating func accept(_ key: OrderKey) {
        accepted += 1
        // A new session starts its numbers again.
        ended.remove(key)
        if working.updateValue(false, forKey: key) != nil { unexplained += 1 }
    }

    private mutating func send(_ key: OrderKey) {
        sent += 1
        if working.updateValue(true, forKey: key) != false { unexplained += 1 }
    }

    private mutating func report(_ key: OrderKey, ends: Bool) {
        guard working[key] != nil else {
            // A fill may arrive after a cancel.
            if !ended.contains(key) { unexplained += 1 }
            return
        }
        guard ends else { return }
        terminal += 1
        working.removeValue(forKey: key)
        remember(key)
    }

    private mutating func remember(_ key: OrderKey) {
        ended.insert(key)
        guard endedInOrder.count == Self.remembered else { return endedInOrder.append(key) }
        ended.remove(endedInOrder[oldest])
        endedInOrder[oldest] = key
        oldest = (oldest + 1) % Self.remembered
    }
}

/// A client order id as written: up to 32 bytes as they are, longer ones by their hash.
private struct OrderKey: Hashable, Sendable {
    private var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
    private let length: Int

    init(_ text: Span<UInt8>) {
        length = text.count
        let hash = text.count > 32 ? IncrementalSHA256.hash(text) : nil
        for index in 0..<min(text.count, 32) {
            let byte = hash.map { $0[index] } ?? text[index]
            words[index >> 3] |= UInt64(byte) << UInt64(8 * (index & 7))
        }
    }

    static func == (left: OrderKey, right: OrderKey) -> Bool {
        left.words[0] == right.words[0] && left.words[1] == right.words[1] && left.words[2] == right.words[2]
            && left.words[3] == right.words[3] && left.length == right.length
    }

    func hash(into hasher: inout Hasher) {
        for index in 0..<4 { hasher.combine(words[index]) }
        hasher.combine(length)
    }
}
