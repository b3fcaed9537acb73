import TradingModel

/// One thing that happens in a random sequence. What it concerns is named by a number that is taken modulo what there is, so
/// that a sequence from which steps are cut away still means something.
package enum RiskStep: Sendable, Hashable {
    /// A strategy asks for lots; `ticks` from the middle, towards the other side; none for a market order.
    case order(symbol: Int, isBuy: Bool, lots: Int, ticks: Int?, strategy: Int)
    /// A strategy asks for lots against what is held: the whole of it, some less or some more.
    case close(symbol: Int, beyond: Int, ticks: Int?, strategy: Int)
    /// A working order is asked to change to so many lots, at a limit so many ticks from the middle or the one it has.
    case modify(order: Int, lots: Int, ticks: Int?)
    /// The venue answers the oldest change, or the newest.
    case answer(order: Int, isAgreed: Bool, isOldest: Bool)
    /// The venue has it.
    case acknowledge(order: Int)
    /// It trades: at most what is left.
    case fill(order: Int, lots: Int)
    /// It trades more than there was left.
    case overfill(order: Int, lots: Int)
    /// It is over: cancelled, or refused.
    case finish(order: Int, isCancelled: Bool)
    /// Nobody knows what became of it: silence until it is resolved.
    case lose(order: Int)
    /// What became of one that nobody knew of: it works on, or has ended after some lots.
    case resolve(order: Int, lots: Int, hasEnded: Bool)
    /// One that is over trades after all.
    case lateFill(order: Int, lots: Int)
    /// The newest report of an execution is told again.
    case again(execution: Int)
    /// An execution is taken back; with lots, it is told anew with them.
    case correct(execution: Int, lots: Int?)
    /// Somebody pulls the kill switch.
    case kill(KillLevel, scope: Int)
    /// A kill is released, perhaps only down to `reduce`, and trading armed again.
    case release(scope: Int, isToReduce: Bool)
    /// The market moves to so many ticks from where it began.
    case quote(symbol: Int, ticks: Int)
    /// An operator sets a limit, for good or for some seconds.
    case limit(LimitName, symbol: Int?, lots: Int, seconds: Int?)
    /// Time passes; without it, everything happens at one time.
    case wait(milliseconds: Int)

    /// The limits that operators change here.
    package enum LimitName: Int, Sendable, CaseIterable {
        case size, position, exposure, gross
    }

    /// A step by the dice.
    init(_ random: inout RiskDice) {
        func below(_ bound: Int) -> Int { random.below(bound) }
        func isOne(in chances: Int) -> Bool { random.isOne(in: chances) }
        func lots() -> Int { isOne(in: 4) ? 1 + below(14) : 1 + below(4) }
        func ticks() -> Int? { isOne(in: 6) ? nil : below(240) - 120 }
        let place = below(64)
        switch below(100) {
        case 0..<6:
            self = .close(
                symbol: below(3), beyond: below(5) - 3, ticks: ticks(), strategy: below(3))
        case 6..<36:
            self = .order(
                symbol: below(3), isBuy: isOne(in: 2), lots: lots(), ticks: ticks(), strategy: below(3))
        case 36..<42: self = .modify(order: place, lots: lots(), ticks: ticks())
        case 42..<46: self = .answer(order: place, isAgreed: !isOne(in: 3), isOldest: !isOne(in: 3))
        case 46..<48: self = .acknowledge(order: place)
        case 48..<68: self = .fill(order: place, lots: lots())
        case 68: self = .overfill(order: place, lots: 1 + below(3))
        case 69..<75: self = .finish(order: place, isCancelled: !isOne(in: 3))
        case 75..<77: self = .lose(order: place)
        case 77..<79: self = .resolve(order: place, lots: below(6), hasEnded: isOne(in: 2))
        case 79: self = .lateFill(order: place, lots: 1 + below(3))
        case 80..<82: self = .again(execution: place)
        case 82: self = .correct(execution: place, lots: isOne(in: 2) ? nil : 1 + below(4))
        case 83..<86:
            self = .kill(isOne(in: 4) ? (isOne(in: 2) ? .halt : .flatten) : .reduce, scope: below(7))
        case 86..<90: self = .release(scope: below(7), isToReduce: isOne(in: 3))
        case 90..<93: self = .quote(symbol: below(3), ticks: below(400) - 200)
        case 93..<96:
            self = .limit(
                LimitName.allCases[below(4)], symbol: isOne(in: 2) ? nil : below(3), lots: 1 + below(16),
                seconds: isOne(in: 2) ? nil : 1 + below(3))
        default: self = .wait(milliseconds: isOne(in: 12) ? 61_000 : below(900))
        }
    }

    /// A sequence by the dice.
    static func sequence(_ random: inout RiskDice, of count: Int) -> [RiskStep] {
        (0..<count).map { _ in RiskStep(&random) }
    }
}
