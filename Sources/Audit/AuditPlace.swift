/// Where a log stands: everything a writer needs to go on behind the last good line.
struct AuditPlace {
    /// The chain up to the last good line.
    var chain = AuditChain()
    /// Number of the segment that is written, from 1.
    var segment = 1
    /// Lines in it.
    var lines = 0
    /// Bytes of these lines.
    var bytes = 0
    /// SHA-256 over them.
    var contents = IncrementalSHA256()
    /// The tree over all lines of the log; empty where there is no key.
    var tree = MerkleTree()
    /// Number of the last checkpoint's line; 0 without one.
    var signedSize: UInt64 = 0
}
