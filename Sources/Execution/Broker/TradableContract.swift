import TWSClient
import TWSProtocol
import TradingModel

/// What an order needs of a resolved contract: one reference, because an order must not pay for copying everything that
/// the gateway says of a contract.
final class TradableContract: Sendable {
    /// With contract id and exchange.
    let contract: Contract
    private let smallestStep: Price
    private let steps: [ResolvedContract.PriceStep]
    private let multiplier: Quantity?
    private let magnifier: Int128

    init(_ resolved: ResolvedContract) {
        contract = resolved.contract
        smallestStep = resolved.data.minTick
        steps = resolved.priceSteps
        let text = resolved.contract.multiplier
        multiplier = text.isEmpty ? Money.one : try? Quantity(text)
        magnifier = Int128(max(resolved.data.priceMagnifier, 1))
    }

    /// The price that an average cost stands for, which has the multiplier in it; `nil` where that is not understood.
    func price(ofCost cost: Money) -> Price? {
        guard let multiplier, multiplier > .zero else { return nil }
        let price = cost.scaled(by: magnifier, over: Int128(multiplier.rawValue))
        return Price(rawValue: Int64(clamping: price.rawValue))
    }

    /// Why `price` may not stand in an order, or `nil`: it must lie on the steps of the market rule that hold for it, or
    /// of the smallest increment where no rule is known.
    func refusal(of price: Price) -> String? {
        guard let step = step(at: price), step > .zero, !price.isMultiple(of: step) else { return nil }
        return "price \(price) is not on the contract's steps of \(step)"
    }

    private func step(at price: Price) -> Price? {
        guard !steps.isEmpty else { return smallestStep }
        let size = price < .zero ? Price(rawValue: 0 &- price.rawValue) : price
        return steps.last { $0.lowEdge <= size }?.increment
    }
}
