/// A change of position that no execution of ours explains and that is counted from now on, as a notice tells it:
/// `XAUUSD=5@4000.1`, carried over from an earlier session `XAUUSD=5@4000.1 mark=3990`; without a price `XAUUSD=5`.
public struct AdoptedPosition: Sendable, Hashable, BitwiseCopyable {
    /// Of what.
    public var symbol: SymbolID
    /// By how much the position changes, signed; never zero.
    public var change: Quantity
    /// What a unit of it cost, without the multiplier; `nil` where nobody has said so.
    public var averagePrice: Price?
    /// Whether it is what an earlier session held, whose results have it already.
    public var isCarried: Bool
    /// Where it is carried, the price at which those results have it; `nil` where they have none.
    public var mark: Price?

    /// A change that somebody has accepted.
    public init(_ symbol: SymbolID, _ change: Quantity, averagePrice: Price? = nil) {
        self.symbol = symbol
        self.change = change
        self.averagePrice = averagePrice.flatMap { $0 > .zero ? $0 : nil }
        isCarried = false
    }

    /// What an earlier session held.
    ///
    /// - Parameter mark: the price at which its results have it; zero for none.
    public init(carried symbol: SymbolID, _ position: Quantity, averagePrice: Price?, mark: Price) {
        self.init(symbol, position, averagePrice: averagePrice)
        isCarried = true
        self.mark = mark > .zero ? mark : nil
    }

    /// What a notice tells; `nil` for what adopts nothing.
    public init?(_ notice: SystemNotice) {
        guard notice.kind == .positionAdopted else { return nil }
        self.init(text: notice.detail)
    }

    /// Reads what `text` says; `nil` for anything else.
    public init?(text: String) {
        var rest = Substring(text)
        var mark: Price?
        if let space = rest.lastIndex(of: " "), rest[space...].hasPrefix(" mark=") {
            guard let price = try? Price(rest[space...].dropFirst(6)) else { return nil }
            mark = price
            rest = rest[..<space]
        }
        guard let equals = rest.lastIndex(of: "="), let symbol = SymbolID(String(rest[..<equals])) else {
            return nil
        }
        let parts = rest[rest.index(after: equals)...].split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, let change = try? Quantity(parts[0]), change != .zero else { return nil }
        var average: Price?
        if parts.count == 2 {
            guard let price = try? Price(parts[1]) else { return nil }
            average = price
        }
        if let mark {
            self.init(carried: symbol, change, averagePrice: average, mark: mark)
        } else {
            self.init(symbol, change, averagePrice: average)
        }
    }

    /// One line that says all of it.
    public var text: String {
        let price = averagePrice.map { "@\($0)" } ?? ""
        return "\(symbol.name)=\(change)\(price)" + (isCarried ? " mark=\(mark ?? .zero)" : "")
    }

    /// The notice that tells it.
    public func notice(actor: String, reason: String) -> SystemNotice {
        SystemNotice(.positionAdopted, actor: actor, reason: reason, detail: text)
    }
}
