import ExactJSON

/// What a `log.checkpoint` line holds, with its signature looked at.
struct AuditSignedNote {
    /// `size` beside the note.
    let size: UInt64?
    /// The note.
    let text: String
    /// What the note says, or what is wrong with it; `nil` without a key to check it with.
    let checkpoint: Result<AuditCheckpoint, AuditNoteError>?

    /// Takes the data of the line, which is one JSON object.
    init(data: Span<UInt8>, key: AuditVerificationKey?) {
        let value = try? JSONParser.parse(data.withUnsafeBufferPointer { Array($0) })
        size = value?["size"]?.integerValue.flatMap(UInt64.init(exactly:))
        let note = value?["note"]?.stringValue ?? ""
        text = note
        checkpoint = key.map { key in
            do throws(AuditNoteError) {
                return .success(try AuditCheckpoint(note: note, key: key))
            } catch {
                return .failure(error)
            }
        }
    }
}
