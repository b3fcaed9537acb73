import ControlPlane
import ExactJSON
import Execution
import Messaging
import Platform
import Risk
import TestSupport
import Testing
import TradingModel

@testable import TradingSystem

@Suite("Methods of orders by hand")
struct OrderMethodsTests {
    let rig: DaemonRig

    init() throws {
        rig = try DaemonRig(("strategy.enabled", "false"))
        let deadline = MonotonicClock.now() + 30_000_000_000
        while try !hasQuotes() {
            try #require(MonotonicClock.now() < deadline, "no quotes")
        }
    }

    private func hasQuotes() throws -> Bool {
        guard case .success(let dom) = try rig.call("snapshot.dom", by: 7, texts(["symbol": "XAUUSD"])) else {
            return false
        }
        return dom["quote"] != .null
    }

    private func submit(_ pairs: KeyValuePairs<String, String>, flags: [String] = []) throws -> Result<
        JSONValue, RPCError
    > {
        try rig.call(
            "order.submit", by: 7, texts(pairs) + flags.map { JSONValue.Member($0, .bool(true)) })
    }

    private func refusal(_ pairs: KeyValuePairs<String, String>, flags: [String] = []) throws -> String? {
        if case .failure(let error) = try submit(pairs, flags: flags) { return error.message }
        return nil
    }

    private func sent() throws -> Int {
        try #require(rig.daemon.current).session.bus.query { $0.execution.sent }
    }

    @Test("a market order fills, a resting limit is shown and cancelled, and a second cancel is refused")
    func life() throws {
        let filled = try submit(["symbol": "XAUUSD", "side": "buy", "quantity": "1", "tif": "IOC"]).get()
        #expect(filled["verdict"] == "approved" && filled["code"] == .null)
        #expect(filled["order"]?["status"] == "filled")
        let resting = try submit([
            "symbol": "XAUUSD", "side": "buy", "quantity": "2", "limit": "3970", "tif": "GTC",
        ]).get()
        let id = try #require(resting["order_id"]?.stringValue)
        #expect(resting["order"]?["status"] == "accepted" && resting["order"]?["tif"] == "GTC")
        let list = try rig.call("order.list", by: 7).get()
        #expect(list["orders"]?.arrayValue?.map { $0["order_id"]?.stringValue } == [id])
        let all = try rig.call("order.list", by: 7, [.init("all", .bool(true))]).get()
        #expect(all["orders"]?.arrayValue?.count == 2 && all["finished"]?.integerValue == 1)
        #expect(
            try rig.call("order.show", by: 7, texts(["order": id])).get()["leaves_qty"]?.integerValue == 2)
        let cancelled = try rig.call("order.cancel", by: 7, texts(["order": id])).get()
        #expect(cancelled["status"] == "cancelled" && cancelled["reason"] == "cancelled by uid:7")
        #expect(try rig.refusal("order.cancel", by: 7, texts(["order": id]))?.code == 1003)
        #expect(try rig.refusal("order.cancel", by: 7, texts(["order": "c-9-9"]))?.code == 1007)
        #expect(try rig.refusal("order.show", by: 7, texts(["order": "nine"]))?.code == -32602)
    }

    @Test("the same token sends once and tells of the first order; with other terms it is refused")
    func token() throws {
        let terms: KeyValuePairs = [
            "symbol": "XAUUSD", "side": "buy", "quantity": "1", "limit": "3970", "token": "once",
        ]
        let first = try submit(terms).get()
        let again = try submit(terms).get()
        #expect(first["repeated"] == .bool(false) && again["repeated"] == .bool(true))
        #expect(first["order_id"] == again["order_id"])
        #expect(try sent() == 1)
        let other = try refusal([
            "symbol": "XAUUSD", "side": "sell", "quantity": "1", "limit": "4030", "token": "once",
        ])
        #expect(other?.contains("was used for another order") == true)
        #expect(try sent() == 1)
    }

    @Test(
        "risk has its word: too large an order is denied with code and numbers, and so is one while disarmed")
    func denied() throws {
        let large = try submit(["symbol": "XAUUSD", "side": "buy", "quantity": "30000"]).get()
        #expect(large["verdict"] == "denied" && large["code"] == "size_limit" && large["order"] == .null)
        #expect(large["text"] == "size_limit: limit 20000, actual 30000")
        _ = try rig.call("mode.disarm", by: 7)
        let disarmed = try submit(["symbol": "XAUUSD", "side": "buy", "quantity": "1"]).get()
        #expect(disarmed["code"] == "mode")
        #expect(try sent() == 0)
    }

    @Test("what cannot be an order is refused with one message, and nothing happens")
    func malformed() throws {
        let cases: [(KeyValuePairs<String, String>, [String], String)] = [
            (["symbol": "NOBODY", "side": "buy", "quantity": "1"], [], "no instrument 'NOBODY'"),
            (["symbol": "XAUUSD", "side": "buy", "quantity": "much"], [], "quantity: must be a positive"),
            (["symbol": "XAUUSD", "side": "buy", "quantity": "-1"], [], "quantity: must be a positive"),
            (["symbol": "XAUUSD", "side": "buy", "quantity": "1.5"], [], "no multiple of the lot, 1"),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1", "limit": "4000.001"], [],
                "limit: 4000.001 is off the grid of 0.01"
            ),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1", "type": "limit"], [],
                "limit: missing: a limit order needs one"
            ),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1", "type": "market", "limit": "4000"], [],
                "limit: a market order has none"
            ),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1", "limit": "4000", "tif": "GTD"], [],
                "until: missing: a GTD order needs one"
            ),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1", "until": "2100-01-01T00:00:00Z"], [],
                "until: is for GTD orders only"
            ),
            (
                [
                    "symbol": "XAUUSD", "side": "buy", "quantity": "1", "limit": "4000", "tif": "GTD",
                    "until": "2020-01-01T00:00:00Z",
                ], [], "until: is over"
            ),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1", "tif": "SOON"], [],
                "tif: must be one of DAY"
            ),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1"], ["post_only"],
                "post_only: is for limit orders"
            ),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1", "strategy": "genius"], [],
                "no strategy 'genius'"
            ),
            (
                ["symbol": "XAUUSD", "side": "buy", "quantity": "1", "token": "a b"], [],
                "token: may have letters"
            ),
        ]
        for (terms, flags, text) in cases {
            let message = try refusal(terms, flags: flags)
            #expect(message?.contains(text) == true, "\(terms): \(message ?? "accepted")")
        }
        #expect(try sent() == 0)
        #expect(try #require(rig.daemon.current).session.bus.query { $0.risk.tally.deniedTotal } == 0)
    }

    @Test("a change is made once under its token, denied by risk, or refused for what the order is")
    func modify() throws {
        let first = try submit(["symbol": "XAUUSD", "side": "buy", "quantity": "1", "limit": "3970"]).get()
        let id = try #require(first["order_id"]?.stringValue)
        func change(_ pairs: KeyValuePairs<String, String>) throws -> Result<JSONValue, RPCError> {
            try rig.call("order.modify", by: 7, texts(pairs))
        }
        let changed = try change(["order": id, "limit": "3971", "quantity": "2", "token": "m"]).get()
        #expect(changed["verdict"] == "approved" && changed["order"]?["limit_price"]?.cellText == "3971")
        let again = try change(["order": id, "limit": "3971", "quantity": "2", "token": "m"]).get()
        #expect(again["repeated"] == .bool(true))
        let denied = try change(["order": id, "quantity": "30000"]).get()
        #expect(denied["verdict"] == "denied" && denied["code"] == "size_limit")
        #expect(denied["order"]?["qty"]?.cellText == "2")
        for (pairs, text) in [
            (["order": id, "limit": "3971.001"], "off the grid"), (["order": id], "nothing is to be changed"),
            (["order": id, "stop": "4040"], "the order has no trigger"),
            (["order": "c-9-9", "quantity": "1"], "no order c-9-9"),
        ] as [(KeyValuePairs<String, String>, String)] {
            guard case .failure(let error) = try change(pairs) else {
                Issue.record("accepted: \(pairs)")
                continue
            }
            #expect(error.message.contains(text), "\(error.message)")
        }
    }

    @Test("cancelling all takes what works, of an instrument or a strategy where it is told")
    func cancelAll() throws {
        for limit in ["3970", "3971", "3972"] {
            _ = try submit(["symbol": "XAUUSD", "side": "buy", "quantity": "1", "limit": limit]).get()
        }
        let none = try rig.call("order.cancel_all", by: 7, texts(["strategy": "micro_price_momentum"])).get()
        #expect(none["asked"]?.integerValue == 0)
        #expect(try rig.refusal("order.cancel_all", by: 7, texts(["symbol": "NOBODY"]))?.code == 1007)
        let all = try rig.call("order.cancel_all", by: 7, texts(["strategy": "manual", "symbol": "XAUUSD"]))
            .get()
        #expect(all["asked"]?.integerValue == 3 && all["still_open"]?.integerValue == 0)
        #expect(try rig.call("order.list", by: 7).get()["working"]?.integerValue == 0)
    }
}
