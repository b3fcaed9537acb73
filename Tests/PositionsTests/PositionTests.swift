import Testing
import TradingModel

@testable import Positions

@Suite("Positions")
struct PositionTests {
    private func booked(_ fills: [(Side, String, String)], multiplier: String = "1") throws -> Position {
        var position = Position()
        for (side, quantity, price) in fills {
            position.book(
                side, try Quantity(quantity), at: try Price(price), multiplier: try Quantity(multiplier))
        }
        return position
    }

    @Test("opening and adding costs, closing realises against the mean cost")
    func realises() throws {
        let position = try booked([(.buy, "1", "100"), (.buy, "3", "104"), (.sell, "2", "110")])
        #expect(position.quantity.description == "2")
        #expect(position.realized.description == "14")
        #expect(position.averagePrice(multiplier: Money.one).description == "103")
        #expect(position.unrealized(mark: try Price("100"), multiplier: Money.one).description == "-6")
    }

    @Test("an order through zero closes the old side and opens the new one at its own price")
    func reverses() throws {
        let position = try booked([(.buy, "2", "100"), (.sell, "5", "90"), (.buy, "3", "80")])
        #expect(position.quantity == .zero && position.cost == .zero)
        // −10 on each of 2, then +10 on each of 3.
        #expect(position.realized.description == "10")
        #expect(position.fills == 3 && position.traded.description == "10")
    }

    @Test("what is taken over costs what it is said to, is no fill, and closes for a profit of its own")
    func adopts() throws {
        var position = Position()
        position.adopt(try Quantity("5"), at: try Price("4000"), multiplier: Money.one)
        #expect(position.fills == 0 && position.adopted.description == "5" && position.realized == .zero)
        #expect(position.unrealized(mark: try Price("4010"), multiplier: Money.one).description == "50")
        position.book(.sell, try Quantity("2"), at: try Price("4010"), multiplier: Money.one)
        #expect(position.realized.description == "20" && position.quantity.description == "3")
        // By hand, at a price that nobody has told.
        position.adopt(try Quantity("-3"), at: try Price("1"), multiplier: Money.one)
        #expect(position.quantity == .zero && position.cost == .zero && position.realized.description == "20")
        position.adopt(try Quantity("-2"), at: try Price("4000"), multiplier: Money.one)
        position.adopt(try Quantity("3"), at: try Price("3990"), multiplier: Money.one)
        #expect(position.averagePrice(multiplier: Money.one).description == "3990")
        #expect(position.quantity.description == "1" && position.adopted.description == "3")
    }

    @Test("without a price it has no result until one is booked; more of what has one costs the same")
    func adoptsUnpriced() throws {
        var position = Position()
        position.adopt(try Quantity("5"), at: nil, multiplier: Money.one)
        #expect(position.lacksPrice && position.averagePrice(multiplier: Money.one) == .zero)
        #expect(position.unrealized(mark: try Price("4010"), multiplier: Money.one) == .zero)
        position.book(.sell, try Quantity("2"), at: try Price("4010"), multiplier: Money.one)
        #expect(!position.lacksPrice && position.realized == .zero)
        position.adopt(try Quantity("1"), at: nil, multiplier: Money.one)
        #expect(position.averagePrice(multiplier: Money.one).description == "4010")
    }

    @Test("shorts gain when the price falls")
    func shorts() throws {
        let position = try booked([(.sell, "2", "100")])
        #expect(position.quantity.description == "-2")
        #expect(position.averagePrice(multiplier: Money.one).description == "100")
        #expect(position.unrealized(mark: try Price("95"), multiplier: Money.one).description == "10")
    }

    @Test("a contract's multiplier scales money, not prices")
    func multiplier() throws {
        let position = try booked([(.buy, "2", "4000.25"), (.sell, "1", "4001.25")], multiplier: "50")
        #expect(position.realized.description == "50")
        #expect(position.averagePrice(multiplier: try Quantity("50")).description == "4000.25")
    }

    @Test("in parts or at once, closing a whole position leaves no cost and the same profit")
    func partsAddUp() throws {
        let parts = try booked([
            (.buy, "3", "100"), (.buy, "4", "100.1"), (.sell, "1", "99"), (.sell, "5", "101"),
            (.sell, "1", "102"),
        ])
        #expect(parts.quantity == .zero && parts.cost == .zero)
        #expect(parts.realized.description == "5.6")
    }
}
