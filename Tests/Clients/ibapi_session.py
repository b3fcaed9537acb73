"""A whole session of IB's own Python client with a gateway, every value checked: ibapi_session.py PORT SERVER_VERSION."""

import logging
import sys
import threading
import time
from decimal import Decimal

from checks import Checks, end_of_now, wait_for
from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.order_condition import MarginCondition, PriceCondition, TimeCondition
from ibapi.order_cancel import OrderCancel
from ibapi.softdollartier import SoftDollarTier
from ibapi.tag_value import TagValue
from ibapi.wrapper import EWrapper

PORT, VERSION = int(sys.argv[1]), int(sys.argv[2])
checks = Checks(f"ibapi at {VERSION}")


class Complaints(logging.Handler):
    """What the client logs as an error: mostly messages that it could not read."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.texts = []

    def emit(self, record):
        # The client logs every answer with an error code, too; those come by error().
        if not record.getMessage().startswith("ERROR "):
            self.texts.append(record.getMessage())


complaints = Complaints()
logging.getLogger().addHandler(complaints)


class Session(EWrapper, EClient):
    def __init__(self):
        EClient.__init__(self, self)
        self.errors = []
        self.calls = {}

    def keep(self, name, *values):
        self.calls.setdefault(name, []).append(values)

    def of(self, name, request=None):
        calls = self.calls.get(name, [])
        return [call for call in calls if request is None or call[0] == request]

    def error(self, reqId, errorTime, errorCode, errorString, advancedOrderRejectJson=""):
        self.errors.append((reqId, errorCode, errorString, errorTime))

    def codes(self, request):
        return [error[1] for error in self.errors if error[0] == request]


def record(name):
    def method(self, *values, **named):
        self.keep(name, *values, *named.values())

    return method


for name in (
    "nextValidId managedAccounts currentTime currentTimeInMillis contractDetails contractDetailsEnd marketRule tickPrice "
    "tickSize tickString tickGeneric tickReqParams marketDataType tickSnapshotEnd updateMktDepth updateMktDepthL2 "
    "tickByTickAllLast tickByTickBidAsk tickByTickMidPoint openOrder openOrderEnd orderStatus execDetails execDetailsEnd "
    "commissionAndFeesReport position positionEnd updateAccountValue updatePortfolio updateAccountTime accountDownloadEnd "
    "accountSummary accountSummaryEnd pnl completedOrder completedOrdersEnd historicalData historicalDataEnd "
    "historicalTicks historicalTicksBidAsk historicalTicksLast mktDepthExchanges smartComponents userInfo "
    "accountUpdateMulti accountUpdateMultiEnd"
).split():
    setattr(Session, name, record(name))


def contract(symbol, kind, exchange, currency="USD", month="", primary=""):
    made = Contract()
    made.symbol, made.secType, made.exchange, made.currency = symbol, kind, exchange, currency
    made.lastTradeDateOrContractMonth, made.primaryExchange = month, primary
    return made


GOLD = contract("XAUUSD", "CMDTY", "SMART")
EURO = contract("EUR", "CASH", "IDEALPRO")


def connect(client):
    """A session with that id; a gateway may hold the id of one that has just ended for a moment."""
    for _ in range(20):
        session = Session()
        session.connect("127.0.0.1", PORT, client)
        threading.Thread(target=session.run, daemon=True).start()
        wait_for(lambda: 326 in session.codes(-1) or session.of("nextValidId") and session.of("managedAccounts"))
        if 326 not in session.codes(-1):
            break
        session.disconnect()
        time.sleep(0.25)
    return session


def order(action, quantity, kind, limit=None, **fields):
    made = Order()
    made.action, made.totalQuantity, made.orderType, made.tif = action, Decimal(quantity), kind, "DAY"
    if limit is not None:
        made.lmtPrice = limit
    for name, value in fields.items():
        setattr(made, name, value)
    return made


session = connect(7)
checks.equal("agreed version", session.serverVersion(), VERSION)
next_id = session.of("nextValidId")[-1][0] if session.of("nextValidId") else 0
if not checks.that("next valid id and accounts have come", next_id > 0 and session.of("managedAccounts")):
    checks.finish()
account = session.of("managedAccounts")[-1][0].split(",")[0]
checks.that("a paper account", account.startswith("DU"), account)


def new_id():
    global next_id
    next_id += 1
    return next_id - 1


# Clock
session.reqCurrentTime()
wait_for(lambda: session.of("currentTime"))
checks.that("time is now", abs(session.of("currentTime")[-1][0] - time.time()) < 60, session.of("currentTime"))
if VERSION >= 197:
    session.reqCurrentTimeInMillis()
    wait_for(lambda: session.of("currentTimeInMillis"))
    seen = session.of("currentTimeInMillis")
    checks.that("time in ms is now", seen and abs(seen[-1][0] / 1000 - time.time()) < 60, seen)

# Contracts
details = {}
for number, wanted in ((1, GOLD), (2, EURO), (3, contract("GC", "FUT", "COMEX")), (4, contract("AAPL", "STK", "SMART"))):
    session.reqContractDetails(number, wanted)
    wait_for(lambda: session.of("contractDetailsEnd", number))
    details[number] = [call[1] for call in session.of("contractDetails", number)]
gold, euro = details[1][0], details[2][0]
checks.equal("one gold", len(details[1]), 1)
checks.equal("gold's conId", gold.contract.conId, 69067924)
checks.equal("gold's tick", gold.minTick, 0.01)
checks.equal("gold's currency", gold.contract.currency, "USD")
checks.that("gold has a name", gold.longName != "")
checks.that("gold may be sent to SMART", "SMART" in gold.validExchanges.split(","), gold.validExchanges)
checks.that("a market rule for each exchange", len(gold.marketRuleIds.split(",")) == len(gold.validExchanges.split(",")))
checks.that("hours in a zone", gold.timeZoneId != "" and "-" in gold.tradingHours, gold.tradingHours)
checks.equal("euro's conId", euro.contract.conId, 12087792)
checks.equal("euro's tick", euro.minTick, 5e-05)
checks.equal("euro's local symbol", euro.contract.localSymbol, "EUR.USD")
checks.that("a chain of futures", len(details[3]) >= 2, len(details[3]))
checks.that("futures expire", all(len(one.contract.lastTradeDateOrContractMonth) >= 6 for one in details[3]))
checks.that("gold futures are of 100 ounces", all(one.contract.multiplier == "100" for one in details[3]))
checks.that("a stock", details[4] and details[4][0].contract.primaryExchange == "NASDAQ", details[4])
month = min(one.contract.lastTradeDateOrContractMonth for one in details[3])
FUTURE = contract("GC", "FUT", "COMEX", month=month)
session.reqContractDetails(5, contract("NOSUCH", "STK", "SMART"))
wait_for(lambda: session.codes(5))
checks.equal("no such contract", session.codes(5), [200])
rule = int(gold.marketRuleIds.split(",")[0])
session.reqMarketRule(rule)
wait_for(lambda: session.of("marketRule", rule))
checks.that("a price step", session.of("marketRule", rule) and session.of("marketRule", rule)[0][1][0].increment == 0.01)
session.reqMktDepthExchanges()
wait_for(lambda: session.of("mktDepthExchanges"))
checks.that("exchanges with depth", session.of("mktDepthExchanges") and len(session.of("mktDepthExchanges")[0][0]) > 0)
session.reqUserInfo(6)
checks.that("user info", wait_for(lambda: session.of("userInfo", 6)))

# Level 1
session.reqMarketDataType(1)
session.reqMktData(10, GOLD, "", False, False, [])


def quote(request):
    prices = {call[1]: call[2] for call in session.of("tickPrice", request)}
    return prices.get(1), prices.get(2)


wait_for(lambda: None not in quote(10))
bid, ask = quote(10)
checks.that("gold's bid is below its ask", bid and ask and 0 < bid < ask, (bid, ask))
checks.that("sizes", wait_for(lambda: {0, 3} <= {call[1] for call in session.of("tickSize", 10)}))
checks.that("positive sizes", all(call[2] >= 0 for call in session.of("tickSize", 10)))
checks.that("live data", wait_for(lambda: session.of("marketDataType", 10)) and session.of("marketDataType", 10)[0][1] == 1)
checks.that("tick parameters", wait_for(lambda: session.of("tickReqParams", 10)))
checks.equal("gold's tick again", session.of("tickReqParams", 10)[0][1], 0.01)
checks.that("no trades of spot gold", 4 not in {call[1] for call in session.of("tickPrice", 10)})
session.reqMktData(11, FUTURE, "233", False, False, [])
checks.that("futures trade", wait_for(lambda: 4 in {call[1] for call in session.of("tickPrice", 11)}))
checks.that("and tell their volume", wait_for(lambda: 48 in {call[1] for call in session.of("tickString", 11)}))
volume = [call[2] for call in session.of("tickString", 11) if call[1] == 48]
checks.that("in six parts", volume and volume[0].count(";") == 5, volume[:1])
session.reqMktData(12, EURO, "", True, False, [])
checks.that("a snapshot ends", wait_for(lambda: session.of("tickSnapshotEnd", 12)))
checks.that("with a quote", None not in quote(12), quote(12))
session.reqMktData(13, contract("NOSUCH", "STK", "SMART"), "", False, False, [])
checks.that("none of what is not there", wait_for(lambda: 200 in session.codes(13)))


# Depth
def book(name, request, rows):
    sides = {0: [], 1: []}
    for call in session.of(name, request):
        position, operation, which, price, size = unpack(name, call)
        side = sides[which]
        if operation == 0:
            side.insert(position, (price, size))
            del side[rows:]
        elif operation == 1 and position < len(side):
            side[position] = (price, size)
        elif operation == 2 and position < len(side):
            del side[position]
    return sides


def unpack(name, call):
    if name == "updateMktDepth":
        return call[1:6]
    return call[1], call[3], call[4], call[5], call[6]


def is_sorted(sides):
    asks, bids = [row[0] for row in sides[0]], [row[0] for row in sides[1]]
    return asks == sorted(asks) and bids == sorted(bids, reverse=True) and bids[0] < asks[0]


session.reqMktDepth(20, EURO, 5, False, [])
checks.that("depth of the euro", wait_for(lambda: len(session.of("updateMktDepth", 20)) >= 30))
session.cancelMktDepth(20, False)
session.reqMktDepth(21, contract("AAPL", "STK", "SMART", primary="NASDAQ"), 10, True, [])
checks.that("smart depth of a stock", wait_for(lambda: len(session.of("updateMktDepthL2", 21)) >= 40))
session.cancelMktDepth(21, True)
session.reqCurrentTime()
wait_for(lambda: len(session.of("currentTime")) >= 2)
sides = book("updateMktDepth", 20, 5)
checks.that("five rows a side", len(sides[0]) <= 5 and len(sides[1]) <= 5 and min(len(sides[0]), len(sides[1])) > 0)
checks.that("the best first", is_sorted(sides), sides)
checks.that("with sizes", all(size > 0 for side in sides.values() for _, size in side))
maker = session.of("updateMktDepthL2", 21)[0]
checks.that("with the exchange's name", maker[2] != "" and maker[7] is True, maker)

# Tick by tick
session.reqTickByTickData(30, GOLD, "BidAsk", 0, False)
session.reqTickByTickData(31, FUTURE, "AllLast", 0, False)
session.reqTickByTickData(32, EURO, "MidPoint", 0, False)
session.reqTickByTickData(33, GOLD, "AllLast", 0, False)
checks.that("quotes", wait_for(lambda: len(session.of("tickByTickBidAsk", 30)) >= 20))
checks.that("trades", wait_for(lambda: len(session.of("tickByTickAllLast", 31)) >= 5, 60))
checks.that("middles", wait_for(lambda: len(session.of("tickByTickMidPoint", 32)) >= 5))
checks.that("no trades of spot gold, tick by tick", wait_for(lambda: 10189 in session.codes(33)))
for _, moment, bid, ask, bid_size, ask_size, *_ in session.of("tickByTickBidAsk", 30)[:20]:
    checks.that("a quote of gold", 0 < bid < ask and bid_size > 0 and ask_size > 0 and abs(moment - time.time()) < 120)
for _, kind, moment, price, size, _, exchange, conditions in session.of("tickByTickAllLast", 31)[:5]:
    checks.that("a trade of the future", kind == 2 and price > 0 and size > 0 and exchange != "", (kind, price, size))
for request in (30, 31, 32):
    session.cancelTickByTickData(request)

# History
session.reqHistoricalTicks(40, GOLD, "", end_of_now(), 10, "BID_ASK", 0, False, [])
checks.that("past quotes", wait_for(lambda: session.of("historicalTicksBidAsk", 40)))
past = session.of("historicalTicksBidAsk", 40)
checks.that("of gold", past and past[0][1] and all(0 < one.priceBid < one.priceAsk for one in past[0][1]), past)
session.reqHistoricalTicks(41, FUTURE, "", end_of_now(), 3, "TRADES", 0, False, [])
checks.that("past trades", wait_for(lambda: session.of("historicalTicksLast", 41)))

# A preview of an order with everything in it: every field of it comes back
rich = dict(
    lmtPrice=round(bid / 2, 2), tif="GTC", account=account, orderRef="rich", outsideRth=True, hidden=True,
    discretionaryAmt=0.5, goodAfterTime="20991231 23:59:59 UTC", displaySize=3, triggerMethod=2, minQty=1,
    blockOrder=True, sweepToFill=True, allOrNone=True, percentOffset=0.25, trailStopPrice=1.5, trailingPercent=2.5,
    optOutSmartRouting=True, notHeld=True, clearingAccount="clearing", clearingIntent="IB", solicited=True,
    randomizeSize=True, randomizePrice=True, rule80A="A", settlingFirm="firm", auctionStrategy=1, startingPrice=10.5,
    stockRefPrice=11.5, delta=0.5, stockRangeLower=1.25, stockRangeUpper=2.25, cashQty=1000,
    modelCode="model", ocaGroup="group", ocaType=2, hedgeType="B", hedgeParam="0.5", faGroup="group", faMethod="NetLiq",
    faPercentage="10", discretionaryUpToLimitPrice=True, dontUseAutoPriceForHedge=True, isOmsContainer=True,
    usePriceMgmtAlgo=True, duration=60, postToAts=7, autoCancelParent=True, exemptCode=5, openClose="O", origin=1,
    scaleInitLevelSize=4, scaleSubsLevelSize=2, scalePriceIncrement=0.5, scalePriceAdjustValue=0.25,
    scalePriceAdjustInterval=10, scaleProfitOffset=0.125, scaleAutoReset=True, scaleInitPosition=3, scaleInitFillQty=1,
    scaleRandomPercent=True, referencePriceType=1, continuousUpdate=True, volatility=0.75, volatilityType=2,
    deltaNeutralOrderType="LMT", deltaNeutralAuxPrice=3.5, deltaNeutralConId=42, deltaNeutralSettlingFirm="settling",
    deltaNeutralClearingAccount="account", deltaNeutralClearingIntent="intent", deltaNeutralOpenClose="O",
    deltaNeutralShortSale=True, deltaNeutralShortSaleSlot=2, deltaNeutralDesignatedLocation="place",
    shortSaleSlot=2, designatedLocation="location", algoStrategy="Vwap", whatIf=True, adjustedOrderType="TRAIL",
    triggerPrice=21.5, lmtPriceOffset=22.5, adjustedStopPrice=23.5, adjustedStopLimitPrice=24.5,
    adjustedTrailingAmount=25.5, adjustableTrailingUnit=1, goodTillDate="20991231 23:59:59 UTC",
)
rich["tif"] = "GTD"
if VERSION >= 183:
    rich["customerAccount"] = "customer"
if VERSION >= 184:
    rich["professionalCustomer"] = True
if VERSION >= 189:
    rich["includeOvernight"] = True
if VERSION >= 193:
    rich["extOperator"], rich["manualOrderIndicator"] = "operator", 1
if VERSION >= 199:
    rich["imbalanceOnly"] = True
everything = order("BUY", 4, "LMT", **rich)
everything.algoParams = [TagValue("maxPctVol", "0.1"), TagValue("noTakeLiq", "1")]
everything.softDollarTier = SoftDollarTier("tier", "value", "")
price, moment, percent = PriceCondition(2, 69067924, "SMART", True, 4000.5), TimeCondition(True, "20991231 23:59:59 UTC"), MarginCondition(False, 30)
percent.isConjunctionConnection = False
everything.conditions = [price, moment, percent]
everything.conditionsIgnoreRth = rich["conditionsIgnoreRth"] = True
everything.conditionsCancelOrder = rich["conditionsCancelOrder"] = True
rich_id = new_id()
session.placeOrder(rich_id, GOLD, everything)
if checks.that("a preview of everything", wait_for(lambda: session.of("openOrder", rich_id)), session.errors[-2:]):
    _, its_contract, echo, state = session.of("openOrder", rich_id)[-1]
    for name, value in rich.items():
        checks.equal(f"openOrder.{name}", getattr(echo, name), value)
    checks.equal("its quantity", echo.totalQuantity, Decimal(4))
    checks.equal("its side", echo.action, "BUY")
    checks.equal("its kind", echo.orderType, "LMT")
    parameters = [(one.tag, one.value) for one in echo.algoParams or []]
    checks.equal("its algo's parameters", parameters, [("maxPctVol", "0.1"), ("noTakeLiq", "1")])
    checks.equal("its tier", (echo.softDollarTier.name, echo.softDollarTier.val), ("tier", "value"))
    checks.equal("its conditions", [one.type() for one in echo.conditions], [1, 3, 4])
    checks.equal("connected", [one.isConjunctionConnection for one in echo.conditions], [True, True, False])
    checks.equal("a price", (echo.conditions[0].price, echo.conditions[0].conId, echo.conditions[0].exchange), (4000.5, 69067924, "SMART"))
    checks.equal("a time", echo.conditions[1].time, "20991231 23:59:59 UTC")
    checks.equal("a margin", echo.conditions[2].percent, 30)
    checks.equal("its contract", its_contract.conId, 69067924)
    checks.that("margins", float(state.initMarginAfter) > 0, state.initMarginAfter)
    if VERSION >= 195:
        checks.that("in a currency", state.marginCurrency == "USD", state.marginCurrency)

# An order that rests, is modified and cancelled
resting_id = new_id()
session.placeOrder(resting_id, GOLD, order("BUY", 4, "LMT", round(bid / 2, 2), tif="GTC", orderRef="rests", account=account))
statuses = lambda number: [call[1] for call in session.of("orderStatus", number)]
checks.that("it is submitted", wait_for(lambda: "Submitted" in statuses(resting_id)), session.errors[-2:])
if checks.that("it is open", session.of("openOrder", resting_id)):
    _, its_contract, echo, state = session.of("openOrder", resting_id)[-1]
    checks.equal("its client", echo.clientId, 7)
    checks.that("its permanent id", echo.permId > 0, echo.permId)
    checks.equal("its life", echo.tif, "GTC")
    checks.equal("its reference", echo.orderRef, "rests")
    checks.that("its state", state.status in ("Submitted", "PreSubmitted"), state.status)
plain_id = new_id()
plain = order("BUY", 3, "LMT", round(bid / 2, 2), orderRef="plain", account=account)
session.placeOrder(plain_id, GOLD, plain)
checks.that("a plain order is submitted", wait_for(lambda: "Submitted" in statuses(plain_id)), session.errors)
plain.lmtPrice, plain.totalQuantity = round(bid / 2 + 1, 2), Decimal(2)
session.placeOrder(plain_id, GOLD, plain)
changed = lambda: [call for call in session.of("openOrder", plain_id) if call[2].lmtPrice == plain.lmtPrice]
checks.that("it is modified", wait_for(changed), session.errors)
checks.that("to that quantity", changed() and changed()[-1][2].totalQuantity == Decimal(2))
checks.equal("and keeps its permanent id", len({call[2].permId for call in session.of("openOrder", plain_id)}), 1)
session.cancelOrder(plain_id, OrderCancel())
checks.that("it is cancelled", wait_for(lambda: "Cancelled" in statuses(plain_id)), statuses(plain_id))
checks.that("with a word of it", wait_for(lambda: 202 in session.codes(plain_id)))
session.cancelOrder(new_id(), OrderCancel())
checks.that("nothing to cancel", wait_for(lambda: set(session.codes(next_id - 1)) & {135, 10147}), session.errors[-2:])
session.placeOrder(plain_id, GOLD, plain)
checks.that("an id is used once", wait_for(lambda: set(session.codes(plain_id)) - {202}), session.codes(plain_id))
off_id = new_id()
session.placeOrder(off_id, GOLD, order("BUY", 1, "LMT", round(bid / 2, 2) + 0.001))
checks.that("a price off the grid", wait_for(lambda: 110 in session.codes(off_id)), session.codes(off_id))

# An order that fills
market_id = new_id()
session.placeOrder(market_id, FUTURE, order("BUY", 2, "MKT", orderRef="fills", account=account))
checks.that("it fills", wait_for(lambda: "Filled" in statuses(market_id), 30), (statuses(market_id), session.errors[-2:]))
fills = [call for call in session.of("execDetails") if call[2].orderId == market_id]
checks.equal("its fills add up", sum(call[2].shares for call in fills), Decimal(2))
wait_for(lambda: len(session.of("commissionAndFeesReport")) >= len(fills))
reports = {call[0].execId: call[0] for call in session.of("commissionAndFeesReport")}
for request, its_contract, fill in fills:
    checks.equal("a live fill has no request", request, -1)
    checks.equal("bought", fill.side, "BOT")
    checks.equal("of the future", its_contract.symbol, "GC")
    checks.equal("whose reference", fill.orderRef, "fills")
    checks.equal("whose account", fill.acctNumber, account)
    checks.that("at a price", fill.price > 0 and fill.cumQty > 0 and fill.avgPrice > 0)
    checks.that("with a commission", fill.execId in reports and reports[fill.execId].commissionAndFees > 0, fill.execId)
    checks.that("of four parts", fill.execId.count(".") == 3, fill.execId)
    if VERSION >= 198:
        checks.that("by somebody", fill.submitter is not None)
last = [call for call in session.of("orderStatus", market_id) if call[1] == "Filled"][-1]
checks.equal("filled", last[2], Decimal(2))
checks.equal("nothing left", last[3], Decimal(0))
average = sum(float(call[2].shares) * call[2].price for call in fills) / 2
checks.that("at the average", abs(last[4] - average) < 1e-6, (last[4], average))

# What a client asks after an outage
session.reqOpenOrders()
checks.that("open orders end", wait_for(lambda: session.of("openOrderEnd")))
asked = ExecutionFilter()
if VERSION >= 200:
    asked.lastNDays = 1
session.reqExecutions(50, asked)
checks.that("executions end", wait_for(lambda: session.of("execDetailsEnd", 50)))
checks.equal("the same fills", {call[2].execId for call in session.of("execDetails", 50)} >= {call[2].execId for call in fills}, True)
asked.side = "SELL"
session.reqExecutions(51, asked)
wait_for(lambda: session.of("execDetailsEnd", 51))
checks.that("none sold", all(call[2].side == "SLD" for call in session.of("execDetails", 51)))
session.reqPositions()
checks.that("positions end", wait_for(lambda: session.of("positionEnd")))
held = [call for call in session.of("position") if call[1].symbol == "GC" and call[0] == account]
checks.that("two futures held", held and held[-1][2] >= 2, held)
checks.that("at a cost of contracts", held and held[-1][3] > 50 * average, held and held[-1][3])
session.cancelPositions()
session.reqAccountUpdates(True, account)
checks.that("the account", wait_for(lambda: session.of("accountDownloadEnd")))
values = {call[0]: call[1] for call in session.of("updateAccountValue")}
checks.that("is worth something", "NetLiquidation" in values and float(values["NetLiquidation"]) > 0, values)
checks.that("and holds the future", any(call[0].symbol == "GC" for call in session.of("updatePortfolio")))
session.reqAccountUpdates(False, account)
session.reqAccountSummary(60, "All", "NetLiquidation,BuyingPower")
checks.that("its summary", wait_for(lambda: session.of("accountSummaryEnd", 60)))
tags = {call[2] for call in session.of("accountSummary", 60)}
checks.equal("of what was asked", tags, {"NetLiquidation", "BuyingPower"})
session.cancelAccountSummary(60)
session.reqPnL(61, account, "")
checks.that("profit and loss", wait_for(lambda: session.of("pnl", 61)))
session.cancelPnL(61)
session.reqCompletedOrders(False)
checks.that("completed orders end", wait_for(lambda: session.of("completedOrdersEnd")))
done = {call[1].orderRef: call for call in session.of("completedOrder")}
checks.that("the cancelled one", "plain" in done and done["plain"][2].status == "Cancelled", list(done))
checks.that("the filled one", "fills" in done and done["fills"][2].status == "Filled", list(done))
checks.that("with its fills", "fills" in done and done["fills"][1].filledQuantity == Decimal(2))

# A preview, and the end of everything
preview_id = new_id()
session.placeOrder(preview_id, GOLD, order("BUY", 1, "MKT", whatIf=True))
checks.that("a preview", wait_for(lambda: session.of("openOrder", preview_id)), session.codes(preview_id))
if session.of("openOrder", preview_id):
    state = session.of("openOrder", preview_id)[-1][3]
    checks.that("of margins", float(state.initMarginAfter) > 0, state.initMarginAfter)
checks.equal("does nothing", [one for one in statuses(preview_id) if one == "Filled"], [])
session.reqGlobalCancel(OrderCancel())
checks.that("everything is cancelled", wait_for(lambda: "Cancelled" in statuses(resting_id)), statuses(resting_id))
session.placeOrder(new_id(), FUTURE, order("SELL", 2, "MKT", account=account))
checks.that("the position is closed", wait_for(lambda: "Filled" in statuses(next_id - 1), 30), statuses(next_id - 1))
session.disconnect()
again = connect(7)
checks.that("ids go on", again.of("nextValidId") and again.of("nextValidId")[-1][0] >= next_id, again.of("nextValidId"))
again.disconnect()
checks.equal("nothing was unreadable", complaints.texts, [])
checks.equal("nor said to be", [one for one in session.errors if one[1] in range(501, 594)], [])
checks.finish()
