import ExactJSON

/// The data of the lines that the log writes about itself.
enum AuditOwnLines {
    /// `log.open`.
    static func logOpen(_ identity: AuditIdentity, to json: inout JSONWriter) {
        json.beginObject()
        json.key("origin")
        json.string(identity.origin)
        json.key("segment")
        json.integer(1)
        json.key("vkey")
        if let key = identity.verificationKey { json.string(key) } else { json.null() }
        json.key("build")
        json.string(identity.build)
        json.key("config")
        json.string(identity.configHash)
        json.key("machine")
        json.string(identity.machineID)
        json.key("boot")
        json.string(identity.bootID)
        json.key("predecessor")
        predecessor(identity.predecessor, to: &json)
        json.endObject()
    }

    private static func predecessor(_ predecessor: AuditPredecessor?, to json: inout JSONWriter) {
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
        json.endObject()
    }

    /// `segment.open`: `size_before` counts lines, like the size of a checkpoint.
    static func segmentOpen(
        _ number: Int, previousFile: AuditHash, linesBefore: UInt64, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("segment")
        json.integer(number)
        json.key("prev_segment_sha256")
        json.string(previousFile.hex)
        json.key("size_before")
        json.integer(linesBefore)
        json.endObject()
    }

    /// `log.recovered`.
    static func logRecovered(_ tail: AuditTornTail, to json: inout JSONWriter) {
        json.beginObject()
        json.key("bytes")
        json.integer(tail.bytes)
        json.key("sha256")
        json.string(tail.hash.hex)
        json.endObject()
    }
}
