import CSystemd
import Glibc
import Platform

/// Records with fields for the journal.
public enum Journal {
    /// One record: its fields, each as `NAME=value`, one after another.
    public struct Record: Sendable, Equatable {
        /// All fields, without anything between them.
        private(set) var bytes: [UInt8] = []
        /// Where each field ends in `bytes`.
        private(set) var ends: [Int] = []

        /// A record without fields.
        public init() {}

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
            body(&bytes)
            ends.append(bytes.count)
            return true
        }

        /// Bytes of all fields.
        public var count: Int { bytes.count }

        private static func isFieldName(_ name: String) -> Bool {
            guard let first = name.utf8.first, (0x41...0x5A).contains(first), name.utf8.count <= 64 else {
                return false
            }
            return name.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
        }
    }

    /// Sends a record; may block while journald does not read, so never on a thread that trades.
    ///
    /// Says nothing when there is no journald. Large records go through a memory file, as journald wants it.
    /// - Throws: `SystemError` when journald does not take the record.
    public static func send(_ record: Record) throws(SystemError) {
        guard !record.ends.isEmpty else { return }
        let code = record.bytes.withUnsafeBytes { buffer -> Int32 in
            guard let base = buffer.baseAddress else { return 0 }
            var start = 0
            let fields = record.ends.map { end -> iovec in
                defer { start = end }
                return iovec(iov_base: UnsafeMutableRawPointer(mutating: base + start), iov_len: end - start)
            }
            return sd_journal_sendv(fields, Int32(fields.count))
        }
        guard code >= 0 else { throw SystemError("sd_journal_sendv", "journal", code: -code) }
    }

    /// Sends a record of these fields; see `Record.add` for names. Fields with other names are left out.
    public static func send(fields: [(name: String, value: String)]) throws(SystemError) {
        var record = Record()
        for field in fields { record.add(field.name, field.value) }
        try send(record)
    }
}
