/// Signs the checkpoints of one log.
struct AuditSigner: Sendable {
    /// The public half, as the log names it.
    let verificationKey: AuditVerificationKey
    private let key: AuditSigningKey

    /// Signs for the log `origin`.
    init(_ key: AuditSigningKey, origin: String) {
        self.key = key
        verificationKey = key.verificationKey(origin: origin)
    }

    /// The signed note over the lines in `tree`.
    func sign(_ tree: MerkleTree) -> (checkpoint: AuditCheckpoint, note: String) {
        let checkpoint = AuditCheckpoint(
            origin: verificationKey.origin, size: tree.size, root: tree.root)
        return (checkpoint, checkpoint.signed(by: key))
    }
}
