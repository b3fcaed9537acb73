import TWSClient
import TWSProtocol
import TradingModel

extension ResolvedContract {
    /// Why `price` may not stand in an order, or `nil`: it must lie on the steps of the market rule that hold for it, or
    /// of the smallest increment where no rule is known.
    func refusal(of price: Price) -> String? {
        guard let step = step(at: price), step > .zero, !price.isMultiple(of: step) else { return nil }
        return "price \(price) is not on the contract's steps of \(step)"
    }

    private func step(at price: Price) -> Price? {
        guard !priceSteps.isEmpty else { return data.minTick }
        let size = price < .zero ? Price(rawValue: 0 &- price.rawValue) : price
        return priceSteps.last { $0.lowEdge <= size }?.increment
    }
}
