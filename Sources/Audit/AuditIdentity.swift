/// What a log says about itself and its writer in its first line.
///
/// All of it is given by the caller: the log takes nothing from the clock, from chance or from the
/// environment, so that a replay with constants here writes the same bytes again.
public struct AuditIdentity: Equatable, Sendable {
    /// `<org>/<profile>/<log-uuid>`: the name of a log that is started. A log that is there keeps its own; it must be of the
    /// same organisation and profile.
    public var origin: String
    /// Version and commit of the program.
    public var build: String
    /// Hash of the settings in force.
    public var configHash: String
    /// The machine, e.g. its machine-id.
    public var machineID: String
    /// The boot of the machine.
    public var bootID: String

    /// Describes a log and its writer.
    public init(
        origin: String, build: String, configHash: String, machineID: String, bootID: String
    ) {
        self.origin = origin
        self.build = build
        self.configHash = configHash
        self.machineID = machineID
        self.bootID = bootID
    }
}

/// How far a line has come when `commit` returns.
public enum AuditDurability: String, Sendable {
    /// In the kernel by one `write`: survives the process, not the power.
    case process
    /// On the disk by `fdatasync`.
    case disk
}

/// Where a line stands in the log.
public struct AuditReceipt: Equatable, Sendable, BitwiseCopyable {
    /// Its number, from 1 over all segments.
    public let sequence: UInt64
    /// Its hash.
    public let hash: AuditHash
}

/// Bounds of the format.
public enum AuditLimits {
    /// Bytes of a line with its line feed, at most.
    public static let lineBytes = 65_536
    /// Bytes of the `data` of a line, at most: what the frame leaves, rounded down.
    public static let dataBytes = 65_200
    /// Bytes of a segment unless another bound is given.
    public static let segmentBytes = 64 << 20
}
