import TradingModel

/// What a replay writes besides its audit log, and where.
public struct ExportOptions: Sendable, Equatable {
    /// Directory of the files; made when it is missing.
    public var directory: String
    /// Height of a footprint row, for `OrderFlowOptions.footprintRow`: prices are rounded down to a multiple of
    /// it. Positive; `nil` keeps every price.
    public var rowSize: Price?
    /// Moments whose ladders are written.
    public var ladderTimes: [Timestamp] = []
    /// Ladders are written at every multiple of this many nanoseconds since 1970, too; positive.
    public var ladderInterval: Int64?

    /// Everything but ladders, every price with its own row.
    public init(directory: String) { self.directory = directory }

    /// Whether there is a file of ladders.
    var hasLadders: Bool { !ladderTimes.isEmpty || ladderInterval != nil }
}
