import ExactJSON
import Platform
import TestSupport
import TradingModel

@testable import Audit

/// A signed log written by the format alone, independently of the real writer: text put together, hashed,
/// signed.
struct HandmadeLog {
    static let seed = IncrementalSHA256.hash(Array("a key of the tests".utf8).span).bytes
    static let origin = "example/dev/11111111-1111-1111-1111-111111111111"

    let origin: String
    let key: AuditSigningKey?
    /// Lines of each segment, without line feeds.
    private(set) var segments: [[String]] = [[]]
    private(set) var latestNote: String?
    private var tree = MerkleTree()
    private var head = AuditHash.zero
    private var time = noon()

    /// A log with its first line.
    init(
        origin: String = HandmadeLog.origin, isSigned: Bool = true, seed: [UInt8] = HandmadeLog.seed,
        predecessor: String = "null"
    ) throws {
        self.origin = origin
        key = isSigned ? try AuditSigningKey(seed: seed) : nil
        let vkey = key.map { "\"\($0.verificationKey(origin: origin).text)\"" } ?? "null"
        append(
            "log.open",
            #"{"origin":"\#(origin)","segment":1,"vkey":\#(vkey),"build":"1","config":"c0ffee","#
                + #""predecessor":\#(predecessor)}"#)
    }

    var publicKey: AuditVerificationKey? { key?.verificationKey(origin: origin) }
    var size: UInt64 { tree.size }
    var headHex: String { head.hex }

    mutating func append(_ type: String, _ data: String) {
        time = time.advanced(by: 1_000_000)
        let line = Self.line(
            sequence: tree.size + 1, time: time.auditText, previous: head.hex, type: type, data: data)
        head = Self.hash(line)
        let bytes = Array(line.utf8)
        tree.append(line: bytes.span)
        segments[segments.count - 1].append(line)
    }

    mutating func checkpoint() {
        guard let key else { return }
        let note = AuditCheckpoint(origin: origin, size: tree.size, root: tree.root).signed(by: key)
        append("log.checkpoint", #"{"size":\#(tree.size),"note":\#(JSONValue.string(note).text)}"#)
        latestNote = note
    }

    mutating func rotate(storesTree: Bool = true) {
        let number = segments.count
        let bytes = Self.file(segments[number - 1]).count
        append("segment.close", #"{"segment":\#(number),"bytes":\#(bytes)}"#)
        let hash = IncrementalSHA256.hash(Self.file(segments[number - 1]).span).hex
        segments.append([])
        let subtrees = tree.subtrees.map { "\"\($0.hex)\"" }.joined(separator: ",")
        append(
            "segment.open",
            #"{"segment":\#(number + 1),"prev_segment_sha256":"\#(hash)","size_before":\#(tree.size)"#
                + (storesTree ? #","tree":[\#(subtrees)]}"# : "}"))
    }

    /// A day of orders: `count` of them, a checkpoint after every fifth, a new segment in the middle.
    mutating func trade(_ count: Int, newSegment: Bool = true) {
        for order in 1...count {
            let cid = "\"cid\":\"c-\(order)\",\"symbol\":\"XAUUSD\""
            append("order.intent", "{\(cid),\"side\":\"BUY\",\"qty\":\"1\",\"limit\":\"2400.50\"}")
            append("order.send", "{\(cid)}")
            append("order.fill", "{\(cid),\"status\":\"filled\",\"leaves\":\"0\"}")
            if order % 5 == 0 { checkpoint() }
            if newSegment && order == count / 2 { rotate() }
        }
    }

    /// Writes segments, key and note into a directory.
    func write(to directory: TemporaryDirectory, compressed: Set<Int> = [], hasNote: Bool = true) throws {
        for (index, lines) in segments.enumerated() {
            let name = AuditSegmentNames.name(index + 1)
            let bytes = Self.file(lines)
            if compressed.contains(index + 1) {
                try directory.write(gzip(bytes), to: name + ".gz")
            } else {
                try directory.write(bytes, to: name)
            }
        }
        if let publicKey { _ = try directory.file("audit.vkey", publicKey.text + "\n") }
        if hasNote, let latestNote { _ = try directory.file("latest.note", latestNote) }
    }

    static func line(sequence: UInt64, time: String, previous: String, type: String, data: String) -> String {
        let front =
            #"{"v":"tradingd.audit/1","seq":\#(sequence),"ts":"\#(time)","prev":"\#(previous)","#
            + #""type":"\#(type)","data":\#(data)"#
        return #"\#(front),"hash":"\#(IncrementalSHA256.hash(Array(front.utf8).span).hex)"}"#
    }

    static func hash(_ line: String) -> AuditHash {
        AuditHash(hex: String(line.dropLast(2).suffix(64))) ?? .zero
    }

    static func file(_ lines: [String]) -> [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

    /// What an attacker without the key can do: number and chain the lines anew, notes as they were.
    static func rechained(_ lines: [String]) -> [String] {
        var head = AuditHash.zero
        return lines.enumerated().map { index, old in
            guard let value = try? JSONParser.parse(old), let type = value["type"]?.stringValue,
                let time = value["ts"]?.stringValue, let data = value["data"]
            else { return old }
            let new = line(
                sequence: UInt64(index + 1), time: time, previous: head.hex, type: type, data: data.text)
            head = hash(new)
            return new
        }
    }
}
