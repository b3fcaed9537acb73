import ExactJSON
import Platform
import Testing

@testable import ControlPlane

@Suite("JSON-RPC edges")
struct DispatcherEdgeTests {
    private static func errorText(_ code: Int, id: String = "null") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":\#(code),"#
    }

    @Test(
        "answers garbage with one parse error and id null",
        arguments: [
            "{", #"{"jsonrpc":"2.0","id":1,"method":"status""#, "nonsense", "{}}", "[1,", "{'a':1}",
            #"{"jsonrpc":"2.0","id":1,"method":"status",}"#,
            #"{"id":1,"id":2,"jsonrpc":"2.0","method":"status"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"status","method":"killswitch.release"}"#,
            #"{"jsonrpc":"2.0","id":01,"method":"status"}"#,
            #"{"jsonrpc":"2.0","id":"\ud800","method":"status"}"#,
            #"{"jsonrpc":"2.0","id":NaN,"method":"status"}"#, "\u{FEFF}{}", "{\"a\":\"\u{0}\"}", "{\u{0}}",
            String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
        ])
    func garbage(_ line: String) throws {
        let rig = try DispatcherRig()
        let answer = try #require(rig.answer(line))
        #expect(answer.hasPrefix(Self.errorText(-32700)))
        #expect(rig.counters.withLock { $0.parseErrors } == 1)
        #expect(rig.calls.withLock { $0.isEmpty })
    }

    @Test("answers UTF-16 and invalid UTF-8 with a parse error")
    func encodings() throws {
        let rig = try DispatcherRig()
        let utf16 = requestText("status").utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(rig.answer(utf16)?.hasPrefix(Self.errorText(-32700)) == true)
        let broken =
            Array(#"{"jsonrpc":"2.0","id":""#.utf8) + [0xC3, 0x28] + Array(#"","method":"status"}"#.utf8)
        #expect(rig.answer(broken)?.hasPrefix(Self.errorText(-32700)) == true)
    }

    @Test(
        "answers JSON that is no request with -32600, echoing only a valid id",
        arguments: [
            ("[]", "null"), ("42", "null"), (#""text""#, "null"), ("null", "null"), ("{}", "null"),
            (#"{"foo":"boo"}"#, "null"), (#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, "null"),
            (#"{"id":7,"method":"status"}"#, "7"),
            (#"{"jsonrpc":"1.0","id":"a","method":"status"}"#, #""a""#),
            (#"{"jsonrpc":2.0,"id":7,"method":"status"}"#, "7"), (#"{"jsonrpc":"2.0","id":7}"#, "7"),
            (#"{"jsonrpc":"2.0","id":7,"method":null}"#, "7"),
            (#"{"jsonrpc":"2.0","id":7,"method":"status","params":1}"#, "7"),
            (#"{"jsonrpc":"2.0","id":7,"method":"status","params":null}"#, "7"),
            (#"{"jsonrpc":"2.0","id":7,"method":"status","params":"x"}"#, "7"),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"status"}"#, "null"),
            (#"{"jsonrpc":"2.0","id":1.0,"method":"status"}"#, "null"),
            (#"{"jsonrpc":"2.0","id":1e3,"method":"status"}"#, "null"),
            (#"{"jsonrpc":"2.0","id":1e400,"method":"status"}"#, "null"),
            (#"{"jsonrpc":"2.0","id":true,"method":"status"}"#, "null"),
            (#"{"jsonrpc":"2.0","id":{},"method":"status"}"#, "null"),
            (#"{"jsonrpc":"2.0","id":[],"method":"status"}"#, "null"),
        ])
    func invalid(_ line: String, _ id: String) throws {
        let rig = try DispatcherRig()
        #expect(try rig.text(line).hasPrefix(Self.errorText(-32600, id: id)))
        #expect(rig.calls.withLock { $0.isEmpty })
    }

    @Test(
        "echoes ids as they were written",
        arguments: [
            "0", "-1", "9007199254740993", "123456789012345678901234567890", #""""#, #""\u00e9 \"q\"""#,
            "null",
        ])
    func identifiers(_ id: String) throws {
        let rig = try DispatcherRig()
        let answer = try rig.json(requestText("status", id: id))
        #expect(try answer["id"] == JSONParser.parse(id))
        #expect(answer["result"]?["method"] == "status")
        #expect(answer["error"] == nil)
    }

    @Test(
        "never answers a notification, not even with an error",
        arguments: [
            #"{"jsonrpc":"2.0","method":"status"}"#, #"{"jsonrpc":"2.0","method":"no.such"}"#,
            #"{"jsonrpc":"2.0","method":"snapshot.dom","params":{"x":1}}"#,
            #"{"jsonrpc":"2.0","method":"mode.arm"}"#, #"[{"jsonrpc":"2.0","method":"status"}]"#,
            #"[{"jsonrpc":"2.0","method":"status"},{"jsonrpc":"2.0","method":"no.such"}]"#,
        ])
    func notifications(_ line: String) throws {
        let rig = try DispatcherRig()
        #expect(rig.answer(line) == nil)
        #expect(rig.calls.withLock { $0.isEmpty })
    }

    @Test(
        "refuses methods that do not exist",
        arguments: ["no.such", "", "rpc.", "rpc.unknown", "Status", "status ", "killswitch.Engage"])
    func unknown(_ method: String) throws {
        let rig = try DispatcherRig()
        #expect(try rig.code(requestText(method)) == -32601)
    }

    @Test("names every wrong parameter")
    func parameters() throws {
        let rig = try DispatcherRig()
        let line = requestText("snapshot.dom", params: #"{"limit":0,"depth":3}"#)
        let error = try rig.json(line)["error"]
        #expect(error?["code"] == -32602)
        #expect(
            error?["data"] == [
                ["path": "limit", "reason": "must be whole number 1…1000"],
                ["path": "depth", "reason": "unknown parameter"], ["path": "symbol", "reason": "missing"],
            ])
        #expect(try rig.code(requestText("snapshot.dom", params: #"["XAUUSD"]"#)) == -32602)
        #expect(try rig.code(requestText("snapshot.dom", params: #"{"symbol":null}"#)) == -32602)
        #expect(try rig.code(requestText("snapshot.dom", params: #"{"symbol":"X","limit":1.0}"#)) == -32602)
        #expect(try rig.code(requestText("snapshot.dom", params: #"{"symbol":"X","limit":1e400}"#)) == -32602)
        #expect(try rig.code(requestText("snapshot.dom", params: #"{"symbol":"X","limit":null}"#)) == 0)
        #expect(try rig.code(requestText("mode.switch", params: #"{"mode":"fast"}"#)) == -32602)
        #expect(try rig.code(requestText("status", params: "[]")) == 0)
    }

    @Test("refuses handlers that do not fit the table")
    func registration() {
        #expect(throws: RPCRegistrationError.unknownMethod("order.forget")) {
            try DispatcherRig(handlers: ["order.forget": .value { _ in .null }])
        }
        #expect(throws: RPCRegistrationError.reserved("rpc.hello")) {
            try DispatcherRig(handlers: ["rpc.hello": .value { _ in .null }])
        }
        #expect(throws: RPCRegistrationError.deferredQuery("status")) {
            try DispatcherRig(handlers: ["status": .deferred { _, reply in reply.succeed(.null) }])
        }
    }

    @Test("says hello with role, limits and the methods the role may call")
    func hello() throws {
        let rig = try DispatcherRig(profile: .prod)
        let text = try #require(rig.answer(requestText("rpc.hello"), role: .dev))
        let result = try #require(try JSONParser.parse(text)["result"])
        #expect(result["api"] == 1)
        #expect(result["profile"] == "prod" && result["mode"] == "sim" && result["role"] == "dev")
        #expect(result["limits"]?["request_bytes"] == 65_536)
        #expect(
            result["methods"] == [
                "rpc.hello", "status", "snapshot.dom", "snapshot.delta", "snapshot.tape",
                "snapshot.footprint",
                "snapshot.orders", "snapshot.positions", "snapshot.risk", "snapshot.config", "why",
            ])
    }

    @Test("discovers exactly the rows of the table")
    func discovery() throws {
        let rig = try DispatcherRig()
        let text = try #require(rig.answer(requestText("rpc.discover")))
        let methods = try #require(try JSONParser.parse(text)["result"]?["methods"]?.arrayValue)
        #expect(methods.map { $0["name"]?.stringValue } == MethodTable.methods.map(\.name))
        let release = try #require(methods.first { $0["name"] == "killswitch.release" })
        #expect(
            release["access"] == [
                "dev": ["dev"], "operator": ["dev", "paper", "prod"], "auditor": [], "none": [],
            ])
    }

    @Test("gives every error its number and data")
    func errors() throws {
        let errors: [(RPCError, Int, JSONValue?)] = [
            (.internalError(reference: "r7"), -32603, ["ref": "r7"]), (.shuttingDown, -32000, nil),
            (.timeout("t"), -32004, nil), (.notReady("n"), -32005, nil), (.killSwitchEngaged("k"), 1001, nil),
            (.notArmed("a"), 1002, nil), (.conflict("c"), 1003, nil), (.twoPersonNeeded("t"), 1004, nil),
            (.riskDenied(code: "MAX_SIZE", "r"), 1005, ["code": "MAX_SIZE"]), (.brokerDown("b"), 1006, nil),
            (.notFound("n"), 1007, nil), (.stale("s"), 1008, nil),
        ]
        for (error, code, data) in errors {
            let rig = try DispatcherRig(handlers: ["status": .value { _ throws(RPCError) in throw error }])
            let answer = try rig.json(requestText("status"))
            #expect(answer["error"]?["code"]?.integerValue == code)
            #expect(answer["error"]?["message"] == .string(error.message))
            #expect(answer["error"]?["data"] == data)
            #expect(answer["result"] == nil)
        }
    }

    @Test("writes results without a tree and discards what a failing writer began")
    func writers() throws {
        let rig = try DispatcherRig(handlers: [
            "status": .writer { _, writer in
                writer.beginArray()
                writer.integer(1)
                writer.integer(2)
                writer.endArray()
            },
            "health": .writer { _, writer throws(RPCError) in
                writer.beginObject()
                throw .notReady("later")
            },
            "version": .writer { _, _ in },
        ])
        #expect(rig.answer(requestText("status")) == #"{"jsonrpc":"2.0","id":1,"result":[1,2]}"#)
        #expect(
            rig.answer(requestText("health"))
                == #"{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"later"}}"#)
        #expect(rig.answer(requestText("version")) == #"{"jsonrpc":"2.0","id":1,"result":null}"#)
    }

    @Test("refuses answers over the limit, alone and in a batch")
    func largeAnswers() throws {
        var limits = generousLimits()
        limits.answerBytes = 200
        let big = RPCHandler.value { _ in .string(String(repeating: "x", count: 120)) }
        let bigger = RPCHandler.value { _ in .string(String(repeating: "x", count: 300)) }
        let rig = try DispatcherRig(limits: limits, handlers: ["status": big, "health": bigger])
        #expect(try rig.code(requestText("status")) == 0)
        #expect(try rig.code(requestText("health")) == -32003)
        let batch = "[\(requestText("status")),\(requestText("status", id: "2"))]"
        let answers = try rig.json(batch).arrayValue
        #expect(answers?.map { $0["error"]?["code"] } == [nil, -32003])
        #expect(rig.counters.withLock { $0.oversizedAnswers } == 2)
    }
}
