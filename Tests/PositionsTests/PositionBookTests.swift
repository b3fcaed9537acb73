import Positions
import TestSupport
import Testing
import TradingModel

@Suite("Parts of a position")
struct PositionBookTests {
    private static let symbol = SymbolID("PARTS.X") ?? .none
    private static let instrument = Instrument(
        symbol: symbol, tickSize: Price(rawValue: 10_000_000), lotSize: Quantity(rawValue: 1_000_000_000),
        multiplier: Quantity(rawValue: 100_000_000_000), currency: "EUR")
    private static let owners: [PositionOwner] = [
        .strategy(StrategyID("parts.a")), .strategy(StrategyID("parts.b")), .strategy(.manual), .unassigned,
    ]

    /// The whole of what is shown of the parts: quantity, and result at a price.
    private func sum(_ book: PositionBook, at mark: Price) -> (quantity: Quantity, result: Money) {
        book.parts(of: Self.symbol).reduce((.zero, .zero)) { sum, part in
            (
                sum.0 + part.position.quantity,
                sum.1 + part.position.realized - part.position.cost
                    + Money(mark, times: part.position.quantity, multiplier: Self.instrument.multiplier)
            )
        }
    }

    private func expectEqual(_ book: PositionBook, _ random: inout TestRandom, _ step: Int) {
        let mark = Price(rawValue: Int64(100 + random.below(50)) * 10_000_000)
        let whole = book.position(Self.symbol)
        let parts = sum(book, at: mark)
        let result =
            whole.realized - whole.cost
            + Money(mark, times: whole.quantity, multiplier: Self.instrument.multiplier)
        #expect(parts.quantity == whole.quantity && parts.result == result, "step \(step)")
        for part in book.parts(of: Self.symbol) where !part.position.lacksPrice {
            let unrealized = part.position.unrealized(
                mark: mark, multiplier: Self.instrument.multiplier)
            let plain =
                Money(mark, times: part.position.quantity, multiplier: Self.instrument.multiplier)
                - part.position.cost
            #expect(unrealized == plain, "step \(step)")
        }
    }

    @Test(
        "whatever fills, is corrected, busted or taken over: the parts sum to the whole, exactly",
        arguments: 1...40)
    func sums(seed: UInt64) {
        var random = TestRandom(seed: seed * 7_919)
        var book = PositionBook(instruments: [Self.instrument])
        var booked: [(side: Side, quantity: Quantity, price: Price, owner: PositionOwner)] = []
        var paid = Money.zero
        let euro = CurrencyCode("EUR") ?? .none
        for step in 0..<300 {
            let size = Quantity(rawValue: Int64(1 + random.below(5)) * 1_000_000_000)
            let price = Price(rawValue: Int64(100 + random.below(50)) * 10_000_000 + Int64(random.below(7)))
            switch random.below(10) {
            case 0 where !booked.isEmpty:
                // A bust, or the first half of a correction.
                let old = booked.remove(at: Int(random.below(UInt64(booked.count))))
                book.book(old.side, -old.quantity, at: old.price, Self.symbol, for: old.owner)
            case 1:
                let change = random.below(2) == 0 ? size : -size
                let known = random.below(3) > 0 ? price : nil
                book.adopt(AdoptedPosition(Self.symbol, change, averagePrice: known), at: known)
            default:
                let side: Side = random.below(2) == 0 ? .buy : .sell
                let owner = Self.owners[Int(random.below(UInt64(Self.owners.count)))]
                book.book(side, size, at: price, Self.symbol, for: owner)
                booked.append((side, size, price, owner))
                let commission = Money(rawValue: Int128(random.below(1_000_000_007)) - 1_000)
                book.charge(commission, euro, Self.symbol, to: owner)
                paid += commission
            }
            // What nobody has priced has no result yet.
            if !book.position(Self.symbol).lacksPrice { expectEqual(book, &random, step) }
        }
        let counted = book.parts(of: Self.symbol).flatMap(\.commissions.list).reduce(Money.zero) {
            $0 + $1.amount
        }
        #expect(counted == paid)
    }

    @Test("what is taken over is nobody's, and keeps its result while strategies trade")
    func adopted() throws {
        var book = PositionBook(instruments: [])
        let symbol = try #require(SymbolID("PARTS.ADOPTED"))
        book.adopt(AdoptedPosition(symbol, try Quantity("5")), at: try Price("100"))
        book.book(.sell, try Quantity("5"), at: try Price("110"), symbol, for: Self.owners[0])
        let parts = book.owned.filter { $0.symbol == symbol }
        #expect(parts.map(\.owner.name) == ["(adopted)", "parts.a"])
        #expect(parts.map(\.position.quantity.description) == ["5", "-5"])
        #expect(book.position(symbol).quantity == .zero && book.position(symbol).realized.description == "50")
        let result = try parts.reduce(Money.zero) {
            $0 + $1.position.realized
                + $1.position.unrealized(mark: try Price("123"), multiplier: Money.one)
        }
        #expect(result.description == "50")
    }

    @Test("commissions are counted by owner and currency, at most four of them")
    func commissions() throws {
        var book = PositionBook(instruments: [])
        let symbol = try #require(SymbolID("PARTS.COMMISSIONS"))
        let dollar = try #require(CurrencyCode("USD"))
        for amount in ["2.5", "-1"] {
            book.charge(Money(try Price(amount)), dollar, symbol, to: Self.owners[0])
        }
        let part = try #require(book.parts(of: symbol).first)
        #expect(part.commissions.list.map(\.amount.description) == ["1.5"])
        var totals = CommissionTotals()
        for code in ["A", "B", "C", "D", "A"] {
            totals.add(Money(rawValue: 1), try #require(CurrencyCode(code)))
        }
        #expect(!totals.isIncomplete && totals.list.count == 4)
        totals.add(Money(rawValue: 1), try #require(CurrencyCode("E")))
        #expect(totals.isIncomplete && totals.list.count == 4)
    }

    @Test("the name of an owner tells who it is")
    func names() {
        for owner in Self.owners + [.adopted] { #expect(PositionOwner(name: owner.name) == owner) }
    }
}
