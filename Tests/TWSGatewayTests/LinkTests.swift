import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("The link to the exchanges")
struct LinkTests {
    let gateway: CoreFixture
    let gold: GatewayInstrument

    init() throws {
        gateway = try CoreFixture()
        gold = try #require(gateway.core.options.instruments.first { $0.name == "XAUUSD" })
        try gateway.tick("XAUUSD", "4000", "4001")
    }

    private func place(_ number: Int32, _ action: String, limit: String, _ session: SessionID) throws {
        gateway.say(.placeOrder(try order(number, action, "1", limit: limit, in: gold)), session)
    }

    private func executions(_ session: SessionID) throws -> [ExecutionReport] {
        gateway.say(.requestExecutions(RequestExecutions()), session)
        return try gateway.heard(session).executions
    }

    private func position(_ session: SessionID) throws -> Quantity? {
        gateway.say(.requestPositions(RequestPositions()), session)
        return try gateway.heard(session).positions.first?.position
    }

    private func openOrders(_ session: SessionID) throws -> [Int32] {
        gateway.say(.requestOpenOrders(RequestOpenOrders()), session)
        return try gateway.heard(session).openOrders.map(\.orderID)
    }

    @Test(
        "a fill during an outage is told to nobody, and shows once in the answers afterwards",
        arguments: [1101, 1102])
    func unseenFill(recovery: Int) throws {
        let session = try gateway.ready(client: 7)
        #expect(try position(session) == nil)
        try place(1, "BUY", limit: "3990", session)
        _ = try gateway.heard(session)
        try gateway.fault("error 1100")
        #expect(try gateway.heard(session).codes == [1100])
        gateway.pass(milliseconds: 1_000)
        try gateway.tick("XAUUSD", "3988", "3989")
        #expect(try gateway.heard(session).isEmpty)
        // What is asked meanwhile is answered with what was known.
        #expect(try executions(session).isEmpty)
        #expect(try position(session) == nil)
        #expect(try openOrders(session) == [1])
        try gateway.fault("error \(recovery)")
        let back = try gateway.heard(session)
        #expect(back.codes == [Int32(recovery)] && back.statuses.isEmpty && back.positions.isEmpty)
        try gateway.tick("XAUUSD", "3988", "3989")
        #expect(try gateway.heard(session).executions.isEmpty)
        #expect(try executions(session).map(\.orderID) == [1])
        #expect(try executions(session).map(\.cumulativeQuantity) == [Quantity("1")])
        #expect(try position(session) == Quantity("1"))
        #expect(try openOrders(session).isEmpty)
    }

    @Test("orders, changes and cancels wait for the link, in their order")
    func waiting() throws {
        let session = try gateway.ready(client: 7)
        try place(1, "BUY", limit: "3990", session)
        _ = try gateway.heard(session)
        try gateway.fault("error 1100")
        try place(2, "BUY", limit: "4001", session)
        try place(3, "BUY", limit: "3980", session)
        try place(3, "BUY", limit: "3981", session)
        var cancel = CancelOrder()
        cancel.orderID = 1
        gateway.say(.cancelOrder(cancel), session)
        #expect(try gateway.heard(session).codes == [1100])
        gateway.say(.requestIDs(RequestIDs()), session)
        #expect(try gateway.heard(session).nextIDs == [4])
        let other = try gateway.ready(client: 8)
        gateway.say(.globalCancel(GlobalCancel()), other)
        try gateway.fault("error 1102")
        let back = try gateway.heard(session)
        #expect(
            back.first.map { if case .errorMessage(let error) = $0 { error.code == 1102 } else { false } }
                == true)
        #expect(back.statuses.filter { $0.orderID == 2 }.last?.status == "Filled")
        #expect(
            back.openOrders.filter { $0.orderID == 3 }.map(\.order.limitPrice).contains(try Price("3981")))
        #expect(back.errors.filter { $0.code == 202 }.map(\.id) == [1, 3])
        #expect(try executions(session).map(\.orderID) == [2])
    }

    @Test("so many requests wait, and no more")
    func bound() throws {
        let session = try gateway.ready(client: 7)
        try gateway.fault("error 1100")
        _ = try gateway.heard(session)
        for number in 1...Brokerage.mostWaiting + 1 { try place(Int32(number), "BUY", limit: "1", session) }
        #expect(try gateway.errors(session) == ["\(Brokerage.mostWaiting + 1):201"])
    }

    @Test("history and contracts are not served, and who starts meanwhile hears of it")
    func others() throws {
        let session = try gateway.ready(client: 7)
        try gateway.fault("error 2110")
        var contract = RequestContractData()
        contract.contract = Asked.gold
        gateway.say(.requestContractData(contract), session)
        var bars = RequestHistoricalData()
        bars.requestID = 5
        bars.contract = Asked.gold
        gateway.say(.requestHistoricalData(bars), session)
        #expect(try gateway.errors(session) == ["-1:2110", "5:162"])
        let other = gateway.connect()
        var start = StartAPI()
        start.clientID = 9
        gateway.say(.startAPI(start), other)
        #expect(try gateway.errors(other) == ["-1:2110"])
        try gateway.fault("error 1102")
        gateway.say(.requestContractData(contract), session)
        #expect(try gateway.heard(session).count == 3)
    }

    @Test("orders end at their time without a link, and nobody is told")
    func expiry() throws {
        let session = try gateway.ready(client: 7)
        try place(1, "BUY", limit: "3990", session)
        _ = try gateway.heard(session)
        try gateway.fault("error 1100")
        _ = try gateway.heard(session)
        gateway.pass(milliseconds: 86_400_000)
        try gateway.fault("error 1102")
        #expect(try gateway.heard(session).codes == [1102])
        #expect(try openOrders(session).isEmpty)
    }

    @Test(
        "a restart finds the link and the farms well, and what waited is gone", arguments: ["1100", "2103"])
    func restart(code: String) throws {
        let session = try gateway.ready(client: 7)
        try gateway.fault("error \(code)")
        if code == "1100" { try place(1, "BUY", limit: "4001", session) }
        try gateway.fault("restart")
        let again = gateway.connect()
        gateway.say(.startAPI(StartAPI()), again)
        let started = try gateway.heard(again)
        #expect(started.codes == [2104, 2106, 2158])
        gateway.say(Asked.line(1, Asked.gold), again)
        _ = try gateway.heard(again)
        gateway.pass(milliseconds: 1_000)
        try gateway.tick("XAUUSD", "4002", "4003")
        #expect(try !gateway.heard(again).isEmpty)
        #expect(try executions(again).isEmpty)
    }

    @Test("orders without a state directory survive a restart")
    func memory() throws {
        let session = try gateway.ready(client: 7)
        try place(1, "BUY", limit: "4001", session)
        try place(2, "BUY", limit: "3990", session)
        try gateway.fault("restart")
        let again = try gateway.ready(client: 7)
        #expect(try executions(again).map(\.orderID) == [1])
        #expect(try openOrders(again) == [2])
        #expect(try position(again) == Quantity("1"))
        try gateway.tick("XAUUSD", "3988", "3989")
        #expect(try gateway.heard(again).statuses.last?.status == "Filled")
    }
}
