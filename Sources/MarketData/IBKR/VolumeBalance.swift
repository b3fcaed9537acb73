import TradingModel

/// What the day volume of level 1 has told and no print of tick by tick has: so that nothing is lost between the two, nor told
/// twice.
///
/// Level 1 is conflated: within `lag` it tells what tick by tick has told. So the next rises repay what was printed within that
/// time; what they tell beyond it is held until it is known whether tick by tick tells it.
struct VolumeBalance {
    /// How late level 1 may tell what tick by tick has told, ns.
    static let lag = StreamFallback.level1Lag

    /// Risen, and told by nobody yet.
    private(set) var held = Quantity.zero
    /// Printed tick by tick.
    private var told: Int64 = 0
    /// How much of it level 1 has told as well.
    private var settled: Int64 = 0
    /// How much was printed at `markAt`.
    private var markTold: Int64 = 0
    private var markAt = Timestamp.zero
    /// When tick by tick began to print; `nil` once level 1 cannot tell anything older any more.
    private var handoverSince: Timestamp?
    /// Most that is released in a handover.
    private var handoverLimit = Quantity.zero

    /// Level 1 begins anew, and so does counting.
    mutating func reset() { self = VolumeBalance() }

    /// A print, tick by tick.
    @inline(__always)
    mutating func printed(_ size: Quantity) { told &+= size.rawValue }

    /// The day volume has risen while tick by tick does not print; nobody knows yet who tells it.
    mutating func rose(by size: Quantity, at time: Timestamp) {
        if time.since(markAt) > Self.lag {
            // What was printed before the mark has been told by both since.
            repay(until: markTold)
            if markTold &- settled > 0 { settled = markTold }
            mark(at: time)
        }
        let (sum, overflow) = held.rawValue.addingReportingOverflow(size.rawValue)
        held = Quantity(rawValue: overflow ? .max : sum)
        repay(until: told)
    }

    /// What is held now may be told although tick by tick begins to print.
    mutating func keepForHandover() { handoverLimit = held }

    /// The first print since tick by tick was asked for is about to come.
    ///
    /// - Parameter isWhole: whether prints are all that the day volume counts: then level 1 may still tell older ones.
    mutating func handOver(at time: Timestamp, isWhole: Bool) {
        mark(at: time)
        handoverSince = time
        if isWhole { handoverLimit = Quantity(rawValue: .max) }
    }

    /// The day volume has risen while tick by tick prints, at `printedAt` for the last time.
    ///
    /// - Returns: what is to be told now.
    mutating func rose(
        by size: Quantity, at time: Timestamp, printedAt: Timestamp, isWhole: Bool
    ) -> Quantity {
        let late = endHandover(at: time)
        rose(by: size, at: time)
        guard handoverSince == nil else { return releaseWithinLimit() }
        // Level 1 repeats, or counts otherwise. Long after the last print, tick by tick may have died.
        if !isWhole || time.since(printedAt) <= Self.lag { held = .zero }
        return late
    }

    /// What older trades level 1 has told, once it cannot tell more of them; zero before and after.
    mutating func endHandover(at time: Timestamp) -> Quantity {
        guard let since = handoverSince, time.since(since) > Self.lag else { return .zero }
        handoverSince = nil
        repay(until: told)
        defer { held = .zero }
        return releaseWithinLimit()
    }

    /// All that is held: tick by tick will not tell it.
    mutating func release() -> Quantity {
        handoverSince = nil
        handoverLimit = .zero
        defer { held = .zero }
        return held
    }

    private mutating func releaseWithinLimit() -> Quantity {
        let released = min(held, handoverLimit)
        held -= released
        handoverLimit -= released
        return released
    }

    private mutating func mark(at time: Timestamp) {
        markAt = time
        markTold = told
    }

    /// What was printed up to there is not told again.
    private mutating func repay(until told: Int64) {
        let owed = told &- settled
        guard owed > 0 else { return }
        let paid = min(owed, held.rawValue)
        held = Quantity(rawValue: held.rawValue - paid)
        settled &+= paid
    }
}
