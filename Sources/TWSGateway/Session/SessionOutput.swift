/// How long and how much may wait for a client.
struct OutputBound: Sendable {
    /// Most bytes that may wait for a client that takes nothing.
    var bytes: Int
    /// Most bytes that may wait in any case.
    var bytesAtMost: Int
    /// How long a client may take nothing while more than `bytes` wait, in nanoseconds.
    var patience: UInt64
    /// How long one that is to end may take nothing, in nanoseconds.
    var farewell: UInt64

    init(_ limits: GatewayLimits) {
        bytes = limits.outputBytes
        bytesAtMost = max(limits.outputBytes, limits.outputBytesAtMost)
        patience = UInt64(max(0, limits.outputPatience))
        farewell = UInt64(max(0, limits.farewell))
    }
}

/// What waits to be written to one client, and in what portions: pure, the connection does the writing.
///
/// Bounded: who does not read is not written for without end, see `isOverrun`.
struct SessionOutput: Sendable {
    let bound: OutputBound
    /// Bytes written to the client so far.
    private(set) var written: UInt64 = 0
    /// Portions of one byte until then, in monotonic nanoseconds.
    var trickleUntil: UInt64 = 0
    /// Nothing is written until then.
    var silentUntil: UInt64 = 0
    /// The stream ends after so many bytes.
    private(set) var cut: UInt64?
    /// Since when the connection is to be closed as soon as everything is written; monotonic nanoseconds.
    private var finishingSince: UInt64?
    /// Since when the socket takes nothing, and when it last took something.
    private var blockedSince: UInt64?
    private var lastTaken: UInt64 = 0

    private var bytes: [UInt8] = []
    private var start = 0
    private var hose: Hose?
    /// What comes behind the hose.
    private var behind: [UInt8] = []
    /// Messages kept back, and how many are wanted before they go.
    private var held: (frames: Int, wanted: Int)?

    /// A block that is being sent many times.
    private struct Hose: Sendable {
        let block: FirehoseBlock
        var position = 0
        var left: UInt64
    }

    init(_ bound: OutputBound) { self.bound = bound }

    /// Bytes that wait, without those of a firehose, which take no memory.
    var waiting: Int { bytes.count - start + behind.count }

    /// Close when everything is written.
    var isFinishing: Bool { finishingSince != nil }

    /// A firehose is being sent.
    var isHosing: Bool { hose != nil }

    /// More waits than may: of a client that takes nothing, or altogether.
    func isOverrun(now: UInt64) -> Bool {
        waiting > bound.bytesAtMost || overrunAt.map { now >= $0 } ?? false
    }

    /// When patience with a client that takes nothing ends.
    var overrunAt: UInt64? {
        guard waiting > bound.bytes else { return nil }
        return blockedSince.map { max($0, silentUntil) &+ bound.patience }
    }

    /// It is to end and has taken nothing for too long.
    func isLate(now: UInt64) -> Bool { lateAt.map { now >= $0 } ?? false }

    /// When a connection that is to end does so, whatever waits.
    var lateAt: UInt64? {
        finishingSince.map { max($0, lastTaken, silentUntil) &+ bound.farewell }
    }

    /// Nothing more comes: what is held back goes, then the connection ends.
    mutating func finish(now: UInt64) { finishingSince = finishingSince ?? now }

    /// Everything has been written.
    var isEmpty: Bool { waiting == 0 && hose == nil }

    /// The stream has been written up to its cut.
    var isCut: Bool { cut.map { written >= $0 } ?? false }

    /// Adds bytes behind everything else.
    mutating func append(_ more: [UInt8], frames: Int) {
        if start > 1 << 20, start > bytes.count / 2 { forgetWritten() }
        if hose == nil { bytes.append(contentsOf: more) } else { behind.append(contentsOf: more) }
        if let known = held { held = (known.frames + frames, known.wanted) }
    }

    /// Messages are kept back until there are `frames` of them.
    mutating func hold(frames: Int) { held = (0, frames) }

    /// Ends the stream after `total` bytes, counted from its beginning; nothing when they have been written already.
    mutating func cut(after total: UInt64) {
        guard total >= written else { return }
        cut = min(cut ?? total, total)
    }

    /// Sends a block behind what waits, ahead of everything added later. Nothing while another one is being sent.
    mutating func hose(_ block: FirehoseBlock) {
        guard hose == nil, !block.bytes.isEmpty, block.length > 0 else { return }
        hose = Hose(block: block, left: block.length)
    }

    /// Calls `write` with the next portion, if one may be written now.
    ///
    /// - Parameter write: returns how many bytes of it were taken.
    /// - Returns: whether another portion may follow at once.
    mutating func writePortion<Failure: Error>(
        now: UInt64, _ write: (UnsafeRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Bool {
        guard mayWrite(now: now) else { return false }
        if start == bytes.count { nextBytes() }
        var most = now < trickleUntil ? 1 : Int.max
        if let cut { most = Int(min(UInt64(most), cut - written)) }
        guard most > 0 else { return false }
        let taken: Int
        let offered: Int
        if start < bytes.count {
            (taken, offered) = try Self.write(bytes, start..<bytes.count, most, write)
            start += taken
        } else if let current = hose {
            let room = Int(min(UInt64(current.block.bytes.count - current.position), current.left))
            let range = current.position..<(current.position + room)
            (taken, offered) = try Self.write(current.block.bytes, range, most, write)
            advanceHose(taken)
        } else {
            return false
        }
        written += UInt64(taken)
        if taken > 0 { lastTaken = now }
        blockedSince = taken == offered ? nil : (taken > 0 ? now : blockedSince ?? now)
        return taken == offered && !isEmpty && !isCut
    }

    /// Whether something waits that may be written now.
    func mayWrite(now: UInt64) -> Bool {
        if isEmpty || isCut || now < silentUntil { return false }
        guard let held else { return true }
        // Everything goes when enough has come together, or when the connection is to end.
        return held.frames >= held.wanted || isFinishing
    }

    private static func write<Failure: Error>(
        _ bytes: [UInt8], _ range: Range<Int>, _ most: Int,
        _ write: (UnsafeRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> (taken: Int, offered: Int) {
        let portion = range.lowerBound..<(range.lowerBound + min(most, range.count))
        let result = bytes.withUnsafeBytes { all -> Result<Int, Failure> in
            do throws(Failure) {
                return .success(try write(UnsafeRawBufferPointer(rebasing: all[portion])))
            } catch {
                return .failure(error)
            }
        }
        return (try result.get(), portion.count)
    }

    private mutating func advanceHose(_ taken: Int) {
        guard var current = hose else { return }
        current.left -= UInt64(taken)
        current.position = (current.position + taken) % current.block.bytes.count
        hose = current.left > 0 ? current : nil
        if hose == nil {
            swap(&bytes, &behind)
            start = 0
            behind.removeAll()
        }
    }

    /// A slow reader must not keep what it has read already.
    private mutating func forgetWritten() {
        bytes.removeFirst(start)
        start = 0
    }

    /// Everything at hand was written: its room is kept, unless it was much.
    private mutating func nextBytes() {
        bytes.removeAll(keepingCapacity: bytes.count < 1 << 20)
        start = 0
        if let known = held, known.frames >= known.wanted { held = nil }
    }
}
