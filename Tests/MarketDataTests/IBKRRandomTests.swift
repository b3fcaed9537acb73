import TWSClient
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import MarketData

@Suite("Whatever a gateway says")
struct IBKRRandomTests {
    /// Any message, sensible or not, of any stream.
    private static func message(_ random: inout TestRandom, _ rig: IBKRRig) -> MarketMessage {
        func number() -> String { ["-1", "0", "1", "2", "3.5", "10", "10.5", "11"][Int(random.below(8))] }
        let stray = Int32(truncatingIfNeeded: Int(random.below(12)) - 2)
        switch random.below(12) {
        case 0: return rig.bidAsk(number(), number(), number(), number())
        case 1, 2: return rig.bidAsk("10", "11", number(), number())
        case 3: return rig.trade(number(), number(), mask: Int32(random.below(4)))
        case 4: return rig.trade("10.5", "1")
        case 5, 6:
            return rig.row(
                Int32(random.below(4)), Int32(random.below(3)), Int32(random.below(13)) - 1, number(),
                number())
        case 7: return rig.row(.insert, random.below(2) == 0 ? .bid : .ask, Int32(random.below(4)), "10", "1")
        case 8: return rig.price([1, 2, 4, 66, 67, 9][Int(random.below(6))], number(), number())
        case 9: return rig.size([0, 3, 5, 8, 74, 99][Int(random.below(6))], "\(random.below(1_000))")
        case 10: return rig.size(8, "\(random.below(1_000))")
        default:
            var tick = TickSize()
            tick.requestID = stray
            return .tickSize(tick)
        }
    }

    private static func notice(_ random: inout TestRandom) -> StreamNotice {
        let codes: [Int32] = [354, 10_189, 10_190, 10_197, 200, 316, 309, 10_168, 2_103, 1_102, 10_167]
        let code = codes[Int(random.below(UInt64(codes.count)))]
        switch random.below(11) {
        case 0, 1, 2: return .requested
        case 3: return .waiting([.noLine, .notLive, .tickByTickInterval][Int(random.below(3))])
        case 4: return .refused(code: code, text: "no")
        case 5: return .ended(code: code, text: "over")
        case 6: return .note(code: code, text: "")
        case 7: return .reset
        case 8: return .lost
        case 9: return .interrupted(code: code)
        default: return .resumed(code: code)
        }
    }

    @Test("never crashes, keeps the order of events and the ends of batches, and never says a thing twice")
    func invariants() {
        var random = TestRandom(seed: TestSeed.value("IBKR_EVENTS_SEED"))
        for _ in 0..<20 {
            var rig = IBKRRig("IBKR.RANDOM") {
                $0.instruments[0].depthRows = 1 + Int(random.below(10))
                $0.instruments[0].keepsLevel1 = random.below(2) == 0
                $0.tradesStaleAfter = Int64(random.below(2)) * 3_000_000_000
            }
            var checker = EventChecker(symbol: rig.symbol)
            for _ in 0..<200 {
                switch random.below(8) {
                case 0: rig.pass(Int64(random.below(4_000)))
                case 1: rig.notice(Self.notice(&random), Int32(random.below(6)) - 1)
                case 2:
                    var type = MarketDataTypeNotice()
                    type.marketDataType = Int32(random.below(6))
                    rig.events.take(
                        .marketDataTypeNotice(type), of: StreamID(rawValue: rig.level1), at: rig.now)
                case 3 where random.below(20) == 0:
                    rig.events.take(nil, for: rig.symbol, text: "gone", at: rig.now)
                    rig.resolve(rig.symbol)
                default:
                    let count = random.below(20) == 0 ? 600 : Int(random.below(20))
                    rig.read((0..<count).map { _ in Self.message(&random, rig) })
                }
                checker.check(rig.sink.take())
            }
            #expect(rig.sink.batches.allSatisfy { (1...largestFeedBatch).contains($0.count) })
            #expect(rig.streams.open.count <= 8, "numbers of streams are used again")
        }
    }

    @Test("prints of level 1 sum up to the rises of the day volume, whatever else comes")
    func volumes() {
        var random = TestRandom(seed: TestSeed.value("IBKR_EVENTS_SEED"))
        for _ in 0..<50 {
            let rig = IBKRRig("IBKR.VOLUME") { $0.instruments[0].trades = .level1 }
            rig.read([rig.price(4, "10")])
            var volume: Int64?
            var rises: Int64 = 0
            for _ in 0..<200 {
                let next =
                    random.below(10) == 0 ? Int64(random.below(50)) : (volume ?? 0) + Int64(random.below(3))
                if let volume, next > volume { rises += next - volume }
                volume = next
                rig.read([Self.noise(&random, rig), rig.size(8, "\(next)"), Self.noise(&random, rig)])
            }
            let sum = rig.sink.events.reduce(Volume.zero) { sum, event in
                if case .trade(let trade) = event.payload { sum + Volume(trade.size) } else { sum }
            }
            #expect(sum == Volume(rawValue: Int128(rises) * 1_000_000_000))
        }
    }

    private static func noise(_ random: inout TestRandom, _ rig: IBKRRig) -> MarketMessage {
        switch random.below(4) {
        case 0: rig.price(4, "\(1 + random.below(20))")
        case 1: rig.size(5, "\(random.below(20))")
        case 2: rig.bidAsk("10", "11")
        default: rig.price(1, "10", "1")
        }
    }
}

/// What must hold of events, whatever led to them.
private struct EventChecker {
    let symbol: SymbolID
    private var sequence: UInt64 = 0
    private var told: [FeedStream: FeedStatus] = [:]
    private var ladder = Ladder()

    init(symbol: SymbolID) { self.symbol = symbol }

    /// Checks the events of one read.
    mutating func check(_ events: [MarketEvent]) {
        let rows = events.indices.filter { events[$0].eventType == .domDelta }
        for (index, event) in events.enumerated() {
            // Numbers rise; those between were given to a rig's first events.
            #expect(event.feedSequence > sequence && event.symbol == symbol && event.source == .ibkr)
            sequence = event.feedSequence
            switch event.payload {
            case .feedStatus(let status): check(status)
            case .domDelta(let delta):
                #expect(delta.endsBatch == (index == rows.last))
                #expect(ladder.apply(delta) != .outOfBounds)
                #expect(told[.depth]?.quality == .live || told[.depth]?.reason == "halted")
            case .tick(let tick):
                #expect(tick.bid > .zero && tick.ask > .zero)
                #expect(told[.quotes] != nil && told[.quotes]?.quality != .unavailable)
            case .trade(let trade):
                #expect(trade.price > .zero && trade.size > .zero)
                #expect(told[.trades] != nil && told[.trades]?.quality != .unavailable)
            default: Issue.record("unexpected \(event.eventType)")
            }
        }
    }

    private mutating func check(_ status: FeedStatus) {
        guard let stream = status.stream else {
            Issue.record("a status names its stream")
            return
        }
        #expect(told[stream] != status, "said twice")
        told[stream] = status
        if status.losesLadder { ladder.removeAll() }
    }
}
