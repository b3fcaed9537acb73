import Glibc
import MarketData
import Platform
import TradingModel

/// Where and how a session is recorded.
public struct RecorderSettings: Sendable {
    /// Where the files are; made when missing.
    public var directory: String
    /// A file does not grow beyond this many bytes, unless it would then hold no block.
    public var segmentBytes: Int
    /// Bytes of all journals in the directory together, the file that is begun counted in full: the oldest closed
    /// files are removed for it.
    public var budgetBytes: Int
    /// The calls that write.
    public var operations: RecorderFileOperations

    /// Settings for journals in `directory`.
    public init(
        directory: String, segmentBytes: Int = 256 << 20, budgetBytes: Int = 4 << 30,
        operations: RecorderFileOperations = .system
    ) {
        self.directory = directory
        self.segmentBytes = segmentBytes
        self.budgetBytes = budgetBytes
        self.operations = operations
    }
}

/// The calls that write a journal; tests put failing ones in their place.
public struct RecorderFileOperations: Sendable {
    /// `write(2)`.
    public var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int
    /// `fsync(2)`.
    public var sync: @Sendable (Int32) -> Int32

    /// Those calls.
    public init(
        write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int,
        sync: @escaping @Sendable (Int32) -> Int32
    ) {
        self.write = write
        self.sync = sync
    }

    /// The system's own.
    public static let system = RecorderFileOperations(
        write: { file, bytes in Glibc.write(file, bytes.baseAddress, bytes.count) }, sync: { fsync($0) })
}

/// A file of a journal that is complete.
public struct RecordedFile: Sendable, Equatable {
    /// Its name, without directory.
    public let name: String
    /// Bus number of its first event; 0 without one.
    public let firstSequence: UInt64
    /// Bus number of its last event; 0 without one.
    public let lastSequence: UInt64
    /// Events in it.
    public let events: UInt64
    /// Its bytes.
    public let bytes: Int
    /// SHA-256 of its bytes, 64 hex digits.
    public let sha256: String
    /// Time of the last event recorded before it was closed; zero without one.
    public let lastTime: Timestamp
}

/// What a recorder tells while it works, from its own queue.
public enum RecorderReport: Sendable, Equatable {
    /// A further file was begun, with the number and time of its first event.
    case opened(name: String, firstSequence: UInt64, time: Timestamp)
    /// A file is complete and on the disk.
    case closed(RecordedFile)
    /// Closed files were removed to keep to the budget.
    case removed([String])
    /// The recorder has stopped for good; told once. The time is that of the last event recorded.
    case failed(file: String, reason: String, time: Timestamp)
}
