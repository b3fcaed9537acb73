/// What the session goes through.
extension StreamTable {
    /// Streams may be asked for.
    mutating func sessionLive(now: UInt64) {
        isLinkDown = false
        isDirty = true
        if isLive { return }
        isLive = true
        pace.beginSession()
        budget.forget()
        for place in slots.indices {
            slots[place].isDoubtful = false
            // Another session may bring what the last one refused.
            if case .refused = slots[place].state { slots[place].state = .wanted(nil) }
        }
    }

    /// The socket is gone and with it every subscription.
    mutating func sessionLost(now: UInt64) {
        isLive = false
        isLinkDown = false
        _ = cancels.removeAll()
        _ = recentCancels.removeAll()
        // What waited in the lane went with the socket: the gateway never saw it.
        for symbol in unwrittenTickByTick.values { tickByTickTimes[symbol] = nil }
        unwrittenTickByTick = [:]
        forgetSubscriptions()
        for place in slots.indices where slots[place].isCandidate {
            // What was subscribed has been told that it is lost.
            guard case .wanted(.some) = slots[place].state else { continue }
            wait(place, .notLive)
        }
    }

    /// 1101: the gateway has kept the socket and lost every subscription.
    ///
    /// A request that was still on its way then is taken all the same, so each is cancelled; it costs nothing where there is
    /// nothing to cancel.
    mutating func dataLost(now: UInt64) {
        isLinkDown = false
        isDirty = true
        for place in slots.indices { cancelIfSubscribed(place) }
        forgetSubscriptions()
    }

    /// The gateway's link is lost, or a farm is broken: nothing may come.
    mutating func interrupted(code: Int32) {
        if code == 1100 { isLinkDown = true }
        tellSubscribed(.interrupted(code: code))
    }

    /// Link or farm are well again.
    mutating func resumed(code: Int32) {
        if isLinkDown, code == 1102 || code == 1101 {
            isLinkDown = false
            isDirty = true
        }
        tellSubscribed(.resumed(code: code))
    }

    private mutating func forgetSubscriptions() {
        tellSubscribed(.lost)
        for place in slots.indices {
            requestIDs[place] = 0
            if slots[place].isSubscribed { slots[place].state = .wanted(nil) }
        }
    }
}
