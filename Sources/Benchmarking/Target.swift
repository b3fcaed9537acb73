/// What a figure is held against: a floor it must reach and an aim it should.
public struct Target: Sendable, Hashable {
    /// Which number is compared.
    public enum Subject: Sendable, Hashable {
        /// Ours ÷ C.
        case ratio
        /// Ours as it stands.
        case value
    }

    /// Which way is better.
    public enum Direction: Sendable, Hashable {
        /// Times, sizes.
        case less
        /// Rates.
        case more
    }

    /// Which number is compared.
    public let subject: Subject
    /// Which way is better.
    public let better: Direction
    /// Worst that is acceptable.
    public let floor: Double
    /// What it should be.
    public let aim: Double

    /// A target.
    public init(_ subject: Subject, better: Direction, floor: Double, aim: Double) {
        self.subject = subject
        self.better = better
        self.floor = floor
        self.aim = aim
    }

    /// What `number` has reached.
    public func verdict(_ number: Double) -> Verdict {
        if reaches(aim, number) { return .aim }
        return reaches(floor, number) ? .floor : .below
    }

    private func reaches(_ bound: Double, _ number: Double) -> Bool {
        better == .less ? number <= bound : number >= bound
    }
}

/// What a figure has reached.
public enum Verdict: String, Sendable, CaseIterable {
    /// The aim.
    case aim
    /// The floor, not the aim.
    case floor
    /// Not even the floor.
    case below
    /// There is nothing to reach.
    case none
    /// The run does not count: the note says why.
    case invalid
}
