import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Whom faults concern")
struct FaultScopeTests {
    let gateway: CoreFixture
    let seven: SessionID
    let eight: SessionID
    let gold: GatewayInstrument

    init() throws {
        gateway = try CoreFixture()
        gold = try #require(gateway.core.options.instruments.first { $0.name == "XAUUSD" })
        try gateway.tick("XAUUSD", "4000", "4001")
        seven = try gateway.ready(client: 7)
        eight = try gateway.ready(client: 8)
    }

    private func place(_ number: Int32, _ session: SessionID) throws -> [ServerMessage] {
        gateway.say(.placeOrder(try order(number, "BUY", "1", limit: "3990", in: gold)), session)
        return try gateway.heard(session)
    }

    @Test("requests of one client are refused, and called too many")
    func requests() throws {
        try gateway.fault("refuse 354 client 7")
        gateway.say(Asked.line(1, Asked.gold), eight)
        gateway.say(Asked.line(1, Asked.gold), seven)
        #expect(try gateway.errors(eight).isEmpty)
        #expect(try gateway.errors(seven) == ["1:354"])
        try gateway.fault("pacing client 7")
        for session in [eight, seven] { gateway.say(.requestCurrentTime(RequestCurrentTime()), session) }
        #expect(try gateway.errors(eight).isEmpty)
        #expect(try gateway.errors(seven) == ["-1:100"])
    }

    @Test("a client id is in use, whether it is connected or not")
    func busy() throws {
        try gateway.fault("busy client 9")
        let ten = gateway.connect()
        var start = StartAPI()
        start.clientID = 10
        gateway.say(.startAPI(start), ten)
        #expect(try !gateway.heard(ten).codes.contains(326))
        start.clientID = 9
        for codes in [[Int32(326)], [2104, 2106, 2158]] {
            let nine = gateway.connect()
            gateway.say(.startAPI(start), nine)
            #expect(try gateway.heard(nine).codes == codes)
        }
    }

    @Test("an order fault waits for an order of its client")
    func orders() throws {
        try gateway.fault("order reject client 7")
        try gateway.fault("error 103 client 7")
        try gateway.fault("order missing-status client 7")
        #expect(try place(1, eight).kinds == [5, 3, 5, 3])
        #expect(try place(1, seven).codes == [103])
        #expect(try place(1, seven).codes == [201])
        #expect(try place(2, seven).kinds == [5, 5, 3])
        try gateway.fault("order cancel client 7")
        #expect(try gateway.heard(eight).isEmpty)
        #expect(try gateway.heard(seven).codes == [202])
        try gateway.fault("order id-rollback 1 client 9")
        #expect(gateway.core.brokerage.desk.faults.waiting.map(\.client) == [9])
    }

    @Test(
        "the word client is refused where a fault concerns all",
        arguments: [
            "error 1100", "error 1101", "error 1102", "error 2110", "error 2103", "error 2158", "error 1300",
            "restart", "restart 2s", "pause", "resume", "close-port 1s", "accept-mute 1s", "error 10197 end",
        ])
    func all(line: String) throws {
        #expect(try FaultParser.parse(line) != nil)
        #expect {
            try FaultParser.parse(line + " client 7")
        } throws: { error in "\(error)".contains("takes no client: ") }
    }

    @Test("a refusal is not used up by a request that is refused anyway")
    func kept() throws {
        try gateway.fault("refuse 10189 XAUUSD")
        gateway.say(Asked.ticks(1, Asked.gold, "AllLast"), seven)
        gateway.say(Asked.depth(1, Asked.gold, rows: 0), seven)
        gateway.say(Asked.line(1, Asked.gold, generic: "nonsense"), seven)
        var bars = RequestHistoricalData()
        bars.contract = Asked.gold
        gateway.say(.requestHistoricalData(bars), seven)
        #expect(try gateway.errors(seven) == ["1:10189", "1:321", "1:321", "0:321"])
        gateway.say(Asked.line(2, Asked.gold), seven)
        gateway.say(Asked.line(3, Asked.gold), seven)
        #expect(try gateway.errors(seven) == ["2:10189"])
    }

    @Test(
        "a competing session takes the market data until it ends", arguments: ["error 10197 end", "resume"])
    func competition(end: String) throws {
        gateway.say(Asked.line(1, Asked.gold), seven)
        _ = try gateway.heard(seven)
        try gateway.fault("error 10197")
        #expect(try gateway.errors(seven) == ["1:10197"])
        gateway.say(Asked.line(2, Asked.gold), seven)
        gateway.say(Asked.depth(3, Asked.gold), seven)
        gateway.say(Asked.ticks(4, Asked.gold, "BidAsk"), seven)
        #expect(try gateway.errors(seven) == ["2:10197", "3:10197", "4:10197"])
        try gateway.fault(end)
        gateway.say(Asked.line(2, Asked.gold), seven)
        #expect(try gateway.errors(seven).isEmpty)
        #expect(gateway.core.subscriptionCounts == (1, 0, 0))
        try gateway.fault("error 10197 XAUUSD client 8")
        gateway.say(Asked.line(3, Asked.gold), seven)
        gateway.say(Asked.line(3, Asked.gold), eight)
        gateway.say(Asked.line(4, Asked.euro), eight)
        #expect(try gateway.errors(seven).isEmpty)
        #expect(try gateway.errors(eight) == ["3:10197"])
    }

    @Test("1300 names the port")
    func port() throws {
        gateway.core.port = 4_010
        try gateway.fault("error 1300")
        #expect(try gateway.heard(seven).errors.map { $0.text.hasSuffix("- 4010") } == [true])
    }

    @Test("a session has so many depth subscriptions, and no more")
    func depths() throws {
        for number in 1...201 { gateway.say(Asked.depth(Int32(number), Asked.gold), seven) }
        gateway.say(Asked.depth(1, Asked.gold), eight)
        #expect(try gateway.errors(seven) == ["201:309"])
        #expect(gateway.core.subscriptionCounts.depth == 201)
        gateway.core.closed(seven, at: gateway.time)
        #expect(gateway.core.subscriptionCounts.depth == 1)
    }
}
