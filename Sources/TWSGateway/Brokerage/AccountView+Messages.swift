import TWSProtocol
import TradingModel

extension AccountView {
    /// A position as reqPositions tells it.
    func position(_ key: PositionKey) -> PositionReport {
        let position = ledger.positions[key]
        var message = PositionReport()
        message.account = key.account
        message.contract = contract(key.contract)
        message.position = position.quantity
        message.averageCost = position.averageCost
        return message
    }

    /// A position as reqAccountUpdates tells it.
    func portfolio(_ key: PositionKey) -> PortfolioValue {
        let position = ledger.positions[key]
        let valuation = value(position, key.contract)
        var message = PortfolioValue()
        message.contract = contract(key.contract)
        message.position = position.quantity
        message.marketPrice = Money(valuation.price)
        message.marketValue = valuation.value
        message.averageCost = position.averageCost
        message.unrealizedPnL = valuation.unrealized
        message.realizedPnL = position.realized
        message.account = key.account
        return message
    }

    /// Gains of an account. What it made on the day is what it made since its opening: days are not told apart.
    func gains(_ subscription: AccountDesk.Subscription) -> ProfitAndLoss {
        let figures = figures(subscription.account)
        var message = ProfitAndLoss()
        message.requestID = subscription.request
        message.daily = figures.realized + figures.unrealized
        message.unrealized = figures.unrealized
        message.realized = figures.realized
        return message
    }

    /// All lines and positions of an account, or those of one contract, then the time.
    func tellUpdates(
        _ account: String, only contract: Int32? = nil, at time: Timestamp, to session: SessionID,
        _ outbox: inout GatewayOutbox
    ) {
        for line in lines(account) + ledgerLines(account) {
            var message = AccountValue()
            message.key = line.key
            message.value = line.value
            message.currency = line.currency
            message.account = account
            outbox.send(message, to: session)
        }
        for (key, _) in ledger.positions.ordered(of: account)
        where contract == nil || contract == key.contract {
            outbox.send(portfolio(key), to: session)
        }
        var clock = AccountUpdateTime()
        clock.time = String(GatewayTime.dateAndTime(time).dropFirst(9).prefix(5))
        outbox.send(clock, to: session)
    }

    /// The tags asked for, in their order; what is not known is left out.
    func tellSummary(_ subscription: AccountDesk.Subscription, _ outbox: inout GatewayOutbox) {
        for account in subscription.account.split(separator: ",").map(String.init) {
            for line in summaryLines(account, subscription.detail) {
                var message = AccountSummaryValue()
                message.requestID = subscription.request
                message.account = account
                message.tag = line.key
                message.value = line.value
                message.currency = line.currency
                outbox.send(message, to: subscription.session)
            }
        }
        var end = AccountSummaryEnd()
        end.requestID = subscription.request
        outbox.send(end, to: subscription.session)
    }

    private func summaryLines(_ account: String, _ tags: String) -> [AccountLine] {
        let lines = lines(account)
        return tags.split(separator: ",").flatMap { tag -> [AccountLine] in
            tag.hasPrefix("$LEDGER") ? ledgerLines(account) : lines.filter { $0.key == tag }
        }
    }

    /// An account's lines, under a number.
    func tellMultiple(_ subscription: AccountDesk.Subscription, _ outbox: inout GatewayOutbox) {
        for account in subscription.account.split(separator: ",").map(String.init) {
            let own =
                subscription.isLedgerOnly
                ? lines(account).filter { $0.key == "NetLiquidation" } : lines(account)
            for line in own + ledgerLines(account) {
                var message = AccountUpdateMulti()
                message.requestID = subscription.request
                message.account = account
                message.modelCode = subscription.detail
                message.key = line.key
                message.value = line.value
                message.currency = line.currency
                outbox.send(message, to: subscription.session)
            }
        }
    }
}
