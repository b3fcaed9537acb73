import TWSProtocol
import TradingModel

/// Says what an order would take, should it fill whole at its limit, stop or the last price.
struct OrderPreviewer: Sendable {
    let view: AccountView
    let commissions: CommissionSchedule

    func fill(_ state: inout OrderState, _ terms: OrderTerms, _ instrument: GatewayInstrument) {
        let price =
            terms.limit ?? terms.stop ?? view.floor.mark(terms.contract)?.price ?? instrument.startPrice
        let value = Money(price, times: terms.quantity, multiplier: instrument.multiplier)
        let figures = view.figures(terms.account)
        let commission = commissions.rate(instrument.contract.securityType).owed(
            quantity: terms.quantity, value: value)
        let gross = figures.gross + value
        state.initialMargin = Self.change(figures.initialMargin, AccountView.initialMargin(gross))
        state.maintenanceMargin = Self.change(figures.maintenanceMargin, AccountView.maintenanceMargin(gross))
        state.equityWithLoan = Self.change(figures.net, figures.net - commission)
        state.commission = commission
        state.minimumCommission = commission
        state.maximumCommission = commission
        state.commissionCurrency = instrument.contract.currency
        state.preview.marginCurrency = AccountView.baseCurrency
    }

    private static func change(_ before: Money, _ after: Money) -> MarginChange {
        var change = MarginChange()
        change.before = before.description
        change.after = after.description
        change.change = (after - before).description
        return change
    }
}
