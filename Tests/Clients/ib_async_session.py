"""A whole session of ib_async with a gateway, every value checked: ib_async_session.py PORT."""

import logging
import sys
import time

from checks import Checks, end_of_now
from ib_async import IB, Contract, Future, LimitOrder, MarketOrder, StopOrder

PORT = int(sys.argv[1])
checks = Checks("ib_async")


class Complaints(logging.Handler):
    """What the client logs as an error of its own: messages that it could not read."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.texts = []

    def emit(self, record):
        if not record.getMessage().startswith(("Error ", "Canceled order")):
            self.texts.append(record.getMessage())


complaints = Complaints()
logging.getLogger("ib_async").addHandler(complaints)

ib = IB()
errors = []
ib.errorEvent += lambda request, code, text, contract: errors.append((request, code, text))


def wait(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        ib.waitOnUpdate(timeout=0.05)


ib.connect("127.0.0.1", PORT, clientId=8, timeout=15)
checks.that("connected", ib.isConnected())
checks.equal("agreed version", ib.client.serverVersion(), 178)
account = ib.managedAccounts()[0]
checks.that("a paper account", account.startswith("DU"), account)
checks.that("the account is worth something", any(v.tag == "NetLiquidation" and float(v.value) > 0 for v in ib.accountValues()))
checks.that("time is now", abs(ib.reqCurrentTime().timestamp() - time.time()) < 60)

gold = Contract(symbol="XAUUSD", secType="CMDTY", exchange="SMART", currency="USD")
details = ib.reqContractDetails(gold)
checks.equal("one gold", len(details), 1)
checks.equal("gold's conId", details[0].contract.conId, 69067924)
checks.equal("gold's tick", details[0].minTick, 0.01)
checks.equal("gold qualified", ib.qualifyContracts(gold)[0].conId, 69067924)
chain = ib.reqContractDetails(Future("GC", exchange="COMEX"))
checks.that("a chain of futures", len(chain) >= 2, len(chain))
future = min((one.contract for one in chain), key=lambda one: one.lastTradeDateOrContractMonth)
checks.equal("nothing of what is not there", ib.reqContractDetails(Contract(symbol="NOSUCH", secType="STK", exchange="SMART", currency="USD")), [])
checks.that("said with 200", any(code == 200 for _, code, _ in errors), errors)
rule = ib.reqMarketRule(int(details[0].marketRuleIds.split(",")[0]))
checks.equal("a price step", rule[0].increment, 0.01)

ticker = ib.reqMktData(gold)
checks.that("a quote of gold", wait(lambda: ticker.bid > 0 and ticker.ask > ticker.bid), ticker)
traded = ib.reqMktData(future, "233")
checks.that("a trade of the future", wait(lambda: traded.last > 0), traded)
euro = ib.qualifyContracts(Contract(symbol="EUR", secType="CASH", exchange="IDEALPRO", currency="USD"))[0]
depth = ib.reqMktDepth(euro, numRows=5)
checks.that("depth of the euro", wait(lambda: len(depth.domBids) == 5 and len(depth.domAsks) == 5), depth)
checks.that("with prices", all(row.price > 0 and row.size > 0 for row in depth.domBids + depth.domAsks), depth)
ib.cancelMktDepth(euro)
quotes = ib.reqTickByTickData(gold, "BidAsk")
checks.that("quotes, tick by tick", wait(lambda: any(tick.bidPrice > 0 for tick in quotes.tickByTicks)))
prints = ib.reqTickByTickData(future, "AllLast")
checks.that("trades, tick by tick", wait(lambda: any(tick.price > 0 and tick.size > 0 for tick in prints.tickByTicks), 60))
ib.cancelTickByTickData(gold, "BidAsk")
ib.cancelTickByTickData(future, "AllLast")
past = ib.reqHistoricalTicks(gold, "", end_of_now(), 10, "BID_ASK", False)
checks.that("past quotes", past and all(0 < tick.priceBid < tick.priceAsk for tick in past), past)

low = round(ticker.bid / 2, 2)
resting = ib.placeOrder(gold, LimitOrder("BUY", 3, low, orderRef="rests", tif="DAY", account=account))
checks.that("it is submitted", wait(lambda: resting.orderStatus.status == "Submitted"), resting)
checks.that("with a permanent id", resting.order.permId > 0)
resting.order.lmtPrice = low + 1
resting.order.totalQuantity = 2
ib.placeOrder(gold, resting.order)
checks.that("it is modified", wait(lambda: any(entry.message == "Modify" for entry in resting.log) and resting.orderStatus.remaining == 2), resting)
checks.equal("one open order", [trade.order.orderRef for trade in ib.reqOpenOrders()], ["rests"])
checks.equal("at the new price", ib.openTrades()[0].order.lmtPrice, low + 1)
ib.cancelOrder(resting.order)
checks.that("it is cancelled", wait(lambda: resting.orderStatus.status == "Cancelled"), resting)
stop = ib.placeOrder(gold, StopOrder("SELL", 1, low, tif="DAY", account=account))
checks.that("a stop waits", wait(lambda: stop.orderStatus.status == "PreSubmitted"), stop)

before = {position.contract.conId: position.position for position in ib.positions()}
bought = ib.placeOrder(future, MarketOrder("BUY", 2, orderRef="fills", tif="DAY", account=account))
checks.that("it fills", wait(bought.isDone, 30), bought)
checks.equal("filled", bought.orderStatus.status, "Filled")
checks.equal("its fills add up", sum(fill.execution.shares for fill in bought.fills), 2)
checks.that("with commissions", wait(lambda: all(fill.commissionReport.commission > 0 for fill in bought.fills)), bought.fills)
checks.that("of four parts", all(fill.execution.execId.count(".") == 3 for fill in bought.fills), bought.fills)
average = sum(fill.execution.shares * fill.execution.price for fill in bought.fills) / 2
checks.that("at the average", abs(bought.orderStatus.avgFillPrice - average) < 1e-6, bought.orderStatus)
held = lambda: {position.contract.conId: position.position for position in ib.positions()}.get(future.conId, 0)
checks.that("two more futures held", wait(lambda: held() == before.get(future.conId, 0) + 2), ib.positions())
checks.that("the same fills again", {fill.execution.execId for fill in ib.reqExecutions()} >= {fill.execution.execId for fill in bought.fills})
preview = ib.whatIfOrder(future, MarketOrder("BUY", 1, tif="DAY"))
checks.that("a preview", preview and float(preview.initMarginAfter) > 0, preview)
sold = ib.placeOrder(future, MarketOrder("SELL", 2, tif="DAY", account=account))
checks.that("the position is closed", wait(sold.isDone, 30) and wait(lambda: held() == before.get(future.conId, 0)), ib.positions())
ib.reqGlobalCancel()
checks.that("the stop is cancelled", wait(lambda: stop.orderStatus.status in ("Cancelled", "ApiCancelled")), stop)
done = ib.reqCompletedOrders(False)
checks.that("completed orders", {"rests", "fills"} <= {trade.order.orderRef for trade in done}, done)
checks.that("their ends", {trade.order.orderRef: trade.orderStatus.status for trade in done}.get("fills") == "Filled", done)
ib.disconnect()
checks.equal("nothing was unreadable", complaints.texts, [])
checks.finish()
