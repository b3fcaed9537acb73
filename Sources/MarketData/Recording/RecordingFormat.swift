/// The form of a recording, with what reads it.
enum RecordingFormat {
    case csv(LineSplitter, CSVRowReader)
    case jsonLines(LineSplitter, JSONRecordReader)
    case jsonArray(ElementSplitter, JSONRecordReader)
    case journal(JournalBlocks)
    /// Nothing but white space.
    case empty
    /// A first line that is neither JSON nor a header.
    case unusable(line: Int, reason: String)

    /// Decides by the first byte that is not white space: `{` JSON lines, `[` a JSON array, else a CSV header,
    /// which is read. A byte-order mark is passed over.
    static func recognise(_ input: inout InputBuffer) throws(RecordingFile.Fault) -> RecordingFormat {
        while input.unread < 3, try input.fill() {}
        if try JournalBlocks.begins(&input) { return try journal(&input) }
        if input.unread >= 3, input.bytes[0] == 0xEF, input.bytes[1] == 0xBB, input.bytes[2] == 0xBF {
            input.start = 3
        }
        let line = try skipSpace(&input)
        guard input.unread > 0 else { return .empty }
        switch input.bytes[input.start] {
        case UInt8(ascii: "{"):
            return .jsonLines(LineSplitter(afterLine: line - 1), JSONRecordReader())
        case UInt8(ascii: "["):
            input.start += 1
            return .jsonArray(ElementSplitter(line: line), JSONRecordReader())
        default:
            return try csv(LineSplitter(afterLine: line - 1), &input)
        }
    }

    private static func journal(_ input: inout InputBuffer) throws(RecordingFile.Fault) -> RecordingFormat {
        do throws(JournalReadFault) {
            return .journal(try JournalBlocks(&input))
        } catch {
            switch error {
            case .file(let fault): throw fault
            case .header(let fault), .block(let fault): return .unusable(line: 1, reason: fault.reason)
            }
        }
    }

    /// - Returns: the line of the first byte that is not white space.
    private static func skipSpace(_ input: inout InputBuffer) throws(RecordingFile.Fault) -> Int {
        var line = 1
        repeat {
            while input.start < input.end {
                switch input.bytes[input.start] {
                case 0x0A: line += 1
                case 0x20, 0x09, 0x0D: break
                default: return line
                }
                input.start += 1
            }
        } while try input.fill()
        return line
    }

    private static func csv(
        _ lines: LineSplitter, _ input: inout InputBuffer
    ) throws(RecordingFile.Fault) -> RecordingFormat {
        var lines = lines
        switch try lines.next(in: &input) {
        case .end: return .empty
        case .fault(let line, let reason): return .unusable(line: line, reason: reason)
        case .record(let header):
            do throws(RowFault) {
                let layout = try CSVLayout(header: input.bytes.span.extracting(header.start..<header.end))
                return .csv(lines, CSVRowReader(layout))
            } catch {
                return .unusable(line: header.line, reason: error.reason)
            }
        }
    }
}
