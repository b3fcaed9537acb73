/// Records with fields for the journal, in journald's own form.
public enum Journal {
    /// One record: its fields as they go over the socket.
    ///
    /// Source: systemd, "Native Journal Protocol": `NAME=value` and a line feed; a value with a line feed in it as
    /// `NAME`, line feed, length in 64 bits little-endian, the value, line feed.
    public struct Record: Sendable, Equatable {
        /// All fields, ready to be sent.
        public private(set) var bytes: [UInt8] = []

        /// A record without fields.
        public init() { bytes.reserveCapacity(512) }

        /// Adds a field; a value may hold any bytes, also line feeds.
        ///
        /// - Returns: false, and nothing is added, when journald would not take the name: it must have 1–64
        ///   of `A–Z 0–9 _` and begin with a letter.
        @discardableResult
        public mutating func add(_ name: String, _ value: String) -> Bool {
            add(name) { $0.append(contentsOf: value.utf8) }
        }

        /// Adds a field whose value `body` appends.
        @discardableResult
        public mutating func add(_ name: String, _ body: (inout [UInt8]) -> Void) -> Bool {
            guard Self.isFieldName(name) else { return false }
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: "="))
            let start = bytes.count
            body(&bytes)
            if bytes[start...].contains(Self.lineFeed) { frame(from: start) }
            bytes.append(Self.lineFeed)
            return true
        }

        /// Bytes of all fields.
        public var count: Int { bytes.count }

        /// Whether there is no field in it.
        public var isEmpty: Bool { bytes.isEmpty }

        /// Gives the value that begins at `start` the form with a length.
        private mutating func frame(from start: Int) {
            let length = UInt64(bytes.count - start)
            bytes[start - 1] = Self.lineFeed
            bytes.insert(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }, at: start)
        }

        private static let lineFeed = UInt8(ascii: "\n")

        private static func isFieldName(_ name: String) -> Bool {
            guard let first = name.utf8.first, (0x41...0x5A).contains(first), name.utf8.count <= 64 else {
                return false
            }
            return name.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
        }
    }

    /// What became of a record.
    public enum Outcome: Sendable, Equatable {
        /// The journal's socket has it.
        case taken
        /// journald does not read at the moment: the record did not go, and may go later.
        case busy
        /// Nobody listens at the moment: the record did not go, and may go later.
        case unavailable
        /// It will never go.
        case refused
    }

    /// A way to the journal; used by one thread at a time.
    public protocol Connection: AnyObject, Sendable {
        /// Sends a record; never waits.
        func send(_ record: Record) -> Outcome

        /// Waits until a record that did not go may go, at most so long.
        func wait(milliseconds: Int32)
    }
}
