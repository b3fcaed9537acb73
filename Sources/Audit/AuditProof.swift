import TradingModel

/// What signatures prove of a log while it is read: its checkpoints, and the anchors kept elsewhere.
struct AuditProof {
    /// What verifies signatures; `nil` when no key is known.
    let key: AuditVerificationKey?
    /// Whether `log.checkpoint` lines are left to somebody else.
    let isOff: Bool
    /// Valid checkpoints in the log.
    private(set) var count = 0
    /// The newest of them.
    private(set) var last: AuditSignedCheckpoint?
    /// The size of the first with a root that could be compared.
    private(set) var firstRootSize: UInt64?
    /// Checkpoint lines that could not be checked, for want of a key.
    private(set) var unchecked = 0
    /// The anchors of this log, by size.
    private(set) var anchors: [AuditAnchor] = []
    /// Anchors that are not compared: of another log, or no checkpoints, or without a key to check them.
    private(set) var setAside: [AuditAnchor] = []
    /// The first anchor for this log that its key has not signed, and why.
    private(set) var refused: (name: String, reason: String)?
    /// Lines that signatures prove to be what was written.
    private(set) var provenSize: UInt64 = 0
    private var roots: [AuditHash] = []
    private var nextAnchor = 0

    /// No checks.
    static let off = AuditProof(key: nil, isOff: true)

    /// Checks with `key` where there is one.
    init(key: AuditVerificationKey?) { self.init(key: key, isOff: false) }

    private init(key: AuditVerificationKey?, isOff: Bool) {
        self.key = key
        self.isOff = isOff
    }

    /// Adds the anchors to compare with, before the first line.
    mutating func prepare(_ given: [AuditAnchor]) {
        guard let key else {
            setAside = given
            return
        }
        var opened: [(AuditAnchor, AuditHash)] = []
        for var anchor in given {
            if let problem = anchor.problem {
                refuse(anchor, problem)
                continue
            }
            do throws(AuditNoteError) {
                let checkpoint = try AuditCheckpoint(note: anchor.note, key: key)
                anchor.size = checkpoint.size
                opened.append((anchor, checkpoint.root))
            } catch {
                // Whatever stands beside the segments is meant for them.
                if anchor.origin == key.origin || anchor.source == .latestNote {
                    refuse(anchor, error.description)
                } else {
                    anchor.status = .otherLog
                    setAside.append(anchor)
                }
            }
        }
        opened.sort { $0.0.size < $1.0.size }
        anchors = opened.map(\.0)
        roots = opened.map(\.1)
    }

    private mutating func refuse(_ anchor: AuditAnchor, _ reason: String) {
        var anchor = anchor
        anchor.status = .differs
        setAside.append(anchor)
        if refused == nil { refused = (anchor.name, reason) }
    }

    /// A `log.checkpoint` line, before it joins the chain.
    mutating func check(
        _ note: AuditSignedNote?, at view: AuditLineView, after chain: AuditChain
    ) throws(AuditLineView.Mismatch) {
        if isOff { return }
        guard let note else { throw .init(expected: "a checkpoint", found: "none") }
        let size = chain.sequence
        guard note.size == size else {
            throw .init(
                expected: "checkpoint size \(size)", found: "size \(note.size.map { "\($0)" } ?? "missing")")
        }
        switch note.checkpoint {
        case nil: unchecked += 1
        case .failure(let error): throw .init(expected: "a checkpoint of key \(keyID)", found: "\(error)")
        case .success(let checkpoint):
            guard checkpoint.size == size else {
                throw .init(expected: "a note of size \(size)", found: "size \(checkpoint.size)")
            }
            try compare(checkpoint.root, with: chain.tree)
            count += 1
            last = AuditSignedCheckpoint(checkpoint: checkpoint, time: view.timestamp, note: note.text)
        }
    }

    private var keyID: String { key?.keyID ?? "none" }

    private mutating func compare(
        _ root: AuditHash, with tree: MerkleTree?
    ) throws(AuditLineView.Mismatch) {
        guard let tree else { return }
        let computed = tree.root
        guard computed == root else {
            throw .init(expected: "signed root \(root)", found: "root \(computed)")
        }
        proved(tree.size)
    }

    private mutating func proved(_ size: UInt64) {
        if firstRootSize == nil { firstRootSize = size }
        provenSize = size
    }

    /// Compares with the anchors at the size reached.
    mutating func reached(_ chain: AuditChain) throws(AuditLineView.Mismatch) {
        while nextAnchor < anchors.count, anchors[nextAnchor].size <= chain.sequence {
            let index = nextAnchor
            nextAnchor += 1
            guard anchors[index].size == chain.sequence, let tree = chain.tree else { continue }
            let computed = tree.root
            guard computed == roots[index] else {
                anchors[index].status = .differs
                throw .init(
                    expected: "root \(roots[index]) of anchor \(anchors[index].name)",
                    found: "root \(computed)")
            }
            anchors[index].status = .matches
            proved(tree.size)
        }
    }

    /// The smallest anchor of more lines than the log has.
    mutating func anchorBeyondEnd() -> AuditAnchor? {
        guard nextAnchor < anchors.count else { return nil }
        for index in nextAnchor..<anchors.count { anchors[index].status = .differs }
        return anchors[nextAnchor]
    }

    /// The size of the nearest anchor of more than `size` lines that matches or has not been reached.
    func nextAnchorSize(after size: UInt64) -> UInt64? { anchors.first { $0.size > size }?.size }
}
