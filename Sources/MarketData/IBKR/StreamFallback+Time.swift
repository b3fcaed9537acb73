import TWSClient
import TradingModel

extension StreamFallback {
    /// Finds streams that are silent or due to be tried again.
    ///
    /// - Parameter openSince: since when the instrument's session is open; `nil` while it is closed.
    /// - Returns: whether any state has changed.
    mutating func poll(
        _ now: Timestamp, openSince: Timestamp?, slot: Int,
        _ actions: inout [StreamAction]
    ) -> Bool {
        var isChanged = askForOtherLevel1(now, slot: slot, &actions)
        for role in StreamRole.allCases where self[role].phase != .off {
            if let openSince {
                if findSilence(role, now, openSince) { isChanged = true }
            }
            if let retryAt = self[role].retryAt, now >= retryAt {
                self[role].retryAt = nil
                actions.append(.retry(slot: slot, role))
                isChanged = true
            }
        }
        return isChanged
    }

    private mutating func findSilence(
        _ role: StreamRole, _ now: Timestamp, _ openSince: Timestamp
    ) -> Bool {
        let state = self[role]
        if let checkAt = state.checkAt, now >= max(checkAt, openSince.advanced(by: options.resumeGrace)) {
            silent(role, now, retryAt: now)
            return true
        }
        switch state.phase {
        case .asked:
            if isUnanswered(role, now) {
                silent(role, now, retryAt: nil)
                return true
            }
            let begin = max(state.since, openSince)
            guard !state.isOverdue, now.since(begin) > options.firstDataGrace else { return false }
            self[role].isOverdue = true
            // No print is no fault; no quote and no row is one.
            if role != .trades { silent(role, now, retryAt: nil) }
            return true
        case .flowing:
            if isUnanswered(role, now) {
                silent(role, now, retryAt: now)
                return true
            }
            guard role != .trades else { return false }
            // Quiet for so long that the subscription itself is doubted; or nobody says that an interruption is over.
            let patience = state.interruption == 0 ? options.retries.first : options.retries.longest
            guard now.since(max(state.lastAt, openSince)) > max(patience, options.staleAfter) else {
                return false
            }
            silent(role, now, retryAt: now)
            return true
        case .off, .waiting, .refused, .ended, .lost, .silent: return false
        }
    }

    /// A stream that flows tells what cannot be true: it is asked for again, the first time at once.
    mutating func distrust(_ role: StreamRole, at time: Timestamp) {
        silent(role, time, retryAt: time)
    }

    /// The first time at `retryAt`, then with the waits of the schedule.
    private mutating func silent(_ role: StreamRole, _ now: Timestamp, retryAt: Timestamp?) {
        self[role].fail(.silent, code: 0, at: now, options.retries)
        self[role].text = ""
        if let retryAt, self[role].failures == 1 { self[role].retryAt = retryAt }
    }
}
