import ExactJSON

/// The data of the lines that the log writes about itself.
enum AuditOwnLines {
    /// `log.open`.
    static func logOpen(
        _ identity: AuditIdentity, origin: String, verificationKey: String?,
        predecessor: AuditSuccessionLink?,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("origin")
        json.string(origin)
        json.key("segment")
        json.integer(1)
        json.key("vkey")
        if let verificationKey { json.string(verificationKey) } else { json.null() }
        json.key("build")
        json.string(identity.build)
        json.key("config")
        json.string(identity.configHash)
        json.key("machine")
        json.string(identity.machineID)
        json.key("boot")
        json.string(identity.bootID)
        json.key("predecessor")
        write(predecessor, to: &json)
        json.endObject()
    }

    private static func write(_ predecessor: AuditSuccessionLink?, to json: inout JSONWriter) {
        guard let predecessor else {
            json.null()
            return
        }
        json.beginObject()
        json.key("origin")
        json.string(predecessor.origin)
        json.key("size")
        json.integer(predecessor.size)
        json.key("head")
        json.string(predecessor.head.hex)
        if let reason = predecessor.reason {
            json.key("reason")
            json.string(reason)
        }
        if let by = predecessor.by {
            json.key("by")
            json.string(by)
        }
        json.endObject()
    }

    /// `log.recovered`.
    static func logRecovered(_ tail: AuditRecovery, to json: inout JSONWriter) {
        json.beginObject()
        json.key("bytes")
        json.integer(tail.bytes)
        json.key("sha256")
        json.string(tail.hash.hex)
        json.endObject()
    }
}

/// The data of `segment.open`: everything a reader needs who has no earlier segment.
struct AuditSegmentStart {
    /// Number of the segment, from 2.
    let number: Int
    /// SHA-256 over the segment before.
    let previousFile: AuditHash
    /// Lines of the log before this one, like the size of a checkpoint.
    let linesBefore: UInt64
    /// Origin of the log.
    let origin: String
    /// What verifies its checkpoints; `nil` without a key.
    let verificationKey: String?
    /// The tree over the lines before, largest subtree first; `nil` without a key.
    let tree: [AuditHash]?

    /// Writes the object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("segment")
        json.integer(number)
        json.key("prev_segment_sha256")
        json.string(previousFile.hex)
        json.key("size_before")
        json.integer(linesBefore)
        json.key("origin")
        json.string(origin)
        json.key("vkey")
        if let verificationKey { json.string(verificationKey) } else { json.null() }
        json.key("tree")
        if let tree { Self.write(tree, to: &json) } else { json.null() }
        json.endObject()
    }

    private static func write(_ tree: [AuditHash], to json: inout JSONWriter) {
        json.beginArray()
        for hash in tree { json.string(hash.hex) }
        json.endArray()
    }
}
