import TradingModel

/// How fast a replay runs.
public enum ReplaySpeed: Sendable, Equatable {
    /// As fast as the machine can.
    case max
    /// Times the recorded speed; positive.
    case times(Price)
}

extension Settings {
    /// Recorded input (`replay`).
    public struct Replay: Sendable, Equatable {
        /// What becomes of a malformed record.
        public enum MalformedPolicy: String, CaseIterable, Sendable {
            /// Counted and left out.
            case skip
            /// The replay ends with its file and line.
            case fail
        }

        /// How fast.
        public internal(set) var speed = ReplaySpeed.max
        /// What becomes of a malformed record.
        public internal(set) var onMalformed = MalformedPolicy.fail
        /// How far back a record's time may go and still be put in order, nanoseconds.
        public internal(set) var reorderWindow: Int64 = 0
    }

    /// The simulated market (`simulator`).
    public struct Simulator: Sendable, Equatable {
        /// Seed of the prices.
        public internal(set) var seed: UInt64 = 42
        /// Times real time; positive.
        public internal(set) var speed = Price(rawValue: 1_000_000_000)
        /// First mid price; positive.
        public internal(set) var startPrice = Price(rawValue: 4_000_000_000_000)
        /// Events a second of simulated time, per symbol.
        public internal(set) var eventsPerSecond = 200
    }

    /// The control socket (`control`).
    public struct Control: Sendable, Equatable {
        /// Path of the Unix socket; `nil`: the place of the profile.
        public internal(set) var socket: String?
        /// Connections at a time.
        public internal(set) var maxClients = 32
    }

    /// The audit log (`audit`).
    public struct Audit: Sendable, Equatable {
        /// What an order waits for before it leaves.
        public enum Durability: String, CaseIterable, Sendable {
            /// The record is written: survives the process.
            case process
            /// The record is on the disk: survives a power failure.
            case disk
        }

        /// What an order waits for.
        public internal(set) var durability = Durability.process
        /// Directory of the log; `nil`: the place of the profile.
        public internal(set) var directory: String?
        /// Size at which a new file is begun, bytes.
        public internal(set) var segmentBytes = 67_108_864
        /// File of the signing key; `nil`: systemd's credential `audit_key`, where there is one.
        public internal(set) var key: String?
        /// File of the key that `key` takes over from; `nil`: systemd's credential `audit_key_previous`.
        public internal(set) var previousKey: String?
        /// Bytes kept free for a full disk.
        public internal(set) var reserveBytes = 8_388_608
        /// Whether closed segments are compressed.
        public internal(set) var compress = true
        /// Days after which a closed segment is deleted; 0: never.
        public internal(set) var retentionDays = 0
    }

    /// The journal of inputs (`recorder`).
    public struct Recorder: Sendable, Equatable {
        /// Whether sessions are recorded; `nil`: all but replays.
        public internal(set) var isEnabled: Bool?
        /// Directory of the journals; `nil`: the place of the profile and mode.
        public internal(set) var directory: String?
        /// Size at which a new file is begun, bytes.
        public internal(set) var segmentBytes = 268_435_456
        /// Size of all journals in the directory together, bytes.
        public internal(set) var budgetBytes = 8_589_934_592

        /// Whether sessions of `mode` are recorded.
        public func records(_ mode: Mode) -> Bool { isEnabled ?? (mode != .replay) }
    }

    /// What survives a restart (`state`).
    public struct State: Sendable, Equatable {
        /// Its directory; `nil`: the place of the profile.
        public internal(set) var directory: String?
    }
}
