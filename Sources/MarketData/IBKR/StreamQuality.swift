import TWSClient
import TradingModel

/// How good a stream is, and why.
struct StreamQuality: Equatable {
    var quality: FeedStatus.Quality
    var reason: String

    init(_ quality: FeedStatus.Quality, _ reason: String) {
        self.quality = quality
        self.reason = reason
    }
}

/// Facts about an instrument, besides its streams' states, that its streams' quality depends on.
struct StreamFacts {
    /// The exchange has halted trading, by level 1 (49).
    var isHaltedByLevel1 = false
    /// The exchange has halted trading, by the marks among the prints.
    var isHaltedByPrints = false
    /// Trading goes on after a halt, not told yet.
    var isUnhalted = false
    /// Nothing for too long, by `FeedStream`.
    var isStale: InlineArray<3, Bool> = [false, false, false]
    /// A side of the quote is missing.
    var isOneSided = false
    /// Why the ladder is void; `nil` while it is not.
    var ladderReset: String?
    /// Level 1 has told a whole quote.
    var hasLevel1Quote = false
    /// Level 1 has told a day volume, so there are trades.
    var hasVolume = false
    /// It has not, though level 1 has flowed for long enough.
    var isVolumeOverdue = false
    /// Why the instrument is not known to the gateway; `nil` while it is.
    var contractFault: String?

    /// The exchange has halted trading: each source tells the end of what it has told itself.
    var isHalted: Bool { isHaltedByLevel1 || isHaltedByPrints }
}

extension StreamFallback {
    /// How good a stream is; `nil` while nothing can be said yet.
    func quality(
        of stream: FeedStream, _ facts: StreamFacts, _ wishes: InstrumentWishes, _ options: IBKREventsOptions
    ) -> StreamQuality? {
        if let fault = facts.contractFault { return StreamQuality(.unavailable, fault) }
        let plain =
            switch stream {
            case .quotes: quotes(facts, wishes, options)
            case .trades: trades(facts, wishes, options)
            case .depth: depth(facts, wishes, options)
            }
        // What is void is told as void, also in a halt: nobody may go on with it.
        guard let plain, plain.quality.isTradable, plain.quality != .reset else { return plain }
        if facts.isHalted { return StreamQuality(.stale, "halted") }
        return facts.isUnhalted ? StreamQuality(plain.quality, "unhalted") : plain
    }

    private func quotes(
        _ facts: StreamFacts, _ wishes: InstrumentWishes, _ options: IBKREventsOptions
    ) -> StreamQuality? {
        switch quoteSupply {
        case .nobody:
            if wishes.quotes == .off && self[.depth].phase == .flowing {
                return StreamQuality(.unavailable, "off: the ladder is the quote")
            }
            let source = self[.quotes].phase == .off ? self[.level1] : self[.quotes]
            return absence("no quotes", source, besides: self[.level1])
        case .level1 where level1Kind != .live:
            return StreamQuality(.delayed, level1Kind == .frozen ? "frozen data" : "delayed data")
        case .level1 where !facts.hasLevel1Quote:
            // Its values come one after another.
            return facts.isStale[Int(FeedStream.quotes.rawValue)]
                ? StreamQuality(.stale, "nothing for too long") : nil
        case .tickByTick, .level1: break
        }
        let isLevel1 = quoteSupply == .level1
        let source = isLevel1 ? self[.level1] : self[.quotes]
        if let pause = pause(source, isStale: facts.isStale[Int(FeedStream.quotes.rawValue)], options) {
            return pause
        }
        if facts.isOneSided { return StreamQuality(.reset, "a side of the quote is missing") }
        return isLevel1
            ? StreamQuality(.conflated, "level 1: \(whyNot(self[.quotes]))")
            : StreamQuality(.live, "tick by tick")
    }

    private func trades(
        _ facts: StreamFacts, _ wishes: InstrumentWishes, _ options: IBKREventsOptions
    ) -> StreamQuality? {
        if wishes.trades == .off { return StreamQuality(.unavailable, "no trade feed: off") }
        let own = self[.trades]
        switch tradeSupply {
        case .tickByTick:
            if let pause = pause(own, isStale: facts.isStale[Int(FeedStream.trades.rawValue)], options) {
                return pause
            }
            if own.phase == .flowing || own.hasFlowed { return StreamQuality(.live, "tick by tick") }
            return own.isOverdue
                ? StreamQuality(.unavailable, "no trade feed: nothing has printed so far") : nil
        case .level1:
            guard facts.hasVolume else {
                // Level 1 tells its values one after another; where it is the source, volume is given its time.
                if own.phase == .off && !facts.isVolumeOverdue { return nil }
                return absence("no trade feed", own, besides: nil)
            }
            guard level1Kind == .live else { return StreamQuality(.delayed, "delayed data") }
            if let pause = pause(self[.level1], isStale: false, options) { return pause }
            return StreamQuality(.conflated, "day volume of level 1: \(whyNot(own))")
        case .nobody: return absence("no trade feed", own.phase == .off ? self[.level1] : own, besides: nil)
        }
    }

    private func depth(
        _ facts: StreamFacts, _ wishes: InstrumentWishes, _ options: IBKREventsOptions
    ) -> StreamQuality? {
        let own = self[.depth]
        guard own.phase != .off else { return StreamQuality(.unavailable, "no depth: off") }
        if let reset = facts.ladderReset, Self.mayFollow(own) { return StreamQuality(.reset, reset) }
        guard own.phase == .flowing else { return absence("no depth", own, besides: nil) }
        if let pause = pause(own, isStale: facts.isStale[Int(FeedStream.depth.rawValue)], options) {
            return pause
        }
        return StreamQuality(.live, "rows")
    }

    /// Whether data may come without another word: a subscription made again because its book was broken is still told as
    /// that.
    private static func mayFollow(_ state: StreamState) -> Bool {
        switch state.phase {
        case .flowing, .asked, .silent: true
        case .waiting: state.wait != .noLine
        case .off, .refused, .ended, .lost: false
        }
    }

    /// Why a stream that is subscribed does not flow; `nil` while it does.
    private func pause(
        _ state: StreamState, isStale: Bool, _ options: IBKREventsOptions
    ) -> StreamQuality? {
        if state.interruption != 0 {
            return StreamQuality(.stale, "\(FeedStatus.Words.interrupted)\(state.interruption))")
        }
        if state.checkAt != nil { return StreamQuality(.stale, FeedStatus.Words.awaited) }
        return isStale ? StreamQuality(.stale, "nothing for too long") : nil
    }

    /// Why there is nothing; `nil` while it may just not have come yet.
    private func absence(
        _ what: String, _ state: StreamState, besides other: StreamState?
    ) -> StreamQuality? {
        if let other, Self.isPending(other), state.phase != .lost { return nil }
        if Self.isPending(state) { return nil }
        return StreamQuality(.unavailable, "\(what): \(whyNot(state))")
    }

    private static func isPending(_ state: StreamState) -> Bool {
        switch state.phase {
        case .asked: !state.isOverdue
        case .waiting: state.wait != .noLine
        case .off, .flowing, .refused, .ended, .lost, .silent: false
        }
    }

    /// Why a stream is not the one that is believed, in words.
    private func whyNot(_ state: StreamState) -> String {
        switch state.phase {
        case .off: "as set"
        case .waiting:
            switch state.wait {
            case .noLine: "no line is free"
            case .tickByTickInterval: "one request in 15 s"
            case .notLive, nil: "not asked for yet"
            }
        case .asked: "asked for"
        case .flowing: "flowing"
        case .refused: "refused (\(state.code)) \(state.text)"
        case .ended: "ended (\(state.code)) \(state.text)"
        case .lost: "connection lost"
        case .silent: "silent"
        }
    }
}
