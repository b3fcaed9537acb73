import ExactJSON
import TradingModel

extension AuditVerification {
    /// The report for programs.
    public var json: JSONValue {
        .object([
            .init("result", .string(outcome.rawValue)),
            .init("log", .optional(origin ?? key?.origin)),
            .init("segments", .array(segments.map(\.json))),
            .init("lines", linesJSON), .init("signed", signedJSON),
            .init("anchors", .array(anchors.map(\.json))),
            .init("orders", tally.orders.json), .init("state", tally.json),
            .init("predecessors", .array(predecessors.map(\.json))),
            .init("fault", faultJSON), .init("missing", .array(gaps.map { .string($0) })),
        ])
    }

    private var linesJSON: JSONValue {
        .object([
            .init("count", .count(lines)), .init("first", .count(firstSequence)),
            .init("last", .count(lastSequence)), .init("head", .string(head.hex)),
            .init("from", .optional(firstTimestamp.map(\.auditText))),
            .init("to", .optional(lastTimestamp.map(\.auditText))), .init("steps_back", .count(stepsBack)),
            .init("unknown_types", .count(unknownTypes)),
            .init("types", .object(types)),
        ])
    }

    /// In the order of the list of types, not of the dictionary.
    private var types: [JSONValue.Member] {
        AuditLineType.all.compactMap { type in counts[type].map { .init(type.rawValue, .count($0)) } }
    }

    private var signedJSON: JSONValue {
        .object([
            .init("key", .optional(key?.text)), .init("key_source", .string(keySource.rawValue)),
            .init("checkpoints", .count(checkpoints)),
            .init("last_size", lastCheckpoint.map { .count($0.checkpoint.size) } ?? .null),
            .init("start_proved_by", firstProofSize.map { .count($0) } ?? .null),
            .init("not_provable", .count(unprovedLines)),
        ])
    }

    private var faultJSON: JSONValue {
        guard let fault else { return .null }
        let end = changedLines.map(\.upperBound) ?? .max
        return .object([
            .init("file", .string(fault.file)), .init("line", .count(fault.line)),
            .init("offset", .count(fault.offset)), .init("expected", .string(fault.expected)),
            .init("found", .string(fault.found)), .init("last_good", .count(fault.lastGoodSequence)),
            .init("changed_from", changedLines.map { .count($0.lowerBound) } ?? .null),
            .init("changed_to", end == .max ? .null : .count(end)),
        ])
    }
}

extension AuditVerification.Segment {
    fileprivate var json: JSONValue {
        .object([
            .init("path", .string(path)), .init("number", number.map { .count($0) } ?? .null),
            .init("lines", .count(lines)), .init("bytes", .count(bytes)),
            .init("sha256", .string(contentHash.hex)),
        ])
    }
}

extension AuditVerification.Predecessor {
    fileprivate var json: JSONValue {
        .object([
            .init("log", .string(link.origin)), .init("size", .count(link.size)),
            .init("head", .string(link.head.hex)), .init("reason", .optional(link.reason)),
            .init("by", .optional(link.by)), .init("directory", .optional(directory)),
            .init("result", .optional(verification?.outcome.rawValue)),
            .init("fault", .optional(verification?.fault?.description)),
        ])
    }
}

extension AuditAnchor {
    fileprivate var json: JSONValue {
        let text =
            switch status {
            case .matches: "matches"
            case .notCovered: "not_covered"
            case .otherLog: "other_log"
            case .differs: "differs"
            }
        return .object([
            .init("source", .string(source.rawValue)), .init("name", .string(name)),
            .init("size", .count(size)), .init("status", .string(text)),
        ])
    }
}

extension AuditOrderTally {
    fileprivate var json: JSONValue {
        .object([
            .init("intents", .count(intents)), .init("accepted", .count(accepted)),
            .init("denied", .count(denied)), .init("sent", .count(sent)), .init("terminal", .count(terminal)),
            .init("open", .count(open)), .init("unexplained", .count(unexplained)),
        ])
    }
}

extension AuditTally {
    fileprivate var json: JSONValue {
        .object([
            .init("killswitch_engaged", .count(killSwitchEngaged)),
            .init("killswitch_released", .count(killSwitchReleased)),
            .init("released_by_two", .count(releasedByTwo)), .init("mode_changes", .count(modeChanges)),
            .init("config_changes", .count(configurationChanges)),
            .init("config_first", .optional(firstConfiguration)),
            .init("config_last", .optional(lastConfiguration)), .init("recoveries", .count(recoveries)),
            .init("torn_bytes", .count(tornBytes)), .init("key_rotations", .count(keyRotations)),
        ])
    }
}

extension JSONValue {
    static func count(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension Timestamp {
    /// As in a line: six digits.
    var auditText: String {
        var bytes: [UInt8] = []
        append(fractionDigits: 6, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
