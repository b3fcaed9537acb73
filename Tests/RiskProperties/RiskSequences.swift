import TradingModel

/// What has been tried, so that a run that proves nothing is seen.
package struct RiskCounts: Sendable {
    /// Sequences that ran to their end.
    package var sequences = 0
    /// Steps of them.
    package var steps = 0
    /// Orders approved.
    package var approved = 0
    /// Changes of orders approved.
    package var changes = 0
    /// Orders approved under a kill to reduce.
    package var reducing = 0
    /// Fills and corrections that nothing was reserved for.
    package var unforeseen = 0
    /// Orders refused, by the control.
    package var refused: [RiskReason: Int] = [:]

    /// Nothing tried.
    package init() {}

    mutating func count(_ decision: RiskDecision) {
        if let reason = decision.reasons.first { refused[reason, default: 0] += 1 } else { approved += 1 }
    }

    /// Adds what another has tried.
    package mutating func add(_ other: RiskCounts) {
        sequences += other.sequences
        steps += other.steps
        approved += other.approved
        changes += other.changes
        reducing += other.reducing
        unforeseen += other.unforeseen
        refused.merge(other.refused, uniquingKeysWith: +)
    }
}

/// Random sequences of what happens to risk, each against the same properties; docs/risk-properties.md names them.
package struct RiskSequences: Sendable {
    /// A sequence that breaks a property, and the shortest one found that does.
    package struct Failure: Sendable, CustomStringConvertible {
        let seed: UInt64
        let number: Int
        let fault: String
        let steps: [RiskStep]

        /// Everything needed to see it again.
        package var description: String {
            let lines = steps.map { "  \($0)" }.joined(separator: "\n")
            return """
                \(fault)
                TRADINGD_RISK_SEED=\(seed) TRADINGD_RISK_SEQUENCE=\(number) fails by these \(steps.count) steps:
                \(lines)
                """
        }
    }

    private let seed: UInt64
    private let profiles: [RiskProfile]

    /// Sequences that follow from a seed: each from it and from its own number alone.
    package init(seed: UInt64) {
        self.seed = seed
        var random = RiskDice(seed: seed)
        profiles = (0..<32).map { _ in RiskProfile(&random) }
    }

    /// Tries the sequences of those numbers.
    ///
    /// - Parameter length: of every sequence; by the dice from 5 to 40 where it is not given.
    /// - Returns: the first that breaks a property.
    package func run(_ numbers: Range<Int>, length: Int? = nil, _ counts: inout RiskCounts) -> Failure? {
        for number in numbers {
            var random = RiskDice(seed: seed, stream: UInt64(number) + 1)
            let profile = profiles[random.below(profiles.count)]
            let steps = RiskStep.sequence(&random, of: length ?? 5 + random.below(36))
            guard let fault = Self.fault(steps, profile, random, &counts) else { continue }
            let short = Self.shortened(steps, profile, random)
            var ignored = RiskCounts()
            return Failure(
                seed: seed, number: number, fault: Self.fault(short, profile, random, &ignored) ?? fault,
                steps: short)
        }
        return nil
    }

    /// What a sequence breaks, in words.
    private static func fault(
        _ steps: [RiskStep], _ profile: RiskProfile, _ random: RiskDice, _ counts: inout RiskCounts
    ) -> String? {
        var world = RiskWorld(profile)
        for (place, step) in steps.enumerated() {
            if let fault = world.apply(step) { return "step \(place + 1): \(fault)" }
        }
        var random = random
        if let fault = world.sameTimeFault(&random) { return fault }
        if let fault = world.replayFault(profile) { return fault }
        if let fault = world.endFault() { return "in the end: \(fault)" }
        world.counts.sequences = 1
        world.counts.steps = steps.count
        counts.add(world.counts)
        return nil
    }

    /// Cuts away what a failure does not need.
    private static func shortened(
        _ steps: [RiskStep], _ profile: RiskProfile, _ random: RiskDice
    ) -> [RiskStep] {
        var short = steps
        var piece = max(steps.count / 2, 1)
        var ignored = RiskCounts()
        while true {
            var place = 0
            var hasCut = false
            while place < short.count {
                var trial = short
                trial.removeSubrange(place..<min(place + piece, trial.count))
                if fault(trial, profile, random, &ignored) != nil {
                    short = trial
                    hasCut = true
                } else {
                    place += piece
                }
            }
            if piece == 1 && !hasCut { return short }
            piece = max(piece / 2, 1)
        }
    }
}

extension RiskSequences {
    /// Tries `count` sequences, by several at once.
    ///
    /// - Returns: what was tried, and of each worker the first that breaks a property.
    package func run(_ count: Int, workers: Int) async -> (counts: RiskCounts, failures: [Failure]) {
        let share = max((count + workers - 1) / workers, 1)
        return await withTaskGroup(of: (RiskCounts, Failure?).self) { group in
            for start in stride(from: 0, to: count, by: share) {
                group.addTask {
                    var counts = RiskCounts()
                    let failure = run(start..<min(start + share, count), &counts)
                    return (counts, failure)
                }
            }
            var counts = RiskCounts()
            var failures: [Failure] = []
            for await (own, failure) in group {
                counts.add(own)
                if let failure { failures.append(failure) }
            }
            return (counts, failures)
        }
    }
}

extension RiskCounts: CustomStringConvertible {
    /// In one line.
    package var description: String {
        let reasons = refused.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.code) \($0.value)" }
        return
            "\(sequences) sequences, \(steps) steps, \(approved) orders and \(changes) changes approved, "
            + "\(reducing) to reduce; \(unforeseen) unforeseen; refused: \(reasons.joined(separator: ", "))"
    }
}
