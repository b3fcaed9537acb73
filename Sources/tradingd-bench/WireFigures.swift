import AllocationCounter
import Benchmarking
import CReference
import TWSProtocol
import TradingModel

/// The codec of the TWS socket against a parser in C: the same frames, from memory, to the same values.
enum WireFigures {
    private struct Sums: Equatable {
        var messages: UInt64 = 0
        var requests: UInt64 = 0
        var times: UInt64 = 0
        var prices: UInt64 = 0
        var sizes: UInt64 = 0
        var numbers: UInt64 = 0
        var texts: UInt64 = 0
    }

    /// Which messages a figure is of.
    fileprivate enum Mix: CaseIterable {
        case all, bidAsk, allLast, depth

        var name: String {
            switch self {
            case .all: "wire_decode"
            case .bidAsk: "wire_decode_bid_ask"
            case .allLast: "wire_decode_all_last"
            case .depth: "wire_decode_depth_l2"
            }
        }
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        let count = bench.plan.size(60_000, short: 3_000)
        let rounds = bench.plan.size(20, short: 2)
        return try Mix.allCases.map { try figure($0, count, rounds, bench) }
    }

    private static func figure(_ mix: Mix, _ count: Int, _ rounds: Int, _ bench: Bench) throws -> Figure {
        let stream = try frames(mix, count)
        let times = try Duel.run(
            mix.name, passes: bench.plan.passes, operations: rounds * count,
            ours: { try decode(stream, rounds) }, reference: { try parse(stream, rounds) })
        var figure = Figure(
            mix.name, .messages, ours: 1e9 / times.ours, reference: 1e9 / times.reference,
            ratio: 1 / times.ratio, publishedReference: mix == .all ? 21_200_000 : nil,
            target: Target(.ratio, better: .more, floor: 0.5, aim: 0.9), passes: bench.plan.passes)
        let before = allocation_counter_calls()
        _ = try decode(stream, rounds)
        // The buffer's own, once.
        let allocations = Double(allocation_counter_calls() - before)
        figure.details = [
            ("ns_per_message", times.ours), ("bytes_per_message", Double(stream.count) / Double(count)),
            ("allocations_per_message", allocations / Double(rounds * count)),
            ("allocations", allocations),
        ]
        return figure
    }

    @inline(never)
    private static func decode(_ stream: [UInt8], _ rounds: Int) throws -> Sums {
        var buffer = FrameBuffer()
        var sums = Sums()
        for _ in 0..<rounds {
            var taken = 0
            while taken < stream.count {
                taken += buffer.fill { room in
                    let count = min(room.count, stream.count - taken)
                    stream.withUnsafeBytes {
                        room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[taken..<(taken + count)]))
                    }
                    return count
                }
                while try takeFrame(&buffer, &sums) {}
            }
        }
        return sums
    }

    @inline(__always)
    private static func takeFrame(_ buffer: inout FrameBuffer, _ sums: inout Sums) throws -> Bool {
        let isTaken = try buffer.next { body in
            guard case .message(let message)? = try? MarketMessage.decode(body, version: .highest) else {
                return false
            }
            add(message, to: &sums)
            return true
        }
        if isTaken == false { throw BenchmarkFault("wire: a message cannot be read") }
        return isTaken != nil
    }

    @inline(__always)
    private static func add(_ message: MarketMessage, to sums: inout Sums) {
        sums.messages += 1
        switch message {
        case .tickByTick(let tick):
            sums.requests &+= UInt64(bitPattern: Int64(tick.requestID))
            sums.times &+= UInt64(bitPattern: tick.time)
            add(tick.event, to: &sums)
        case .depthL2(let depth):
            let row = depth.row
            sums.requests &+= UInt64(bitPattern: Int64(depth.requestID))
            sums.prices &+= UInt64(bitPattern: row.price.rawValue)
            sums.sizes &+= UInt64(bitPattern: row.size.rawValue)
            let numbers = Int64(row.position) + Int64(row.operation) + Int64(row.side)
            sums.numbers &+= UInt64(bitPattern: numbers) &+ (depth.isSmartDepth ? 1 : 0)
            sums.texts &+= digest(depth.marketMaker)
        case .depth, .tickPrice, .tickSize: break
        }
    }

    @inline(__always)
    private static func add(_ event: TickByTick.Event, to sums: inout Sums) {
        switch event {
        case .bidAsk(let quote):
            sums.prices &+= UInt64(bitPattern: quote.bid.rawValue &+ quote.ask.rawValue)
            sums.sizes &+= UInt64(bitPattern: quote.bidSize.rawValue &+ quote.askSize.rawValue)
            sums.numbers &+= UInt64(bitPattern: Int64(quote.mask))
        case .last(let trade), .allLast(let trade):
            sums.prices &+= UInt64(bitPattern: trade.price.rawValue)
            sums.sizes &+= UInt64(bitPattern: trade.size.rawValue)
            sums.numbers &+= UInt64(bitPattern: Int64(trade.mask))
            sums.texts &+= digest(trade.exchange) &+ digest(trade.conditions)
        case .midPoint: break
        }
    }

    /// The first byte, 0 without one, and the number of bytes.
    @inline(__always)
    private static func digest(_ text: ShortText) -> UInt64 {
        UInt64(text.isEmpty ? 0 : text[0]) + UInt64(text.count)
    }

    private static func parse(_ stream: [UInt8], _ rounds: Int) throws -> Sums {
        var sums = reference_wire_sums()
        for _ in 0..<rounds {
            guard reference_wire_parse(stream, stream.count, &sums) == 0 else {
                throw BenchmarkFault("wire: C cannot read a message")
            }
        }
        return Sums(
            messages: sums.messages, requests: sums.requests, times: sums.times, prices: sums.prices,
            sizes: sums.sizes, numbers: sums.numbers, texts: sums.texts)
    }
}

/// The frames: what the market simulator says, as a gateway writes it.
extension WireFigures {
    private static func frames(_ mix: Mix, _ count: Int) throws -> [UInt8] {
        var market = try SimulatedEvents()
        var writer = FrameWriter(.gateway, version: .highest)
        var written = 0
        while written < count {
            for event in market.take(1_000, where: { mix.has($0.payload) }) where written < count {
                try write(event, to: &writer)
                written += 1
            }
        }
        return writer.bytes
    }

    private static func write(_ event: MarketEvent, to writer: inout FrameWriter) throws {
        let time = event.timestamp.nanoseconds / 1_000_000_000
        switch event.payload {
        case .tick(let tick):
            var quote = TickByTick.Quote()
            (quote.bid, quote.ask) = (tick.bid, tick.ask)
            (quote.bidSize, quote.askSize) = (tick.bidSize ?? .zero, tick.askSize ?? .zero)
            try writer.append(tickByTick(.bidAsk(quote), time))
        case .trade(let trade):
            var print = TickByTick.Print()
            (print.price, print.size, print.exchange) = (trade.price, trade.size, "COMEX")
            try writer.append(tickByTick(.allLast(print), time))
        case .domDelta(let delta): try writer.append(depth(delta))
        default: break
        }
    }

    private static func tickByTick(_ event: TickByTick.Event, _ time: Int64) -> TickByTick {
        var tick = TickByTick()
        tick.requestID = 1_000_000_007
        tick.time = time
        tick.event = event
        return tick
    }

    private static func depth(_ delta: DomDelta) -> MarketDepthL2 {
        var depth = MarketDepthL2()
        depth.requestID = 1_000_000_008
        depth.marketMaker = "IDEALPRO"
        depth.row.position = Int32(delta.position)
        depth.row.operation = Int32(delta.operation.rawValue)
        depth.row.side = delta.side == .bid ? 1 : 0
        (depth.row.price, depth.row.size) = (delta.price, delta.size)
        return depth
    }
}

extension WireFigures.Mix {
    fileprivate func has(_ payload: MarketEvent.Payload) -> Bool {
        switch payload {
        case .tick: self == .all || self == .bidAsk
        case .trade: self == .all || self == .allLast
        case .domDelta: self == .all || self == .depth
        default: false
        }
    }
}
