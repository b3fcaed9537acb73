import ExactJSON
import TradingModel

extension JSONWriter {
    /// The start of a bar: RFC 3339 UTC, without fraction where it is a whole second.
    mutating func barStart(_ start: Timestamp) {
        timestamp(start, fractionDigits: start.nanoseconds % 1_000_000_000 == 0 ? 0 : 9)
    }

    /// An exact number of 1e-9.
    mutating func billionths(_ value: Int128) {
        raw { DecimalText.append(value, scale: DecimalText.fractionDigits, to: &$0) }
    }

    /// `[open,high,low,close]`.
    mutating func range(_ range: PriceRange) {
        beginArray()
        for price in [range.open, range.high, range.low, range.close] { self.price(price) }
        endArray()
    }

    /// `spread_min spread_max spread_sum`.
    mutating func fields(_ spreads: SpreadRange) {
        key("spread_min")
        billionths(spreads.least)
        key("spread_max")
        billionths(spreads.greatest)
        key("spread_sum")
        billionths(spreads.sum)
    }

    /// `start ticks bid ask spread_min spread_max spread_sum`.
    mutating func fields(_ bar: TickBar) {
        key("start")
        barStart(bar.start)
        key("ticks")
        integer(bar.ticks)
        key("bid")
        range(bar.bids)
        key("ask")
        range(bar.asks)
        fields(bar.spreads)
    }
}

// MARK: - Prints

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
}

// MARK: - Quotes

extension JSONWriter {
    /// The sums over the quotes as an object.
    mutating func value(_ quotes: QuoteStatistics) {
        beginObject()
        key("ticks")
        integer(quotes.count)
        key("bid_min")
        price(quotes.bids.low)
        key("bid_max")
        price(quotes.bids.high)
        key("ask_min")
        price(quotes.asks.low)
        key("ask_max")
        price(quotes.asks.high)
        key("first")
        value(quotes.first)
        key("last")
        value(quotes.last)
        fields(quotes.spreads)
        key("crossed")
        integer(quotes.crossed)
        key("locked")
        integer(quotes.locked)
        key("bid_changes")
        integer(quotes.bidChanges)
        key("ask_changes")
        integer(quotes.askChanges)
        gaps(quotes)
        endObject()
    }

    private mutating func value(_ quote: Tick) {
        beginArray()
        price(quote.bid)
        price(quote.ask)
        endArray()
    }

    private mutating func gaps(_ quotes: QuoteStatistics) {
        key("gaps_over_60s")
        beginArray()
        for gap in quotes.gaps {
            beginObject()
            key("after_seq")
            integer(gap.sequence)
            key("seconds")
            raw { DecimalText.append(gap.milliseconds, scale: 3, to: &$0) }
            endObject()
        }
        endArray()
        if quotes.moreGaps > 0 {
            key("more_gaps_over_60s")
            integer(quotes.moreGaps)
        }
    }
}

// MARK: - Rules

extension JSONWriter {
    /// `{"guess":{"buy":{"buy":1016}}}`: guess, recorded aggressor, prints; without zeros.
    mutating func value(_ rule: QuoteRule) {
        beginObject()
        key("guess")
        beginObject()
        for guess in QuoteRule.Guess.allCases {
            let seen = Aggressor.allCases.filter { rule[guess, $0] > 0 }
            if seen.isEmpty { continue }
            key(guess.name)
            beginObject()
            for aggressor in seen {
                key(aggressor.name)
                integer(rule[guess, aggressor])
            }
            endObject()
        }
        endObject()
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
