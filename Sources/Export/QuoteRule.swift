import TradingModel

/// What the last quote before a print says of its aggressor, against the recorded one.
struct QuoteRule: Sendable {
    /// What the quote says; by name, as exports are.
    enum Guess: Int, CaseIterable {
        /// At the ask or above.
        case buy
        /// Between the quotes, nearer to the ask.
        case insideBuy
        /// Between the quotes, nearer to the bid.
        case insideSell
        /// In the middle.
        case mid
        /// There was no quote yet.
        case noQuote
        /// At the bid or below.
        case sell

        init(_ price: Price, _ quote: Tick?) {
            guard let quote else {
                self = .noQuote
                return
            }
            if price >= quote.ask {
                self = .buy
            } else if price <= quote.bid {
                self = .sell
            } else {
                let aboveBid = Int128(price.rawValue) - Int128(quote.bid.rawValue)
                let belowAsk = Int128(quote.ask.rawValue) - Int128(price.rawValue)
                self = aboveBid == belowAsk ? .mid : aboveBid > belowAsk ? .insideBuy : .insideSell
            }
        }

        var name: StaticString {
            switch self {
            case .buy: "buy"
            case .insideBuy: "inside_buy"
            case .insideSell: "inside_sell"
            case .mid: "mid"
            case .noQuote: "no_quote"
            case .sell: "sell"
            }
        }
    }

    private var counts = [Int](repeating: 0, count: Guess.allCases.count * Aggressor.allCases.count)

    /// Prints of which the quote said `guess` and the recording `aggressor`.
    subscript(guess: Guess, aggressor: Aggressor) -> Int {
        counts[guess.rawValue * Aggressor.allCases.count + Int(aggressor.rawValue)]
    }

    /// Folds one print.
    mutating func add(_ trade: Trade, quote: Tick?) {
        let guess = Guess(trade.price, quote)
        counts[guess.rawValue * Aggressor.allCases.count + Int(trade.aggressor.rawValue)] += 1
    }
}
