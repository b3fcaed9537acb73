import Audit
import Configuration
import ExactJSON
import MarketData
import Platform
import TradingModel

/// Two logs of one session, decision by decision: type, time and data must be the same.
struct DecisionComparison {
    private let session: UInt32
    private let mode: String
    private let sequenceFault: String?
    private let isComplete: Bool

    /// Whether the log holds the session at all.
    private(set) var sawSession = false
    private var isInSession = false
    private var sawStop = false
    private var compared = 0
    private var difference: String?
    /// Decisions of the log that were not derived, and derived ones that are not in the log.
    private var beyondJournal = 0
    private var beyondLog = 0
    /// The first decision of the log that was not derived.
    private var firstBeyond: String?
    /// Time of the log's line before.
    private var lastTime = Timestamp(nanoseconds: .min)

    /// - Parameters:
    ///   - sequenceFault: where the numbers of events differed.
    ///   - isComplete: whether the journal tells the end of the session.
    init(session: UInt32, mode: String, sequenceFault: String?, isComplete: Bool) {
        self.session = session
        self.mode = mode
        self.sequenceFault = sequenceFault
        self.isComplete = isComplete
    }

    /// Compares until the first difference, or to the end.
    mutating func run(
        _ log: consuming AuditLines, _ derived: consuming AuditLines
    ) throws(SystemError) {
        while difference == nil, let line = try log.next() {
            follow(line)
            defer { lastTime = line.timestamp }
            guard isInSession, line.type?.isDecision == true else { continue }
            if let twin = try Self.nextDecision(&derived) {
                compare(line, twin)
            } else {
                beyondJournal += 1
                firstBeyond = firstBeyond ?? Self.text(line, "is in the log and was not derived")
            }
        }
        // At the broker a session that was killed behind its stop may have more in its log than in its journal.
        if difference == nil, isComplete, sawStop || mode != Mode.ibkr.rawValue { difference = firstBeyond }
        while difference == nil, let twin = try Self.nextDecision(&derived) {
            beyondLog += 1
            if sawStop {
                difference =
                    "a decision was derived that is not in the log, behind its last one\n"
                    + "  derived  \(Self.text(twin))"
            }
        }
    }

    /// Notes where the session begins and ends in the log.
    private mutating func follow(_ line: AuditLine) {
        switch line.type {
        case .sessionStart:
            let data = try? JSONParser.parse(line.data)
            isInSession = data?["session"]?.integerValue == Int(session) && data?["mode"]?.stringValue == mode
            if isInSession { sawSession = true }
        case .sessionStop: if isInSession { sawStop = true }
        default: break
        }
    }

    private static func nextDecision(_ lines: inout AuditLines) throws(SystemError) -> AuditLine? {
        while let line = try lines.next() {
            if line.type?.isDecision == true { return line }
        }
        return nil
    }

    /// A line is never earlier than the one before it: lines that are no decisions may have moved its time.
    private mutating func compare(_ line: AuditLine, _ twin: AuditLine) {
        let time = max(lastTime, twin.timestamp)
        guard line.type != twin.type || line.timestamp != time || line.data != twin.data else {
            compared += 1
            return
        }
        let member: String
        if line.type != twin.type {
            member = "type"
        } else if line.data != twin.data {
            member = JSONDifference.first(line.data, twin.data).map { "data.\($0)" } ?? "data"
        } else {
            member = "ts: \(line.timestamp) in the log, \(time) derived"
        }
        difference =
            Self.text(line, "differs in \(member)")
            + "\n  log      \(Self.text(line))\n  derived  \(Self.text(twin))"
    }

    private static func text(_ line: AuditLine, _ what: String) -> String {
        "\(line.file):\(line.number) (seq \(line.sequence)) \(what)"
    }

    private static func text(_ line: AuditLine) -> String {
        var time: [UInt8] = []
        line.timestamp.append(fractionDigits: 6, to: &time)
        return "\(String(decoding: time, as: UTF8.self)) \(line.type?.rawValue ?? "?") "
            + String(decoding: line.data, as: UTF8.self)
    }

    /// The answer for the operator.
    func outcome(tail: JournalTornTail?) -> AuditReplay.Outcome {
        var lines: [String] = []
        if let difference {
            lines.append("DIFFERS after \(compared) decisions that are the same: \(difference)")
        } else if let sequenceFault {
            lines.append("DIFFERS: \(sequenceFault); \(compared) decisions are the same")
        } else {
            lines.append("REPRODUCED \(compared)/\(compared) decisions")
        }
        if let tail { lines.append("journal: \(tail)") }
        if difference == nil && !isComplete {
            lines.append("journal: ends before its session does; compared is what it tells")
        }
        if difference == nil && beyondJournal > 0 {
            lines.append("journal: decisions of the log beyond its end: \(beyondJournal)")
        }
        if difference == nil && beyondLog > 0 {
            lines.append("log: ends before its session does; decisions beyond its end: \(beyondLog)")
        }
        return AuditReplay.Outcome(
            isReproduced: difference == nil && sequenceFault == nil, compared: compared,
            text: lines.joined(separator: "\n"))
    }
}

extension AuditLineType {
    /// Whether the decision path writes such lines, so that they follow from the events alone.
    var isDecision: Bool {
        switch self {
        case .orderIntent, .orderDeny, .orderSend, .orderAck, .orderFill, .orderCancel, .orderReject,
            .orderReplace, .orderReplaceReject, .orderExpire, .orderRequest, .orderCancelRequest,
            .orderReplaceRequest, .orderCommission, .orderCancelSend, .orderRestore, .orderUnresolved,
            .killSwitchEngage, .killSwitchRelease, .modeArm, .modeDisarm, .riskLimitChange, .riskOverride,
            .positionAdopt:
            true
        default: false
        }
    }
}

/// Where two JSON values differ first.
enum JSONDifference {
    /// The path of the first member that differs, in the order of the first text, with both values; `nil` where only
    /// the writing differs.
    static func first(_ one: [UInt8], _ other: [UInt8]) -> String? {
        guard let one = try? JSONParser.parse(one), let other = try? JSONParser.parse(other) else {
            return nil
        }
        return first(one, other, at: "")
    }

    private static func first(_ one: JSONValue?, _ other: JSONValue?, at path: String) -> String? {
        guard one != other else { return nil }
        if case .object(let left)? = one, case .object(let right)? = other {
            let prefix = path.isEmpty ? "" : path + "."
            let keys = left.map(\.key) + right.map(\.key).filter { key in !left.contains { $0.key == key } }
            for key in keys {
                if let found = first(one?[key], other?[key], at: prefix + key) { return found }
            }
            return nil
        }
        if case .array(let left)? = one, case .array(let right)? = other {
            for index in 0..<max(left.count, right.count) {
                let pair = (
                    index < left.count ? left[index] : nil, index < right.count ? right[index] : nil
                )
                if let found = first(pair.0, pair.1, at: "\(path)[\(index)]") { return found }
            }
            return nil
        }
        return "\(path): \(one?.text ?? "nothing") in the log, \(other?.text ?? "nothing") derived"
    }
}
