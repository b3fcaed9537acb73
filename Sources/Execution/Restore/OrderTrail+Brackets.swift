import ExactJSON
import Risk
import TradingModel

/// Brackets, made of the orders that belong to them.
extension OrderTrail {
    /// Orders that are over and belong to a bracket of which something may still follow, by id.
    public var finishedOfBrackets: [RestoredOrder] {
        let known = open + finished
        return known.filter { order in
            guard order.end != nil else { return false }
            guard let entry = order.request.bracket ?? (order.isBracketEntry ? order.id : nil) else {
                return false
            }
            return mayFollow(entry, known)
        }.sorted { $0.id < $1.id }
    }

    /// Exits that are not over and whose entry is out of reach, by id: nobody knows what they are for.
    public var orphans: [RestoredOrder] {
        let entries = Set((open + finished).filter(\.isBracketEntry).map(\.id))
        return open.filter { $0.request.bracket.map { !entries.contains($0) } ?? false }
    }

    /// Entries that have filled more than their exits, which the end of the newest session has cancelled, by id.
    public var unprotected: [RestoredOrder] {
        let known = open + finished
        return known.filter { entry in
            guard entry.isBracketEntry, !saidUnprotected.contains(entry.id) else { return false }
            let exits = known.filter { $0.request.bracket == entry.id }
            return left(of: entry, among: exits) > .zero && Self.haveEndedWithSession(exits)
        }.sorted { $0.id < $1.id }
    }

    private func mayFollow(_ id: ClientOrderID, _ known: [RestoredOrder]) -> Bool {
        guard let entry = known.first(where: { $0.id == id }) else { return false }
        let exits = known.filter { $0.request.bracket == id }
        guard entry.end != nil, exits.allSatisfy({ $0.end != nil }) else { return true }
        return left(of: entry, among: exits) > .zero && !entry.areExitsGivenUp
            && !Self.haveEndedWithSession(exits)
    }

    private static func haveEndedWithSession(_ exits: [RestoredOrder]) -> Bool {
        exits.allSatisfy { $0.end != nil }
            && exits.contains { $0.cancelReason == OrderEvent.sessionEndReason }
    }

    /// What an entry has filled and its exits have not taken out.
    func left(of entry: RestoredOrder, among known: [RestoredOrder]) -> Quantity {
        known.reduce(entry.filled) { $1.request.bracket == entry.id ? $0 - $1.filled : $0 }
    }
}

extension RestoredOrder {
    /// Whether exits follow its fills.
    var isBracketEntry: Bool { takeProfit != nil || stopLoss != nil }

    /// The prices of exits, and their entry, as the data of a line `order.request` tell them; `nil` for an order without.
    static func exits(
        requested data: [UInt8]
    ) -> (id: ClientOrderID, takeProfit: Price?, stopLoss: Price?)? {
        guard let json = try? JSONParser.parse(data),
            let id = json["cid"]?.stringValue.flatMap({ ClientOrderID($0) })
        else { return nil }
        let takeProfit = json["take_profit"]?.stringValue.flatMap { try? Price($0) }
        let stopLoss = json["stop_loss"]?.stringValue.flatMap { try? Price($0) }
        return takeProfit == nil && stopLoss == nil ? nil : (id, takeProfit, stopLoss)
    }
}

extension CancelWish {
    /// What the data of a line `order.cancel.request` ask for; `nil` where they cannot be understood.
    init?(line data: [UInt8]) {
        guard let json = try? JSONParser.parse(data) else { return nil }
        let members = ["order", "all", "symbol", "strategy"].compactMap { key in
            json[key]?.stringValue.map { "\(key)=\($0)" }
        }
        self.init(text: members.joined(separator: " "))
    }
}

extension KillLatch {
    /// How far and whom a line `killswitch.engage` concerns; `nil` where it cannot be understood.
    static func told(by data: [UInt8]) -> (scope: KillScope, level: KillLevel)? {
        guard let json = try? JSONParser.parse(data),
            let scope = json["scope"]?.stringValue.flatMap({ KillScope(text: $0) })
        else { return nil }
        return (scope, json["level"]?.stringValue.flatMap { KillLevel(name: $0) } ?? .halt)
    }
}
