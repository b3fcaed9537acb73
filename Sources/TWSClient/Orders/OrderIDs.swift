import Glibc
import Platform

/// Gives order ids that were never used, not by this process, not by one before that was killed.
///
/// A block of ids is marked as used on the disk before the first of it is given. What the gateway says only ever raises the
/// next one: after a restart it may go back to ids that it has forgotten.
///
/// Source: reference of the TWS socket protocol, "order lifecycle" and the fourth of the usual bugs.
final class OrderIDs: Sendable {
    /// Ids marked at a time.
    static let block: Int32 = 1_000
    /// Above all order ids: the requests' numbers begin here.
    static let ceiling: Int32 = 0x3000_0000

    private struct Range {
        /// The next one to give.
        var next: Int32
        /// All below may have been used, says the disk.
        var marked: Int32
    }

    private let range: Locked<Range>
    private let file: Locked<OrderIDMark>

    /// Reads the mark of `path`.
    ///
    /// - Throws: when the file cannot be read or is damaged (`EBADMSG`): ids would be used twice, so nobody may go on.
    init(path: String) throws(SystemError) {
        let mark = OrderIDMark(path: path)
        let next = try mark.read()
        range = Locked(Range(next: next, marked: next))
        file = Locked(mark)
    }

    /// What the gateway thinks is the next one.
    func gatewaySays(_ nextValidID: Int32) {
        range.withLock { $0.next = max($0.next, nextValidID) }
    }

    /// An order of ours with this id exists.
    func saw(_ orderID: Int32) {
        gatewaySays(orderID == .max ? orderID : orderID + 1)
    }

    /// An id of the marked block; `nil` when none is left. Never waits for the disk.
    func take() -> Int32? {
        range.withLock { range in
            guard range.next < range.marked else { return nil }
            defer { range.next += 1 }
            return range.next
        }
    }

    /// Whether less than half a block is at hand.
    var needsRefill: Bool {
        range.withLock { Int64($0.marked) - Int64($0.next) < Int64(Self.block / 2) }
    }

    /// Marks a further block when less than half a one is at hand: writes to the disk, from any thread but one that must not
    /// wait.
    ///
    /// - Throws: when the mark cannot be written; `EOVERFLOW` when all ids are used up. Nothing is given then but what was
    ///   marked before.
    func refill() throws(SystemError) {
        // Held while the disk works, so that marks are written in the order in which they rise; `take` is not behind it.
        try file.withLock { (file: inout OrderIDMark) throws(SystemError) in
            let range = self.range.withLock { $0 }
            guard Int64(range.marked) - Int64(range.next) < Int64(Self.block / 2) else { return }
            guard range.next < Self.ceiling else {
                throw SystemError(
                    "reserve order ids, which are used up for this client id", file.path, code: EOVERFLOW)
            }
            let marked = max(range.marked, min(range.next + Self.block, Self.ceiling))
            guard marked > range.marked else { return }
            try file.write(marked)
            self.range.withLock { $0.marked = marked }
        }
    }
}
