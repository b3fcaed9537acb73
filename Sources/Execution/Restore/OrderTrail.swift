import Audit
import ExactJSON
import Risk
import TradingModel

/// Orders as the lines of an audit trail tell them: what each was, what of it was booked, and whether it was over.
///
/// Lines come in the order of the log. Of what is over the newest `kept` are remembered: their executions may be missing,
/// where a process died between the broker's report and the line.
public struct OrderTrail: Sendable {
    /// Orders that are over and remembered.
    private let kept: Int
    private var orders: [ClientOrderID: RestoredOrder] = [:]
    /// Intents of which no other line is known yet, as they were written.
    private var intents: [ClientOrderID: (time: Timestamp, data: [UInt8])] = [:]
    /// Those that are over, oldest first from `oldest` on.
    private var ended: ContiguousArray<ClientOrderID> = []
    private var oldest = 0
    /// The prices of the exits of entries, by entry.
    private var exits: [ClientOrderID: (takeProfit: Price?, stopLoss: Price?)] = [:]
    /// Entries of which somebody wanted no more exits while something was open.
    private var givenUp: Set<ClientOrderID> = []
    /// Entries whose exits have ended with their session, which a later one has said.
    private(set) var saidUnprotected: Set<ClientOrderID> = []
    /// Lines about orders that cannot be understood.
    public private(set) var misunderstood = 0

    /// Nothing is known.
    public init(kept: Int = 4_096) { self.kept = kept }

    /// Those that were approved and are not over, by id.
    public var open: [RestoredOrder] {
        let answered = orders.values.filter { $0.end == nil }
        let unsent = intents.keys.compactMap { order($0) }
        return (answered + unsent).map(withExits).sorted { $0.id < $1.id }
    }

    /// Those that are over and remembered, by id.
    public var finished: [RestoredOrder] {
        orders.values.filter { $0.end != nil }.map(withExits).sorted { $0.id < $1.id }
    }

    private func withExits(_ order: RestoredOrder) -> RestoredOrder {
        guard let exits = exits[order.id] else { return order }
        var order = order
        (order.takeProfit, order.stopLoss) = exits
        order.areExitsGivenUp = givenUp.contains(order.id)
        return order
    }

    /// An order by hand that exits follow: told before its intent.
    private mutating func noteExits(_ data: [UInt8]) {
        guard let told = RestoredOrder.exits(requested: data) else { return }
        exits[told.id] = (told.takeProfit, told.stopLoss)
    }

    /// Folds a line; those of other types tell nothing.
    public mutating func fold(_ type: AuditLineType?, at time: Timestamp, _ data: [UInt8]) {
        switch type {
        case .orderRequest: noteExits(data)
        case .orderCancelRequest:
            guard !exits.isEmpty, let wish = CancelWish(line: data) else { return }
            giveUp { wish.contains($0) }
        case .killSwitchEngage:
            guard !exits.isEmpty, let latch = KillLatch.told(by: data), latch.level >= .halt else { return }
            giveUp { latch.scope.contains($0.strategy, $0.symbol) }
        case .sessionStart: saidUnprotected.formUnion(unprotected.map(\.id))
        case .orderIntent:
            guard let id = Self.leadingID(data) else { return misunderstood += 1 }
            intents[id] = (time, data)
        case .orderSend, .orderAck, .orderFill, .orderCancel, .orderReject, .orderCancelSend,
            .orderRestore, .orderReplace, .orderReplaceReject, .orderExpire, .orderCommission:
            guard let json = try? JSONParser.parse(data),
                let id = json["cid"]?.stringValue.flatMap({ ClientOrderID($0) })
            else { return misunderstood += 1 }
            if type == .orderRestore { return restore(id, json) }
            // Of an order whose beginning is out of reach nothing can be told.
            guard var order = order(id) else { return }
            if !order.fold(type, json) { misunderstood += 1 }
            keep(order)
        default: return
        }
    }

    private func order(_ id: ClientOrderID) -> RestoredOrder? {
        orders[id] ?? intents[id].flatMap { RestoredOrder(intent: $0.data, at: $0.time) }
    }

    private mutating func keep(_ order: RestoredOrder) {
        let wasOver = orders[order.id]?.end != nil
        orders[order.id] = order
        intents[order.id] = nil
        // Those of brackets are few, and stay: what may still follow depends on all of them.
        guard order.end != nil, !wasOver, order.request.bracket == nil, exits[order.id] == nil else { return }
        if ended.count < kept {
            ended.append(order.id)
        } else if kept > 0 {
            orders[ended[oldest]] = nil
            ended[oldest] = order.id
            oldest = (oldest + 1) % kept
        }
    }

    /// What an earlier restoration has told, for a trail whose beginning is out of reach.
    private mutating func restore(_ id: ClientOrderID, _ json: JSONValue) {
        guard orders[id] == nil, intents[id] == nil else { return }
        guard let order = json["restored"].flatMap({ RestoredOrder($0) }), order.id == id else {
            return misunderstood += 1
        }
        if order.takeProfit != nil || order.stopLoss != nil {
            exits[id] = (order.takeProfit, order.stopLoss)
        }
        if order.areExitsGivenUp { givenUp.insert(id) }
        keep(order)
    }

    /// What was not sent of the exits of those that have something open is not wanted any more.
    private mutating func giveUp(where isMeant: (OrderRequest) -> Bool) {
        let known = open + finished
        for entry in known where entry.isBracketEntry && isMeant(entry.request) {
            if left(of: entry, among: known) > .zero { givenUp.insert(entry.id) }
        }
    }

    /// The id that the data of an intent begin with, without reading all of them.
    private static func leadingID(_ data: [UInt8]) -> ClientOrderID? {
        let lead = Array(#"{"cid":""#.utf8)
        guard data.starts(with: lead), let end = data.dropFirst(lead.count).firstIndex(of: 0x22) else {
            return nil
        }
        return ClientOrderID(String(decoding: data[lead.count..<end], as: UTF8.self))
    }
}
