import ExactJSON
import TradingModel

/// Computes features, direction and quantity of a decision again from what its line says of the market.
///
/// Written apart from the strategy on purpose: whoever checks a calculation must not use the same code.
struct Recomputation {
    /// What does not follow from the line; empty when everything does.
    private(set) var differences: [String] = []

    /// Computes the decision of an `order.intent` or `order.deny` line again.
    ///
    /// - Returns: `nil` for a line that does not say enough, or of rules that are not known here.
    init?(_ data: JSONValue) {
        guard data["strategy"]?.stringValue == "micro_price_momentum",
            data["strategy_version"] == .number("1"),
            let trigger = data["trigger"], let features = data["features"],
            let samples = features["samples"]?.arrayValue?.compactMap(\.exact), samples.count == 10
        else { return nil }
        compare("last", features["last"], samples.last)
        compare("last", features["last"], Self.microPrice(trigger))
        compare("mean_5", features["mean_5"], Self.mean(samples.suffix(5)))
        compare("mean_10", features["mean_10"], Self.mean(samples[...]))
        let direction = Self.direction(features)
        let said = data["signal"]?["direction"]?.stringValue
        if direction != said { differences.append("direction is \(direction ?? "–"), not \(said ?? "–")") }
        compareQuantity(data)
    }

    private mutating func compare(_ name: String, _ said: JSONValue?, _ computed: Int64?) {
        guard said?.exact != computed else { return }
        let value = computed.map { Price(rawValue: $0).description } ?? "–"
        differences.append("\(name) is \(value), not \(said?.cell ?? "–")")
    }

    private mutating func compareQuantity(_ data: JSONValue) {
        guard let sizing = data["sizing"], let target = sizing["target"]?.exact,
            let position = sizing["position"]?.exact, let leaves = sizing["leaves"]?.exact
        else { return differences.append("sizing is not whole") }
        let change = Int128(target) - Int128(position) - Int128(leaves)
        let quantity = Int64(clamping: change.magnitude)
        compare("change", sizing["change"], Int64(clamping: change))
        compare("qty", data["qty"], quantity)
        let side = change > 0 ? "BUY" : "SELL"
        if data["side"]?.stringValue != side { differences.append("side is \(side)") }
    }

    /// (bid · ask size + ask · bid size) ÷ (bid size + ask size), without both sizes the mid; half to even.
    private static func microPrice(_ trigger: JSONValue) -> Int64? {
        guard let bid = trigger["bid"]?.exact, let ask = trigger["ask"]?.exact else { return nil }
        let bidSize = trigger["bid_size"]?.exact ?? 0
        let askSize = trigger["ask_size"]?.exact ?? 0
        guard bidSize > 0, askSize > 0 else { return rounded(Int128(bid) + Int128(ask), over: 2) }
        return rounded(
            Int128(bid) * Int128(askSize) + Int128(ask) * Int128(bidSize),
            over: Int128(bidSize) + Int128(askSize)
        )
    }

    private static func mean(_ samples: ArraySlice<Int64>) -> Int64 {
        rounded(samples.reduce(0) { $0 + Int128($1) }, over: Int128(samples.count))
    }

    private static func direction(_ features: JSONValue) -> String? {
        guard let last = features["last"]?.exact, let five = features["mean_5"]?.exact,
            let ten = features["mean_10"]?.exact, let threshold = features["threshold"]?.exact
        else { return nil }
        let fast = Int128(last) - Int128(five)
        let slow = Int128(five) - Int128(ten)
        if fast >= threshold && slow >= threshold { return "long" }
        return fast <= -threshold && slow <= -threshold ? "short" : "flat"
    }

    /// The whole number nearest to a ÷ b (positive), the even one of two.
    private static func rounded(_ a: Int128, over b: Int128) -> Int64 {
        var below = a / b
        if below * b > a { below -= 1 }
        let (down, up) = (a - below * b, (below + 1) * b - a)
        let nearest = down < up || (down == up && below & 1 == 0) ? below : below + 1
        return Int64(clamping: nearest)
    }
}

extension JSONValue {
    /// An exact decimal, a string or a number, in units of 1e-9.
    var exact: Int64? {
        let text: String
        switch self {
        case .string(let string): text = string
        case .number(let number): text = number
        default: return nil
        }
        do throws(DecimalError) {
            return try Price(text).rawValue
        } catch {
            return nil
        }
    }
}
