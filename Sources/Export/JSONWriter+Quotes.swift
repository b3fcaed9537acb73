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
}
