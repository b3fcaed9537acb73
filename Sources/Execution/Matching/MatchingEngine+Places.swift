import TradingModel

extension MatchingEngine {
    /// Where an order stands.
    enum Place {
        case waiting(Int)
        case buys(Int)
        case sells(Int)
        case stops(Int)
    }

    /// Where an order stands; `nil` for one that is not alive.
    func place(of id: MatchingOrderID) -> Place? {
        switch standings[id] {
        case .waiting(let arrival): waiting.index(arrival: arrival).map(Place.waiting)
        case .buys(let limit, let arrival): buys.index(limit: limit, arrival: arrival).map(Place.buys)
        case .sells(let limit, let arrival): sells.index(limit: limit, arrival: arrival).map(Place.sells)
        case .stops(let arrival): stops.index(arrival: arrival).map(Place.stops)
        case nil: nil
        }
    }

    /// Puts an order at the end of its queue, or behind those of its price.
    mutating func stand(_ standing: MatchingEntry) {
        lastArrival += 1
        var entry = standing
        entry.arrival = lastArrival
        let place = OrderStanding(entry)
        standings[entry.order.id] = place
        switch place {
        case .waiting: waiting.append(entry)
        case .buys: buys.insert(entry)
        case .sells: sells.insert(entry)
        case .stops: stops.append(entry)
        }
    }

    /// Forgets where an order stood that has left its queue.
    mutating func forget(_ entry: MatchingEntry) { standings.removeValue(forKey: entry.order.id) }

    /// The order at a place.
    func entry(_ place: Place) -> MatchingEntry {
        switch place {
        case .waiting(let index): waiting[index]
        case .buys(let index): buys.entries[index]
        case .sells(let index): sells.entries[index]
        case .stops(let index): stops[index]
        }
    }

    /// Takes the order at a place out.
    mutating func remove(_ place: Place) -> MatchingEntry {
        let entry =
            switch place {
            case .waiting(let index): waiting.remove(at: index)
            case .buys(let index): buys.remove(at: index)
            case .sells(let index): sells.remove(at: index)
            case .stops(let index): stops.remove(at: index)
            }
        forget(entry)
        return entry
    }

    /// Gives the order at a place new terms that keep the place.
    mutating func amend(_ order: MatchingOrder, _ place: Place) {
        switch place {
        case .waiting(let index): waiting[index].order = order
        case .buys(let index): buys.amend(order, at: index)
        case .sells(let index): sells.amend(order, at: index)
        case .stops(let index): stops[index].order = order
        }
    }

    /// Replaces an order's terms; one that is gone, or terms that make no order, are rejected and change nothing.
    ///
    /// A lower quantity, and day or good-till-cancel, keep its place. Any other change makes it an order arriving now,
    /// which may trade at once. A quantity no greater than what has filled ends it, filled. The stop price means
    /// nothing any more once it has been reached.
    ///
    /// - Parameter quantity: over the order's whole life, with what has filled.
    public mutating func replace(
        _ id: MatchingOrderID, quantity: Quantity, limitPrice: Price?, stopPrice: Price?,
        timeInForce: TimeInForce, into reports: inout ContiguousArray<MatchingReport>
    ) {
        guard let place = place(of: id) else { return reports.append(.rejected(id, .unknownOrder)) }
        let before = entry(place)
        var order = before.order
        order.quantity = quantity
        order.timeInForce = timeInForce
        if order.isLimit { order.limitPrice = limitPrice }
        if before.waitsForTrigger { order.stopPrice = stopPrice }
        guard quantity > .zero else { return reports.append(.rejected(id, .invalidQuantity)) }
        guard !order.isLimit || order.limitPrice != nil, !order.isStop || order.stopPrice != nil else {
            return reports.append(.rejected(id, .missingPrice))
        }
        reports.append(.replaced(id, leaves: max(.zero, quantity - before.filled)))
        if quantity <= before.filled {
            _ = remove(place)
        } else if order.keepsPlace(of: before.order) {
            amend(order, place)
        } else {
            var entry = remove(place)
            entry.order = order
            enter(entry, &reports)
        }
    }
}

extension MatchingOrder {
    /// Whether these terms leave the order where it stands.
    fileprivate func keepsPlace(of before: MatchingOrder) -> Bool {
        let mayRest =
            timeInForce.rests
            || isStop && timeInForce == before.timeInForce
        return quantity <= before.quantity && limitPrice == before.limitPrice && stopPrice == before.stopPrice
            && mayRest
    }
}
