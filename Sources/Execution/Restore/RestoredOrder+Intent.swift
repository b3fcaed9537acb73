import ExactJSON
import TradingModel

extension RestoredOrder {
    /// The order that the data of a line `order.intent` approve; `nil` where they are not as they are written.
    init?(intent data: [UInt8], at time: Timestamp) {
        guard let json = try? JSONParser.parse(data),
            let id = json["cid"]?.stringValue.flatMap({ ClientOrderID($0) }),
            let symbol = json["symbol"]?.stringValue.flatMap({ SymbolID($0) }),
            let side = json["side"]?.stringValue, side == "BUY" || side == "SELL",
            let type = Self.named(json["type"], OrderType.allCases, \.name),
            let tif = Self.named(json["tif"], TimeInForce.allCases, \.name),
            let quantity = json["qty"]?.stringValue.flatMap({ try? Quantity($0) }), quantity > .zero,
            let strategy = json["strategy"]?.stringValue,
            let decision = json["decision_seq"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        var request = OrderRequest(
            id: id, symbol: symbol, side: side == "BUY" ? .buy : .sell, type: type, quantity: quantity,
            limitPrice: Self.price(json["limit"]), stopPrice: Self.price(json["stop"]), timeInForce: tif,
            flags: Self.flags(json["flags"]), strategy: StrategyID(strategy),
            signalSequence: json["signal_seq"]?.integerValue.flatMap { UInt64(exactly: $0) } ?? 0)
        request.expiry = json["expiry"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        request.bracket = json["bracket"]?.stringValue.flatMap { ClientOrderID($0) }
        request.exitRound = json["exit_round"]?.integerValue.flatMap { UInt16(exactly: $0) } ?? 0
        if let trace = json["trace"]?.stringValue.flatMap({ TraceID(hex: $0) }) {
            request.trace = TraceContext(traceID: trace, spanID: SpanID(sequence: decision))
        }
        self.init(request, decisionSequence: decision, sentAt: time)
        referencePrice = Self.price(json["ref"])
    }

    private static func price(_ json: JSONValue?) -> Price? {
        json?.stringValue.flatMap { try? Price($0) }
    }

    private static func named<Value>(
        _ json: JSONValue?, _ all: [Value], _ name: (Value) -> StaticString
    ) -> Value? {
        guard let text = json?.stringValue else { return nil }
        return all.first { name($0).description == text }
    }

    private static func flags(_ json: JSONValue?) -> OrderFlags {
        var flags: OrderFlags = []
        for name in json?.arrayValue?.compactMap(\.stringValue) ?? [] {
            switch name {
            case "reduce_only": flags.insert(.reduceOnly)
            case "flatten": flags.insert(.flatten)
            case "protected": flags.insert(.protected)
            case "post_only": flags.insert(.postOnly)
            case "outside_rth": flags.insert(.outsideRegularHours)
            default: break
            }
        }
        return flags
    }
}
