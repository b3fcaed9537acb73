import Testing
import TradingModel

@testable import TWSProtocol

@Suite("Fields that inform")
struct LenientFieldTests {
    @Test("a status is not lost over its prices")
    func status() throws {
        let fields: Annotated = [
            "id": "3", "orderId": "7", "status": "Submitted", "filled": "1", "remaining": "0.5",
            "avgFillPrice": "NaN", "permId": "5", "parentId": "x", "lastFillPrice": "1e999", "clientId": "1",
            "whyHeld": "", "mktCapPrice": "99999999999999999999",
        ]
        let read: Result<OrderStatusReport, MessageFault> = VectorCheck(200, .gateway).read(fields)
        let status = try read.get()
        #expect(status.averageFillPrice == nil)
        #expect(status.lastFillPrice == nil)
        #expect(status.marketCapPrice == nil)
        #expect(status.parentID == 0)
        #expect(status.clientID == 1)
    }

    @Test("a status whose ids or quantities cannot be read is discarded, for the right field")
    func strictStatus() {
        let fields: Annotated = [
            "id": "3", "orderId": "7", "status": "Submitted", "filled": "1", "remaining": "0.5",
            "avgFillPrice": "NaN", "permId": "5", "parentId": "0", "lastFillPrice": "0", "clientId": "1",
            "whyHeld": "", "mktCapPrice": "0",
        ]
        for (name, field) in [
            ("orderId", 1), ("filled", 3), ("remaining", 4), ("permId", 6), ("clientId", 9),
        ] {
            let read: Result<OrderStatusReport, MessageFault> =
                VectorCheck(200, .gateway).read(fields.with(name, "1.x"))
            #expect(read == .failure(MessageFault(message: 3, field: field, fault: .malformed)), "\(name)")
        }
        var short = fields
        short.fields.removeLast()
        let read: Result<OrderStatusReport, MessageFault> = VectorCheck(200, .gateway).read(short)
        #expect(read == .failure(MessageFault(message: 3, field: 11, fault: .missing)))
    }

    @Test("an open order is not lost over what nobody decides by")
    func openOrder() throws {
        let fields =
            OpenOrderVectorTests.plain.with("strike", "?").with("percentOffset", "abc").with("origin", "1.5")
            .with("hidden", "2").with("allOrNone", "yes").with("displaySize", "99999999999")
            .with("volatility", "0x10").with("commissionAndFees", "pending")
            + OpenOrderVectorTests.end.with("competeAgainstBestOffset", "best")
        let read: Result<OpenOrder, MessageFault> = VectorCheck(178, .gateway).read(fields)
        let order = try read.get()
        #expect(order.contract.strike == nil)
        #expect(order.order.percentOffset == nil)
        #expect(order.order.clearing.origin == 0)
        #expect(order.order.isHidden)
        #expect(!order.order.isAllOrNone)
        #expect(order.order.displaySize == nil)
        #expect(order.order.scale.priceIncrement == nil)
        #expect(order.order.volatility.volatility == nil)
        #expect(order.state.commission == nil)
        #expect(order.order.pegs.competeAgainstBestOffset == .unset)
        #expect(order.order.limitPrice == (try Price("4000.15")))
    }

    @Test("an open order whose id, client, quantity or price cannot be read is discarded")
    func strictOpenOrder() {
        let fields = OpenOrderVectorTests.plain + OpenOrderVectorTests.end
        for (name, field) in [
            ("orderId", 1), ("totalQuantity", 14), ("lmtPrice", 16), ("clientId", 24), ("permId", 25),
        ] {
            let read: Result<OpenOrder, MessageFault> = VectorCheck(178, .gateway).read(
                fields.with(name, "x"))
            #expect(read == .failure(MessageFault(message: 5, field: field, fault: .malformed)), "\(name)")
        }
    }

    @Test("a step of price that decides which fields follow is never passed over")
    func layout() {
        let fields = OpenOrderVectorTests.plain + OpenOrderVectorTests.end
        for text in ["-", "1E-10", "1E10", "Infinity"] {
            let read: Result<OpenOrder, MessageFault> = VectorCheck(178, .gateway).read(
                fields.with("scalePriceIncrement", text))
            guard case .failure(let fault) = read else {
                Issue.record("\(text) was read")
                continue
            }
            #expect(fault.field == 83, "\(text)")
        }
    }

    @Test("an order without a quantity is an order")
    func unsetQuantity() throws {
        let fields = OpenOrderVectorTests.plain + OpenOrderVectorTests.end
        for text in ["", "2147483647", "9223372036854775807", "1.7976931348623157E308"] {
            let read: Result<OpenOrder, MessageFault> = VectorCheck(178, .gateway).read(
                fields.with("totalQuantity", text))
            #expect(try read.get().order.totalQuantity == nil, "\(text)")
        }
    }

    @Test("an execution and its cost are not lost either")
    func executions() throws {
        let check = VectorCheck(178, .gateway)
        let body = try MessageKind.body(
            try GatewayVectorTests.execution, version: .lowest, side: .gateway)
        var texts = body.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
        // liquidation, cumQty, avgPrice, evMultiplier, lastLiquidity, pendingPriceRevision
        for place in [23, 24, 25, 28, 30, 31] { texts[place] = "n/a" }
        let changed = Annotated(texts: texts)
        let read: Result<ExecutionReport, MessageFault> = check.read(changed)
        let execution = try read.get()
        #expect(execution.cumulativeQuantity == nil)
        #expect(execution.price == (try Price("1.15005")))
        let cost: Result<CommissionReport, MessageFault> = check.read([
            "id": "59", "version": "1", "execId": "e", "commission": "n/a", "currency": "USD",
            "realizedPNL": "",
            "yield": "n/a", "yieldRedemptionDate": "20261122.0",
        ])
        #expect(try cost.get().executionID == "e")
        #expect(try cost.get().commission == nil)
    }

    @Test("a sign or a point alone is no price and no size, wherever it counts")
    func lonelySigns() {
        for text in ["-", ".", "-.", "+", "+1"] {
            let price: Result<TickPrice, MessageFault> = VectorCheck(200, .gateway).read([
                "id": "1", "version": "6", "reqId": "9", "tickType": "1", "price": text, "size": "0",
                "mask": "0",
            ])
            #expect(price == .failure(MessageFault(message: 1, field: 4, fault: .malformed)), "\(text)")
            let size: Result<TickSize, MessageFault> = VectorCheck(200, .gateway).read([
                "id": "2", "version": "6", "reqId": "9", "tickType": "1", "size": text,
            ])
            #expect(size == .failure(MessageFault(message: 2, field: 4, fault: .malformed)), "\(text)")
        }
    }

    @Test("sizes that inform are rounded, those that count are not")
    func sizes() throws {
        let fields: Annotated = [
            "id": "17", "reqId": "9", "count": "1", "date": "20261122", "open": "1.1", "high": "1.2",
            "low": "1.05",
            "close": "1.15", "volume": "1234567.12345678951", "wap": "1.1234567891234", "barCount": "5",
        ]
        let read: Result<HistoricalData, MessageFault> = VectorCheck(200, .gateway).read(fields)
        let bar = try #require(try read.get().bars.first)
        #expect(bar.volume == Quantity(rawValue: 1_234_567_123_456_790))
        #expect(bar.averagePrice == Price(rawValue: 1_123_456_789))
        let status: Result<OrderStatusReport, MessageFault> = VectorCheck(200, .gateway).read([
            "id": "3", "orderId": "7", "status": "Submitted", "filled": "0.1234567891",
        ])
        #expect(status == .failure(MessageFault(message: 3, field: 3, fault: .range)))
    }
}

extension Annotated {
    /// Texts without names.
    init(texts: [String]) {
        self = [:]
        fields = texts.map { (name: "", text: $0) }
    }
}
