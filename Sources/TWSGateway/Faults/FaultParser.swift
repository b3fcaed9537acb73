import TWSProtocol

/// Reads faults as they are written in timelines and given live: one a line.
public struct FaultParser: Sendable {
    private var words: [Substring]
    private var position = 0

    /// Reads one line.
    ///
    /// - Parameter place: `FILE:LINE` for the error; empty for a line that was given live.
    /// - Returns: `nil` for a line that is blank or only a comment.
    public static func parse(_ line: some StringProtocol, place: String = "") throws(FaultSyntaxError)
        -> ScheduledFault?
    {
        let text = line.prefix { $0 != "#" }
        var parser = FaultParser(words: String(text).split { $0 == " " || $0 == "\t" || $0 == "\r" })
        guard !parser.words.isEmpty else { return nil }
        do throws(FaultSyntaxError) {
            return try parser.scheduled()
        } catch {
            throw FaultSyntaxError(error.reason, place: place)
        }
    }

    /// Reads a timeline.
    ///
    /// - Parameter file: its name, for errors.
    public static func parseTimeline(_ text: String, file: String) throws(FaultSyntaxError)
        -> [ScheduledFault]
    {
        var faults: [ScheduledFault] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let fault = try parse(line, place: "\(file):\(index + 1)") { faults.append(fault) }
            if faults.count > FaultBoard.limit {
                throw FaultSyntaxError("more than \(FaultBoard.limit) faults", place: "\(file):\(index + 1)")
            }
        }
        return faults
    }

    private init(words: [Substring]) { self.words = words }

    private mutating func scheduled() throws(FaultSyntaxError) -> ScheduledFault {
        let moment = try moment()
        let fault = try fault()
        let client = try client()
        if position < words.count { throw FaultSyntaxError("'\(words[position])' is one word too many") }
        if client != nil, let reason = fault.concernsAllBecause {
            throw FaultSyntaxError("\(fault.name) takes no client: \(reason)")
        }
        if moment.isCut, fault != .drop {
            throw FaultSyntaxError("after so many bytes only drop is possible")
        }
        return ScheduledFault(fault, moment, client: client)
    }

    // MARK: When

    private mutating func moment() throws(FaultSyntaxError) -> ScheduledFault.Moment {
        switch words[position] {
        case "at":
            position += 1
            return .at(try duration("at"))
        case "on":
            position += 1
            return .on(try message())
        case "after":
            position += 1
            guard position < words.count, let first = words[position].utf8.first, first &- 0x30 < 10 else {
                return .after(try message())
            }
            let bytes = try number("after", 0...Int(Int32.max))
            let isMore = peek() == "more"
            if isMore { position += 1 }
            guard take() == "bytes" else {
                throw FaultSyntaxError("after needs a number of 'bytes' or 'more bytes', or a message")
            }
            return isMore ? .afterMoreBytes(UInt64(bytes)) : .afterBytes(UInt64(bytes))
        default: return .now
        }
    }

    private mutating func message() throws(FaultSyntaxError) -> MessageID {
        guard let name = take() else { throw FaultSyntaxError("a message is missing, such as placeOrder") }
        guard let number = RequestNames.number(of: String(name)) else {
            throw FaultSyntaxError("'\(name)' is no message of a client, such as placeOrder or reqMktData")
        }
        return number
    }

    // MARK: What

    private mutating func fault() throws(FaultSyntaxError) -> Fault {
        guard let word = take() else { throw FaultSyntaxError("what shall happen is missing") }
        if let frame = MalformedFrame(rawValue: String(word)) { return .malformed(frame) }
        switch word {
        case "drop": return .drop
        case "reset": return .reset
        case "trickle": return .trickle(try duration("trickle"))
        case "hold": return .hold(frames: try number("hold", 1...100_000))
        case "silence": return .silence(try duration("silence"))
        case "error": return try error()
        case "refuse": return try refusal()
        case "busy": return .busy(try count("busy"))
        case "pacing": return .pacing(try count("pacing"))
        case "order": return .order(try orderFault())
        case "restart": return .restart(try optionalDuration() ?? 1_000_000_000)
        case "close-port": return .closePort(try duration("close-port"))
        case "accept-mute": return .acceptMutely(try duration("accept-mute"))
        case "pause": return .pause
        case "resume": return .resume
        case "firehose": return try firehose()
        default: throw FaultSyntaxError("'\(word)' is nothing that can happen")
        }
    }

    private mutating func error() throws(FaultSyntaxError) -> Fault {
        let code = Int32(try number("error", 1...99_999))
        switch code {
        case 103: return .order(.duplicateID)
        case 201: return .order(.rejectNextOrder)
        case 202: return .order(.cancelByExchange)
        case 10197 where peek() == "end":
            position += 1
            return .competitionEnds
        default: return .error(code, symbol: symbol())
        }
    }

    private mutating func refusal() throws(FaultSyntaxError) -> Fault {
        let code = Int32(try number("refuse", 1...99_999))
        var kind: Fault.RequestKind?
        if let word = peek(), let known = Fault.RequestKind(rawValue: String(word)) {
            kind = known
            position += 1
        }
        let symbol = symbol()
        return .refuse(code, kind: kind, symbol: symbol, count: try count("refuse"))
    }

    private mutating func orderFault() throws(FaultSyntaxError) -> OrderFault {
        let names: [(String, OrderFault)] = [
            ("duplicate-status", .duplicateStatus), ("missing-status", .missingStatus),
            ("execution-first", .executionBeforeStatus), ("correction", .executionCorrection),
            ("fill-while-disconnected", .fillWhileDisconnected), ("reject", .rejectNextOrder),
            ("cancel", .cancelByExchange), ("duplicate-id", .duplicateID),
            ("reject-working", .rejectWorking), ("fill-before-cancel", .fillBeforeCancel),
            ("twin", .changeBecomesOrder),
        ]
        let word = take() ?? ""
        if word == "id-rollback" { return .nextIDRolledBack(Int32(try number("id-rollback", 1...1_000_000))) }
        guard let fault = names.first(where: { $0.0 == word })?.1 else {
            let known = (names.map(\.0) + ["id-rollback"]).joined(separator: ", ")
            throw FaultSyntaxError("order: '\(word)' is none of \(known)")
        }
        return fault
    }

    private mutating func firehose() throws(FaultSyntaxError) -> Fault {
        guard let kind = take().flatMap({ Fault.FirehoseKind(rawValue: String($0)) }) else {
            throw FaultSyntaxError("firehose: needs bidask, alllast or depth, and a count")
        }
        return .firehose(kind, count: try number("firehose", 1...1_000_000_000))
    }

    // MARK: Words

    private func peek() -> Substring? { position < words.count ? words[position] : nil }

    private mutating func take() -> Substring? {
        guard let word = peek() else { return nil }
        position += 1
        return word
    }

    /// A word that is neither a number nor `client`: the local symbol of an instrument.
    private mutating func symbol() -> String? {
        guard let word = peek(), word != "client", !word.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
            return nil
        }
        position += 1
        return String(word)
    }

    private mutating func client() throws(FaultSyntaxError) -> Int32? {
        guard peek() == "client" else { return nil }
        position += 1
        return Int32(try number("client", 0...Int(Int32.max)))
    }

    private mutating func count(_ what: String) throws(FaultSyntaxError) -> Int {
        guard let word = peek(), word != "client" else { return 1 }
        return try number(what, 1...1_000_000)
    }

    private mutating func number(_ what: String, _ range: ClosedRange<Int>) throws(FaultSyntaxError) -> Int {
        guard let word = take() else { throw FaultSyntaxError("\(what): a number is missing") }
        guard let number = Int(word), range.contains(number) else {
            throw FaultSyntaxError(
                "\(what): '\(word)' is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private mutating func duration(_ what: String) throws(FaultSyntaxError) -> Int64 {
        guard let word = take() else {
            throw FaultSyntaxError("\(what): a duration is missing, such as 5s or 200ms")
        }
        guard let duration = Self.nanoseconds(word) else {
            throw FaultSyntaxError("\(what): '\(word)' is no duration, such as 5s, 200ms or 2m")
        }
        return duration
    }

    private mutating func optionalDuration() throws(FaultSyntaxError) -> Int64? {
        guard let word = peek(), word != "client" else { return nil }
        return try duration("restart")
    }

    /// `5s`, `200ms`, `2m`, `1h`; up to a day.
    private static func nanoseconds(_ word: Substring) -> Int64? {
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        let units: [Substring: Int64] = [
            "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
        ]
        guard let count = Int64(digits), let unit = units[word.dropFirst(digits.count)],
            count <= 86_400_000_000_000 / unit
        else { return nil }
        return count * unit
    }
}
