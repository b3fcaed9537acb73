import TradingModel

/// The files of one session's journal, read one after the other. Holds one window over one file.
struct JournalChain {
    /// Header of the first file given.
    let header: JournalHeader
    /// What the last file ends with, if that is no whole block; known at the end.
    private(set) var tornTail: JournalTornTail?
    /// What tells the state of each file, in order.
    let identities: [RecordingFile.Identity]
    private let files: [String]
    private let readSize: Int
    private var file = 0
    private var input: InputBuffer
    private var blocks: JournalBlocks
    private var isOver = false

    /// Opens every file, puts them in order, and begins with the first.
    ///
    /// - Throws: `JournalError`: `files` where they are not one session's without a gap between them.
    init(_ paths: [String], readSize: Int) throws(JournalError) {
        var parts: [(path: String, header: JournalHeader, identity: RecordingFile.Identity)] = []
        for path in paths {
            let (_, blocks, identity) = try Self.open(path, readSize: JournalFormat.recordBytes)
            parts.append((path, blocks.header, identity))
        }
        parts.sort { $0.header.file < $1.header.file }
        guard let first = parts.first else { throw .files("no journal is given") }
        for (index, part) in parts.enumerated().dropFirst() {
            guard part.header.isOfSession(first.header) else {
                throw .files("\(part.path) is of another session than \(first.path)")
            }
            let expected = parts[index - 1].header.file + 1
            guard part.header.file == expected else {
                throw .files("\(part.path) is file \(part.header.file) of its session, not \(expected)")
            }
        }
        files = parts.map(\.path)
        identities = parts.map(\.identity)
        header = first.header
        self.readSize = readSize
        (input, blocks, _) = try Self.open(files[0], readSize: readSize)
    }

    private static func open(
        _ path: String, readSize: Int
    ) throws(JournalError) -> (InputBuffer, JournalBlocks, RecordingFile.Identity) {
        let failure: JournalReadFault
        do throws(RecordingFile.Fault) {
            let content = try RecordingFile(path, readSize: readSize)
            var input = InputBuffer(content, readSize: readSize)
            do throws(JournalReadFault) {
                let blocks = try JournalBlocks(&input)
                return (input, blocks, content.identity)
            } catch { failure = error }
        } catch { failure = .file(error) }
        throw Self.error(failure, path, block: 1, offset: 0)
    }

    /// Adds events to `batch` until it holds `limit`.
    ///
    /// - Returns: `false` when there are none left and the batch is empty.
    mutating func next(
        into batch: inout ContiguousArray<MarketEvent>, limit: Int, _ selection: inout JournalSelection
    ) throws(JournalError) -> Bool {
        while batch.count < limit {
            if !blocks.hasEvents {
                guard try advance() else { break }
            }
            do throws(JournalFault) {
                try blocks.take(from: &input, into: &batch, limit: limit, &selection)
            } catch {
                throw self.error(.block(error))
            }
        }
        return !batch.isEmpty
    }

    /// - Returns: `false` at the end.
    private mutating func advance() throws(JournalError) -> Bool {
        while !isOver {
            let step: JournalBlocks.Step
            do throws(JournalReadFault) { step = try blocks.advance(&input) } catch {
                throw self.error(error)
            }
            switch step {
            case .block: return true
            case .torn(let bytes):
                tornTail = JournalTornTail(
                    file: files[file], blocks: blocks.count, offset: blocks.offset, bytes: bytes)
                try openNext()
            case .end: try openNext()
            }
        }
        return false
    }

    private mutating func openNext() throws(JournalError) {
        guard file + 1 < files.count else {
            isOver = true
            return
        }
        file += 1
        let before = blocks
        (input, blocks, _) = try Self.open(files[file], readSize: readSize)
        blocks.follow(before)
    }

    private func error(_ fault: JournalReadFault) -> JournalError {
        Self.error(fault, files[file], block: blocks.count, offset: blocks.offset)
    }

    static func error(
        _ fault: JournalReadFault, _ file: String, block: Int, offset: Int
    ) -> JournalError {
        switch fault {
        case .file(let fault): .unreadable(RecordingLane.error(fault, file, lastLine: block))
        case .header(let fault): .header(file: file, reason: fault.reason)
        case .block(let fault):
            .block(file: file, block: max(block, 1), offset: offset, reason: fault.reason)
        }
    }
}

/// Reads the journal of one session, everything in it, in the order in which it was delivered.
public final class JournalReader {
    private var chain: JournalChain
    private var selection = JournalSelection(types: nil, symbols: nil)

    /// Opens the files, in any order; they must be of one session, without one missing between them.
    ///
    /// - Throws: `JournalError`.
    public init(files: [String]) throws(JournalError) {
        chain = try JournalChain(files, readSize: 1 << 18)
    }

    /// Header of the first file.
    public var header: JournalHeader { chain.header }

    /// What the last file ends with, if that is no whole block; known at the end.
    public var tornTail: JournalTornTail? { chain.tornTail }

    /// Events read so far.
    public var events: Int { selection.rows }

    /// The next events; `batch` is emptied first and keeps its room.
    ///
    /// - Returns: `false` at the end, with an empty batch.
    /// - Throws: `JournalError`; the events before the fault have been given.
    public func next(
        into batch: inout ContiguousArray<MarketEvent>, limit: Int = largestFeedBatch
    ) throws(JournalError) -> Bool {
        batch.removeAll(keepingCapacity: true)
        return try chain.next(into: &batch, limit: limit, &selection)
    }
}
