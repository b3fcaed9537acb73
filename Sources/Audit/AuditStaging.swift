import TradingModel

/// What callers of an audit log touch, under its lock: what waits, and how far it is safe.
struct AuditStaging {
    var words = AuditWords()
    var intake = AuditIntake()
    var outage: AuditOutage?
    var isShortOfRoom = false
    /// Whether the last line has been staged.
    var isClosing = false
    var isCommitRequested = false
    /// How far the log has the durability asked for.
    var committed: AuditProgress
    /// Entries up to here have it, counted since the log was opened.
    var committedEntries: UInt64 = 0
    /// The entry whose safety the observer waits for, and what it is to be told then.
    var awaited: (entry: UInt64, token: UInt64)?

    /// - Throws: `unavailable`, `reservedType` where no such line is taken.
    func admit(_ type: AuditLineType) throws(AuditError) {
        if let outage { throw .unavailable(outage) }
        if isClosing { throw .unavailable(.closed) }
        if isShortOfRoom && type.opensRisk { throw .unavailable(.noRoom) }
        guard !type.isReserved else { throw .reservedType(type) }
    }
}

/// How far a log has come.
struct AuditProgress {
    let head: AuditReceipt
    let segment: Int
    let segmentBytes: Int
    let unsignedLines: UInt64
    let lastCheckpoint: Timestamp

    init(_ composer: borrowing AuditComposer) {
        head = composer.head
        segment = composer.segment
        segmentBytes = composer.segmentBytes
        unsignedLines = composer.unsignedLines
        lastCheckpoint = composer.lastCheckpoint
    }
}
