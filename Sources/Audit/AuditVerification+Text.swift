import TradingModel

extension AuditVerification {
    /// The report for people: one line for each question, the result last.
    public var text: String {
        var rows: [(String, [String])] = [
            ("log", logCells), ("lines", lineCells), ("signed", signedCells), ("anchors", anchorCells),
            ("orders", orderCells), ("state", stateCells),
        ]
        for log in predecessors { rows.append(("before", [Self.line(log)])) }
        if let fault { rows += faultRows(fault) }
        for gap in fault == nil ? gaps : [] { rows.append(("missing", [gap])) }
        rows.append(("RESULT", [outcome.rawValue]))
        return rows.map { name, cells in
            name + String(repeating: " ", count: 10 - name.count) + cells.joined(separator: "   ") + "\n"
        }.joined()
    }

    private var logCells: [String] {
        let numbers = segments.compactMap(\.number)
        let range = numbers.first.map { first in
            numbers.count > 1 ? "segments \(first)–\(numbers[numbers.count - 1])" : "segment \(first)"
        }
        let name = origin ?? key?.origin ?? "without its first segment"
        return [name, range ?? "no segment"]
            + (firstTimestamp.map { ["\(Self.stamp($0)) … \(Self.stamp(lastTimestamp ?? $0))"] } ?? [])
    }

    private var lineCells: [String] {
        var cells = ["\(lines)"]
        if firstSequence > 1 {
            let proof = firstProofSize.map { "start proved by the checkpoint of \($0)" } ?? "start not proved"
            cells.append("from line \(firstSequence); \(proof)")
        }
        cells.append(
            fault == nil ? "chain OK   sequence OK (no gap, no repeat)" : "chain up to \(lastSequence)")
        cells.append(stepsBack == 0 ? "time OK (0 steps back)" : "time steps back \(stepsBack) times")
        if unknownTypes > 0 { cells.append("\(unknownTypes) of unknown types") }
        return cells
    }

    private var signedCells: [String] {
        guard let key else {
            return [uncheckedCheckpoints > 0 ? "\(uncheckedCheckpoints) checkpoints not checked" : "no key"]
        }
        let sources: [KeySource: String] = [
            .given: "given", .file: "from audit.vkey", .log: "from the log itself",
        ]
        var cells = [
            "checkpoints \(checkpoints), all valid",
            "key \(key.keyID) (\(sources[keySource] ?? "")) (key.rotate \(tally.keyRotations))",
        ]
        if let last = lastCheckpoint, let end = lastTimestamp {
            let tenths = end.since(last.time) / 100_000_000
            let tail =
                "\(lastSequence - last.checkpoint.size) lines unsigned, \(tenths / 10).\(tenths % 10) s"
            cells.append("last signed size \(last.checkpoint.size) (\(tail))")
        }
        return cells
    }

    private var anchorCells: [String] {
        let cells = AuditAnchor.Source.allCases.compactMap { source -> String? in
            let all = anchors.filter { $0.source == source && $0.status != .otherLog }
            guard !all.isEmpty else { return nil }
            return "\(source.rawValue) \(all.count { $0.status == .matches })/\(all.count) match"
        }
        return (cells.isEmpty ? ["none"] : cells)
            + (unprovedLines > 0 ? ["the last \(unprovedLines) lines are not provable yet"] : [])
    }

    private var orderCells: [String] {
        let orders = tally.orders
        return [
            "intents \(orders.intents)  accepted \(orders.accepted)  denied \(orders.denied)",
            "sent \(orders.sent)  terminal \(orders.terminal)  open \(orders.open)"
                + "  unexplained \(orders.unexplained)",
        ]
    }

    private var stateCells: [String] {
        var configuration = "config changes \(tally.configurationChanges)"
        if let first = tally.firstConfiguration, let last = tally.lastConfiguration, first != last {
            configuration += " (\(first.prefix(8))… → \(last.prefix(8))…)"
        }
        return [
            "kill-switch engaged \(tally.killSwitchEngaged), released \(tally.killSwitchReleased)"
                + " (\(tally.releasedByTwo) two-person)",
            "mode changes \(tally.modeChanges)", configuration,
            "recoveries \(tally.recoveries)"
                + (tally.tornBytes > 0 ? " (torn \(tally.tornBytes) bytes)" : ""),
        ]
    }

    private static func line(_ log: Predecessor) -> String {
        let name = "\(shown(log.link.origin))  \(log.link.size) lines"
        let accepted =
            log.link.reason.map {
                "; break accepted by \(shown(log.link.by ?? "nobody named")): \(shown($0))"
            } ?? ""
        guard let verification = log.verification else { return "\(name)  not found\(accepted)" }
        let fault = verification.fault.map { " (\($0))" } ?? ""
        return "\(name)  \(verification.outcome.rawValue)\(fault)\(accepted)"
    }

    private func faultRows(_ fault: AuditFault) -> [(String, [String])] {
        var rows = [
            ("broken", ["\(Self.shown(fault.file)):\(fault.line) (byte \(fault.offset))"]),
            ("expected", [Self.shown(fault.expected)]), ("found", [Self.shown(fault.found)]),
            ("good", ["up to line \(fault.lastGoodSequence)"]),
        ]
        if let changed = changedLines {
            let end = changed.upperBound == .max ? "the end" : "\(changed.upperBound)"
            rows.append(("change", ["within lines \(changed.lowerBound)–\(end)"]))
        }
        return rows
    }

    /// Text of others on one line, with every control character shown as what it is: it must not forge a row.
    private static func shown(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result += scalar.escaped(asASCII: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// `2026-01-05 14:30:00Z`.
    private static func stamp(_ time: Timestamp) -> String {
        var bytes: [UInt8] = []
        time.append(fractionDigits: 0, to: &bytes)
        return String(decoding: bytes, as: UTF8.self).replacing("T", with: " ", maxReplacements: 1)
    }
}
