import ExactJSON
import TradingModel

extension JSONWriter {
    /// The sums of the tape and what only an export tells.
    mutating func fields(_ totals: TapeTotals, _ details: TapeDetails) {
        counts(totals)
        key("zero_size_trades")
        integer(details.zeroSizeTrades)
        key("first_price")
        price(totals.firstPrice)
        key("last_price")
        price(totals.lastPrice)
        key("high")
        price(totals.high)
        key("low")
        price(totals.low)
        key("delta")
        volume(totals.delta)
        key("notional")
        money(totals.notional)
        key("vwap")
        if let mean = MeanPrice(totals.notional, over: totals.volume) {
            raw { DecimalText.append(mean.digits, scale: mean.scale, to: &$0) }
        } else {
            null()
        }
        key("busiest_second")
        value(details.busiest)
        key("largest")
        beginArray()
        for print in details.largest { value(print) }
        endArray()
        key("upticks")
        integer(details.upticks)
        key("downticks")
        integer(details.downticks)
    }

    private mutating func counts(_ totals: TapeTotals) {
        key("trades")
        integer(totals.trades)
        key("buy_trades")
        integer(totals.buyTrades)
        key("buy_volume")
        volume(totals.buyVolume)
        key("sell_trades")
        integer(totals.sellTrades)
        key("sell_volume")
        volume(totals.sellVolume)
        key("unknown_trades")
        integer(totals.unknownTrades)
        key("unknown_volume")
        volume(totals.unknownVolume)
        key("volume")
        volume(totals.volume)
    }

    private mutating func value(_ busiest: BusiestSecond) {
        beginObject()
        key("trades")
        integer(busiest.trades)
        key("start")
        beginArray()
        for start in busiest.starts { barStart(start) }
        endArray()
        if busiest.more > 0 {
            key("more")
            integer(busiest.more)
        }
        endObject()
    }

    private mutating func value(_ print: TapePrint) {
        beginObject()
        key("seq")
        integer(print.feedSequence)
        key("price")
        price(print.trade.price)
        key("size")
        quantity(print.trade.size)
        key("aggressor")
        string(print.trade.aggressor.name)
        endObject()
    }

    /// Volumes, then numbers of prints, by direction.
    mutating func value(_ rule: TickRule) {
        beginObject()
        key("buy_volume")
        volume(rule.volumes[Int(Aggressor.buy.rawValue)])
        key("sell_volume")
        volume(rule.volumes[Int(Aggressor.sell.rawValue)])
        key("unknown_volume")
        volume(rule.volumes[Int(Aggressor.unknown.rawValue)])
        key("buy_trades")
        integer(rule.trades[Int(Aggressor.buy.rawValue)])
        key("sell_trades")
        integer(rule.trades[Int(Aggressor.sell.rawValue)])
        key("unknown_trades")
        integer(rule.trades[Int(Aggressor.unknown.rawValue)])
        endObject()
    }
}
