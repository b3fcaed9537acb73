import TradingModel

/// What is to be done with a contract: everything that orders and the reports about them say.
///
/// A field exists in all three messages unless its comment says otherwise. Reports are read leniently: what
/// is not needed to know the order (all but action, quantity, type, prices and ids) is unset when it cannot
/// be read.
public struct Order: Hashable, Sendable {
    /// `BUY` or `SELL`; institutions also `SSHORT`.
    public var action = ""
    /// How much; `nil` when it is not said, as of an order for an amount of cash.
    public var totalQuantity: Quantity?
    /// `LMT`, `MKT`, `STP`, `STP LMT`, `TRAIL` …
    public var orderType = ""
    /// Limit; a gateway says 0 for orders without.
    public var limitPrice: Price?
    /// Stop price, or distance of a trailing stop.
    public var auxiliaryPrice: Price?
    /// `DAY`, `GTC`, `IOC`, `GTD`, `OPG`, `FOK`; to be said always.
    public var timeInForce = ""
    /// Whose; needed when the login has several.
    public var account = ""
    /// Free text that comes back in reports: the place for an own id.
    public var reference = ""
    /// Send it on to the exchange; orders only.
    public var transmits = true
    /// Order it hangs on; 0 for none.
    public var parentID: Int32 = 0
    /// Orders that end each other.
    public var oneCancelsAll = OneCancelsAll()
    /// For a block of options; not in completed orders.
    public var isBlockOrder = false
    /// Take what is there, by price, at once.
    public var sweepsToFill = false
    /// How much others see; 0 all.
    public var displaySize: Int32? = 0
    /// Which price triggers a stop; 0 the default.
    public var triggerMethod: Int32 = 0
    /// Works outside regular trading hours too.
    public var isOutsideRegularHours = false
    /// Nobody sees it.
    public var isHidden = false
    /// What it says of a combination.
    public var combination = OrderCombination()
    /// How far beyond the limit it may go.
    public var discretionaryAmount: Price? = .zero
    /// Not before, `yyyyMMdd HH:mm:ss zone`.
    public var goodAfterTime = ""
    /// Not after, `yyyyMMdd HH:mm:ss zone`; with `GTD`.
    public var goodTillDate = ""
    /// How an advisor shares it out.
    public var advisor = AdvisorAllocation()
    /// A sale of shares not held.
    public var shortSale = OrderShortSale()
    /// For whom it is.
    public var clearing = OrderClearing()
    /// All at once or nothing.
    public var isAllOrNone = false
    /// At least so much at once.
    public var minimumQuantity: Int32?
    /// Of relative orders.
    public var percentOffset: Double?
    /// No longer supported, error 10268; not in completed orders.
    public var isElectronicTradeOnly = false
    /// No longer supported, error 10269; not in completed orders.
    public var isFirmQuoteOnly = false
    /// No longer supported, error 10270; not in completed orders.
    public var bestPriceCap: Price?
    /// Terms of orders for options.
    public var box = OrderBox()
    /// Take it though its price is far off; orders only.
    public var overridesPercentageConstraints = false
    /// Terms of orders priced by volatility.
    public var volatility = OrderVolatility()
    /// Terms of trailing stops.
    public var trail = OrderTrail()
    /// Steps of price.
    public var scale = OrderScale()
    /// Begin of its activity; orders only.
    public var activeStartTime = ""
    /// End of its activity; orders only.
    public var activeStopTime = ""
    /// What it hedges.
    public var hedge = OrderHedge()
    /// Only with direct routing; not in completed orders.
    public var optsOutOfSmartRouting = false
    /// At the broker's discretion.
    public var isNotHeld = false
    /// What a combination is delta neutral to.
    public var deltaNeutralContract: DeltaNeutralContract?
    /// Who works it.
    public var algorithm = OrderAlgorithm()
    /// Only ask for margin and commission; not in completed orders.
    public var isWhatIf = false
    /// `tag=value;` repeated, normally empty; orders only.
    public var options = ""
    /// An advisor's own idea.
    public var isSolicited = false
    /// Of orders by volatility.
    public var randomizesSize = false
    /// Of orders by volatility.
    public var randomizesPrice = false
    /// Terms of orders pegged to another contract.
    public var benchmark = BenchmarkPeg()
    /// What must hold first.
    public var conditions = OrderConditions()
    /// What a stop becomes; of it, completed orders have the offset of the limit alone.
    public var adjustment = OrderAdjustment()
    /// Who places it; the operator always in orders, in open orders from 193; the indicator in orders from
    /// 192.
    public var tagging = OrderTagging()
    /// How research is paid for; not in completed orders.
    public var softDollarTier = SoftDollarTier()
    /// How much money instead of how many.
    public var cashQuantity: Money?
    /// Who decided, for MiFID II; orders only.
    public var decision = OrderDecision()
    /// Of an order management system.
    public var isContainer = false
    /// Pegged up to its limit; not in completed orders.
    public var isDiscretionaryUpToLimit = false
    /// 1 let the broker's algorithm manage the price, 0 not, `nil` the default; not in completed orders.
    public var priceManagement: Int32?
    /// Seconds that it lives; not in completed orders.
    public var duration: Int32?
    /// Seconds that it is shown on an alternative system; not in completed orders.
    public var postToATS: Int32?
    /// Its end ends the parent.
    public var cancelsParent = false
    /// Codes of an advanced rejection to pass over, separated by commas; orders only.
    public var advancedErrorOverride = ""
    /// When a person placed it; orders only.
    public var manualOrderTime = ""
    /// Terms of orders pegged to the best price or the middle.
    public var pegs = OrderPegs()
    /// Of bonds; open orders only, from 185.
    public var bondAccruedInterest = ""
    /// In the overnight session too; not in completed orders, from 189.
    public var includesOvernight = false
    /// Only against an imbalance at the open or close; from 199, in completed orders always.
    public var isImbalanceOnly = false

    /// All fields unset.
    public init() {}
}
