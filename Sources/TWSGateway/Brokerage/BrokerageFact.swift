import TradingModel

/// Something that happened: the brokerage is the sum of its facts, and its log the list of them.
enum BrokerageFact: Hashable, Sendable {
    /// The log begins; every account has so much of the base currency.
    case opened(cash: Money)
    /// The gateway was restarted while it held orders back that were not transmitted: they are gone.
    case restarted
    /// A contract is traded for the first time.
    case listed(TradedContract)
    /// A client has used up an order id without an order coming of it.
    case numberUsed(OrderKey)
    /// An order is accepted.
    case placed(number: Int, OrderKey, OrderTerms, OrderStage)
    /// An order has new terms.
    case modified(number: Int, OrderTerms)
    /// An order is in another stage; filled ones are by their executions.
    case staged(number: Int, OrderStage, reason: String)
    /// An order traded.
    case executed(BookedExecution)
    /// An execution was wrong; this is right.
    case corrected(BookedExecution)
}
