/// Cuts a JSON array into its elements, without looking into them beyond brackets and strings.
struct ElementSplitter {
    private enum Phase { case first, afterElement, afterComma, closed }

    private var line: Int
    private var phase = Phase.first

    /// Begins behind the opening bracket, on that line.
    init(line: Int) { self.line = line }

    /// Line breaks passed so far, plus one.
    var currentLine: Int { line }

    /// The next element.
    mutating func next(in input: inout InputBuffer) throws(RecordingFile.Fault) -> Framing {
        while let byte = try peek(in: &input) {
            switch (byte, phase) {
            case (_, .closed):
                input.start = input.end
                while try input.fill() { input.start = input.end }
                return .fault(line: line, reason: "text after the array")
            case (UInt8(ascii: "]"), .first), (UInt8(ascii: "]"), .afterElement):
                input.start += 1
                phase = .closed
            case (UInt8(ascii: ","), .afterElement):
                input.start += 1
                phase = .afterComma
            case (UInt8(ascii: "]"), .afterComma), (UInt8(ascii: ","), _):
                input.start += 1
                if byte == UInt8(ascii: "]") { phase = .closed }
                return .fault(line: line, reason: "an element is missing")
            case (_, .afterElement):
                // Go on as if the comma were there: the element may still be good.
                phase = .afterComma
                return .fault(line: line, reason: "',' is missing between elements")
            case (_, .first), (_, .afterComma):
                return try element(in: &input)
            }
        }
        guard phase != .closed else { return .end }
        phase = .closed
        return .fault(line: line, reason: "the array is not closed")
    }

    /// Passes white space and looks at the byte behind it; `nil` at the end.
    private mutating func peek(in input: inout InputBuffer) throws(RecordingFile.Fault) -> UInt8? {
        while true {
            while input.start < input.end {
                let byte = input.bytes[input.start]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
                if byte == 0x0A { line += 1 }
                input.start += 1
            }
            guard try input.fill() else { return nil }
        }
    }

    private mutating func element(in input: inout InputBuffer) throws(RecordingFile.Fault) -> Framing {
        let firstLine = line
        var scan = ElementScan()
        var scanned = 0
        var isTooLong = false
        while true {
            while input.start + scanned < input.end {
                let byte = input.bytes[input.start + scanned]
                switch scan.take(byte) {
                case .inside:
                    scanned += 1
                    if byte == 0x0A { line += 1 }
                    continue
                case .last: scanned += 1
                case .behind: break
                }
                phase = .afterElement
                let start = input.start
                input.start += scanned
                if isTooLong || scanned > LineSplitter.longest { return tooLong(firstLine) }
                return .record(FramedRecord(start: start, end: input.start, line: firstLine))
            }
            if scanned > LineSplitter.longest {
                isTooLong = true
                input.start += scanned
                scanned = 0
            }
            guard try input.fill() else {
                input.start = input.end
                phase = .closed
                return .fault(line: firstLine, reason: "the file ends inside an element")
            }
        }
    }

    private func tooLong(_ line: Int) -> Framing {
        .fault(line: line, reason: "longer than \(LineSplitter.longest) bytes")
    }
}

/// Finds the end of one JSON value by brackets and strings.
private struct ElementScan {
    enum Place { case inside, last, behind }

    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    mutating func take(_ byte: UInt8) -> Place {
        if isInString { return takeInString(byte) }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            // A stray bracket at depth 0 is a record of its own, which the parser refuses.
            if depth == 0 { return byte == UInt8(ascii: "]") ? .behind : .last }
            depth -= 1
            if depth == 0 { return .last }
        case UInt8(ascii: ","): if depth == 0 { return .behind }
        default: break
        }
        return .inside
    }

    private mutating func takeInString(_ byte: UInt8) -> Place {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
        return .inside
    }
}
