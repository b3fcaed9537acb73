import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Level 1")
struct LevelOneTests {
    /// Prices and sizes told, as `type=value` in order; a tickPrice as `type=price/size`.
    private func ticks(_ heard: [ServerMessage]) -> [String] {
        heard.compactMap { message in
            switch message {
            case .market(.tickPrice(let tick)): "\(tick.tickType)=\(tick.price)/\(tick.size)"
            case .market(.tickSize(let tick)): "\(tick.tickType)=\(tick.size)"
            case .tickString(let tick): "\(tick.tickType)=\(tick.value)"
            case .tickSnapshotEnd: "end"
            case .errorMessage(let error): "error \(error.code)"
            case .marketDataTypeNotice(let notice): "type \(notice.marketDataType)"
            default: nil
            }
        }
    }

    @Test("a subscription begins with its parameters, its type and everything known")
    func beginning() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        try gateway.tick("XAUUSD", "4000.5", "4000.7")
        gateway.say(Asked.line(9, Asked.gold), session)
        let heard = try gateway.heard(session)
        guard case .tickRequestParameters(let parameters) = heard[0] else {
            Issue.record("\(heard)")
            return
        }
        #expect(parameters.requestID == 9)
        #expect(try parameters.minTick == Price("0.01"))
        #expect(
            ticks(heard) == [
                "type 1", "9=4000/0", "1=4000.5/1", "2=4000.7/2", "0=1", "3=2", "6=4000.5/0", "7=4000.5/0",
                "14=4000.5/0",
            ])
    }

    @Test("changes are conflated to one every 250 ms, the first comes at once")
    func conflation() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.line(9, Asked.goldFuture), session)
        _ = try gateway.heard(session)
        try gateway.tick("GCZ6", "4000", "4000.1")
        #expect(try ticks(gateway.heard(session)) == ["1=4000/1", "2=4000.1/2", "0=1", "3=2"])
        for step in 1...9 {
            gateway.pass(milliseconds: 10)
            try gateway.tick("GCZ6", "400\(step)", "4010.1")
        }
        #expect(try gateway.heard(session).isEmpty)
        #expect(gateway.core.nextDeadline == CoreFixture.start.advanced(by: 250_000_000))
        gateway.pass(milliseconds: 160)
        #expect(try ticks(gateway.heard(session)) == ["1=4009/1", "2=4010.1/2", "0=1", "3=2"])
    }

    @Test("a change of size alone comes as tickSize alone")
    func sizeAlone() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.line(9, Asked.euro), session)
        try gateway.tick("EUR.USD", "1.16", "1.17")
        _ = try gateway.heard(session)
        gateway.pass(milliseconds: 5)
        try gateway.tick("EUR.USD", "1.16", "1.17", sizes: ("5", "2"))
        #expect(try ticks(gateway.heard(session)) == ["0=5"])
    }

    @Test("trades are told as last, time, volume and extremes, and each as RTVolume to who asks for it")
    func trades() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.line(9, Asked.apple, generic: "233"), session)
        _ = try gateway.heard(session)
        try gateway.trade("AAPL", "270", "3")
        let told = try ticks(gateway.heard(session))
        let second = CoreFixture.start.nanoseconds / 1_000_000_000
        #expect(
            told == [
                "48=270;3;\(second * 1_000);3;270;true", "45=\(second)", "4=270/3", "5=3", "8=3", "6=270/0",
                "7=270/0", "14=270/0",
            ])
        try gateway.trade("AAPL", "272", "1")
        #expect(try ticks(gateway.heard(session)) == ["48=272;1;\(second * 1_000);4;270.5;true"])
    }

    @Test("an instrument without trades tells none")
    func noTrades() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.line(9, Asked.gold, generic: "233"), session)
        _ = try gateway.heard(session)
        try gateway.trade("XAUUSD", "4000", "3")
        #expect(try gateway.heard(session).isEmpty)
    }

    @Test("delayed values come under their own numbers, after 10167, when they were asked for")
    func delayed() throws {
        let gateway = try CoreFixture { $0.unsubscribed = ["AAPL"] }
        let session = try gateway.ready()
        try gateway.tick("AAPL", "270", "271")
        gateway.say(Asked.line(1, Asked.apple), session)
        #expect(try ticks(gateway.heard(session)) == ["error 354"])
        var type = RequestMarketDataType()
        type.marketDataType = 3
        gateway.say(.requestMarketDataType(type), session)
        gateway.say(Asked.line(2, Asked.apple), session)
        #expect(
            try ticks(gateway.heard(session)) == [
                "error 10167", "type 3", "75=270/0", "66=270/1", "67=271/2", "69=1", "70=2",
            ])
    }

    @Test("a snapshot ends once there is a quote, or after 11 seconds without one")
    func snapshot() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.line(1, Asked.goldFuture, snapshot: true), session)
        #expect(try !ticks(gateway.heard(session)).contains("end"))
        try gateway.tick("GCZ6", "4000", "4001")
        #expect(try ticks(gateway.heard(session)).last == "end")
        gateway.say(Asked.line(2, Asked.apple, snapshot: true), session)
        gateway.pass(milliseconds: 10_999)
        #expect(try !ticks(gateway.heard(session)).contains("end"))
        gateway.pass(milliseconds: 1)
        #expect(try ticks(gateway.heard(session)) == ["end"])
        #expect(gateway.core.subscriptionCounts.lines == 0)
    }

    @Test("what cannot be subscribed is refused by number")
    func refusals() throws {
        let gateway = try CoreFixture { $0.limits.marketDataLines = 2 }
        let session = try gateway.ready()
        var unknown = Asked.gold
        unknown.symbol = "XAGUSD"
        var homeless = Asked.gold
        homeless.exchange = ""
        gateway.say(Asked.line(1, unknown), session)
        gateway.say(Asked.line(2, homeless), session)
        gateway.say(Asked.line(3, Asked.contract("GC", "FUT", "COMEX")), session)
        gateway.say(Asked.line(4, Asked.gold, generic: "233", snapshot: true), session)
        gateway.say(Asked.line(5, Asked.gold, generic: "9999"), session)
        gateway.say(Asked.line(6, Asked.gold), session)
        gateway.say(Asked.line(6, Asked.gold), session)
        gateway.say(Asked.line(7, Asked.euro), session)
        gateway.say(Asked.line(8, Asked.apple), session)
        #expect(
            try gateway.errors(session) == ["1:200", "2:321", "3:200", "4:414", "5:321", "6:102", "8:101"])
    }

    @Test("a cancelled line is told nothing, a second cancel finds nothing")
    func cancel() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.line(1, Asked.gold), session)
        _ = try gateway.heard(session)
        var cancel = CancelMarketData()
        cancel.requestID = 1
        gateway.say(.cancelMarketData(cancel), session)
        try gateway.tick("XAUUSD", "1", "2")
        #expect(try gateway.heard(session).isEmpty)
        gateway.say(.cancelMarketData(cancel), session)
        #expect(try gateway.errors(session) == ["1:300"])
    }
}
