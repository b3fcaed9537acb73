import Audit
import ExactJSON
import Testing

/// What the lines of a log must be true of, however often its daemon was killed. Lines come in the order of the log.
struct AuditLedger {
    /// Lines so far.
    private(set) var count: UInt64 = 0
    /// Reasons that operators gave, wherever they stand.
    private(set) var reasons: Set<String> = []
    /// Ids of the orders sent.
    private(set) var sent: Set<String> = []
    /// Bytes that each `log.recovered` names.
    private(set) var recovered: [Int] = []
    /// Numbers of the sessions, in the order of their start.
    private(set) var sessions: [Int] = []
    /// Checkpoints seen.
    private(set) var checkpoints = 0
    private var intents: Set<String> = []
    private var isEngaged = false
    private var tree = MerkleTree()
    /// The root before each checkpoint, by size.
    private var roots: [UInt64: AuditHash] = [:]
    private var key: AuditVerificationKey?

    /// The text form of the log's key.
    var keyText: String? { key?.text }

    /// Takes one more line.
    mutating func add(_ line: [UInt8]) throws {
        let json = try JSONParser.parse(line)
        let data = json["data"] ?? .null
        count += 1
        #expect(json["seq"]?.integerValue == Int(count))
        if let reason = data["reason"]?.stringValue { reasons.insert(reason) }
        switch json["type"]?.stringValue {
        case "log.open":
            let text = try #require(data["vkey"]?.stringValue)
            key = AuditVerificationKey(text: text)
        case "log.checkpoint": try prove(data["note"]?.stringValue ?? "")
        case "log.recovered": recovered.append(try #require(data["bytes"]?.integerValue))
        case "session.start":
            sessions.append(try #require(data["session"]?.integerValue))
            isEngaged = false
        case "killswitch.engage": isEngaged = true
        case "killswitch.release": isEngaged = false
        default: try addOrder(json["type"]?.stringValue ?? "", data)
        }
        tree.append(line: line.span)
    }

    private mutating func addOrder(_ type: String, _ data: JSONValue) throws {
        let order = data["cid"]?.stringValue ?? ""
        switch type {
        case "order.intent":
            #expect(intents.insert(order).inserted, "id \(order) comes a second time")
            #expect(!isEngaged, "\(order) was meant while the kill switch was engaged")
        case "order.send":
            #expect(intents.contains(order), "\(order) was sent without an intent")
            #expect(sent.insert(order).inserted, "\(order) was sent twice")
            #expect(!isEngaged, "\(order) was sent while the kill switch was engaged")
        case "order.fill", "order.ack": #expect(sent.contains(order), "\(type) of \(order), never sent")
        default: break
        }
    }

    private mutating func prove(_ note: String) throws {
        let checkpoint = try AuditCheckpoint(note: note, key: try #require(key))
        #expect(checkpoint.size == tree.size && checkpoint.root == tree.root)
        roots[tree.size] = tree.root
        checkpoints += 1
    }

    /// Proves a note that was kept beside the log: its lines are there, and they are those.
    func prove(kept note: String) throws {
        let checkpoint = try AuditCheckpoint(note: note, key: try #require(key))
        #expect(checkpoint.size <= tree.size, "the newest note attests lines that are gone")
        #expect(roots[checkpoint.size] == checkpoint.root, "latest.note attests another log")
    }
}
