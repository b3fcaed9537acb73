import Platform
import TradingModel

/// What a log holds: the ledger of its whole turns, where they end, and what is behind them.
struct BrokerageLogReading: Sendable {
    private(set) var ledger = Ledger()
    /// Bytes of whole turns.
    private(set) var length: UInt64 = 0
    private(set) var nextSequence: UInt64 = 1
    /// What is behind the last whole turn and does not count; `nil` for nothing.
    private(set) var torn: String?

    /// Lines of a turn whose last has not been read, with their bytes.
    private var begun: [LoggedFact] = []
    private var begunBytes: UInt64 = 0
    private var lines = 0

    /// Nothing: the log of a new brokerage.
    init() {}

    /// Reads a log; nothing where there is none.
    ///
    /// - Throws: for a line that is damaged, with file and line. A last one without its end is no damage but `torn`.
    init(_ path: String) throws(BrokerageError) {
        var fault: LedgerFault?
        do throws(SystemError) {
            guard var content = try LogLines(path, longest: BrokerageLog.longestLine) else { return }
            while fault == nil, let line = try content.next() {
                lines += 1
                fault = take(line)
            }
        } catch {
            throw BrokerageError(error.description)
        }
        if let fault { throw BrokerageError("\(path):\(lines): \(fault.text)") }
        guard torn == nil, !begun.isEmpty else { return }
        torn = "\(begun.count) lines at its end belong to more that is missing, and are left out"
    }

    private mutating func take(_ line: LogLines.Line) -> LedgerFault? {
        switch line {
        case .tooLong: return LedgerFault("is longer than lines are")
        case .torn(let count):
            torn = "line \(lines) was not finished; its \(count) bytes are left out"
            return nil
        case .whole(let bytes):
            do throws(LedgerFault) { try take(bytes) } catch { return error }
            return nil
        }
    }

    private mutating func take(_ bytes: [UInt8]) throws(LedgerFault) {
        guard bytes.count > 9, bytes[8] == UInt8(ascii: " "),
            BrokerageLog.checksum(bytes[9...]).utf8.elementsEqual(bytes[..<8])
        else { throw LedgerFault("checksum does not fit") }
        let logged = try FactDecoder.decode(Array(bytes[9...]))
        guard logged.sequence == nextSequence + UInt64(begun.count) else {
            throw LedgerFault(
                "has number \(logged.sequence) where \(nextSequence + UInt64(begun.count)) should be")
        }
        begun.append(logged)
        begunBytes += UInt64(bytes.count) + 1
        guard begun.count <= BrokerageLog.longestTurn else {
            throw LedgerFault("belongs to more lines than may be")
        }
        if !logged.continues { try finishTurn() }
    }

    private mutating func finishTurn() throws(LedgerFault) {
        for logged in begun { try ledger.apply(logged.fact, at: logged.time) }
        length += begunBytes
        nextSequence += UInt64(begun.count)
        begun.removeAll(keepingCapacity: true)
        begunBytes = 0
    }
}
