import Configuration
import ControlPlane
import ExactJSON
import Execution
import Messaging
import OrderFlow
import Risk
import Strategies
import TradingModel

/// Views of a session for the control plane. Each takes a consistent cut between two batches and writes it afterwards, so that
/// the bus waits for a copy, never for JSON.
struct Snapshots: Sendable {
    let session: TradingSession

    /// Header of every snapshot: `sequence` and `ts` of the cut.
    private struct Cut {
        let sequence: UInt64
        let now: Timestamp

        init(_ core: TradingPipeline) {
            sequence = core.sequence
            now = core.now
        }

        func write(_ symbol: SymbolID, to json: inout JSONWriter) {
            json.key("symbol")
            json.string(symbol.name)
            write(to: &json)
        }

        func write(to json: inout JSONWriter) {
            json.key("sequence")
            json.integer(sequence)
            json.key("ts")
            if now > .zero { json.timestamp(now) } else { json.null() }
        }
    }

    private func symbol(_ call: RPCCall) throws(RPCError) -> SymbolID {
        let name = try call.requiredString("symbol")
        guard let symbol = SymbolID.known(name) else { throw .notFound("symbol \(name)") }
        return symbol
    }

    /// What `view` takes out of the engines of the symbol asked for. It runs inside the cut: the engines' own storage
    /// must not be held longer, or the next event would have to copy it.
    private func flow<View: Sendable>(
        _ call: RPCCall, _ view: (InstrumentFlow) -> View
    ) throws(RPCError) -> (SymbolID, Cut, View) {
        let symbol = try symbol(call)
        let (cut, taken) = session.bus.query(on: session.queues.engines) { core in
            (Cut(core), core.engines.flow(symbol).map(view))
        }
        guard let taken else { throw .notFound("no events of \(symbol.name) yet") }
        return (symbol, cut, taken)
    }

    /// `snapshot.dom`: ladder, top, micro-price.
    func dom(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let (symbol, cut, (dom, quote, streams)) = try flow(call) { ($0.dom, $0.quote, $0.streams) }
        let limit = call.integer("limit") ?? LadderSide.capacity
        json.beginObject()
        cut.write(symbol, to: &json)
        json.key("state")
        json.string(Self.state(dom, streams.depth))
        streams.depth.writeReason(to: &json)
        streams.write(to: &json)
        json.key("ladder_seq")
        json.integer(dom.lastFeedSequence)
        json.key("bids")
        json.levels(Array(dom.ladder.bids.levels.prefix(limit)))
        json.key("asks")
        json.levels(Array(dom.ladder.asks.levels.prefix(limit)))
        // A ladder in the middle of a change is not judged.
        Self.writeTop(dom.hasData ? (dom.isComplete ? dom.top : nil) : quote, to: &json)
        json.key("quote")
        if let quote { MarketEvent.Payload.tick(quote).write(to: &json) } else { json.null() }
        json.key("out_of_bounds")
        json.integer(dom.outOfBounds)
        json.endObject()
    }

    /// `no_depth` without ladder events or where there are none to be had; `stale` and `reset` by the feed's word; otherwise
    /// whether the ladder may be judged.
    private static func state(_ dom: DomEngine, _ stream: StreamStatus?) -> StaticString {
        switch stream?.quality {
        case .unavailable: return "no_depth"
        case .stale: return "stale"
        case .reset: return "reset"
        case .live, .conflated, .delayed, .ended, nil: break
        }
        guard dom.hasData else { return "no_depth" }
        guard dom.isComplete else { return "updating" }
        guard let top = dom.top else { return "one_sided" }
        return top.bid < top.ask ? "ok" : "crossed"
    }

    private static func writeTop(_ top: Tick?, to json: inout JSONWriter) {
        let usable = top.flatMap { $0.bid < $0.ask ? $0 : nil }
        let micro = usable.map(microPrice)
        json.key("mid")
        json.price(usable.map { microPrice(Tick(bid: $0.bid, ask: $0.ask)).price })
        json.key("micro_price")
        json.price(micro?.price)
        json.key("basis")
        if let micro { json.string(micro.isWeighted ? "micro" : "mid" as StaticString) } else { json.null() }
        json.key("spread")
        json.price(usable.map { Price(rawValue: $0.ask.rawValue - $0.bid.rawValue) })
    }

    /// `snapshot.delta`: the bar under way and the newest closed ones, oldest first.
    func delta(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let closedBars = (call.integer("limit") ?? 10) - 1
        let (symbol, cut, (cumulative, closed, current, streams)) = try flow(call) { flow in
            (
                flow.delta.cumulativeDelta, flow.delta.closedBars(limit: closedBars), flow.delta.current,
                flow.streams
            )
        }
        json.beginObject()
        cut.write(symbol, to: &json)
        streams.writeTradeState(to: &json)
        streams.write(to: &json)
        json.key("cum_delta")
        json.volume(cumulative)
        json.key("bars")
        json.beginArray()
        for bar in closed { bar.write(to: &json) }
        current?.write(to: &json)
        json.endArray()
        json.endObject()
    }

    /// `snapshot.tape`: the newest prints, newest first, and the totals.
    func tape(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let limit = call.integer("limit") ?? 50
        let (symbol, cut, (tape, streams)) = try flow(call) { ($0.tape.snapshot(limit: limit), $0.streams) }
        json.beginObject()
        cut.write(symbol, to: &json)
        streams.writeTradeState(to: &json)
        streams.write(to: &json)
        json.key("tape")
        tape.write(to: &json)
        json.endObject()
    }

    /// `snapshot.footprint`: the bar under way and the newest closed ones, oldest first.
    func footprint(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let closedBars = (call.integer("limit") ?? 1) - 1
        let (symbol, cut, (closed, current, streams)) = try flow(call) { flow in
            (flow.footprint.closedBars(limit: closedBars), flow.footprint.current, flow.streams)
        }
        json.beginObject()
        cut.write(symbol, to: &json)
        streams.writeTradeState(to: &json)
        streams.write(to: &json)
        json.key("bars")
        json.beginArray()
        for bar in closed { bar.write(to: &json) }
        current?.write(to: &json)
        json.endArray()
        json.endObject()
    }

    /// `snapshot.orders`: working orders by id, then the newest finished ones, newest first.
    func orders(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let symbol = call["symbol"] == nil ? nil : try symbol(call)
        let limit = call.integer("limit") ?? 20
        let (cut, working, finished, unknown, outcomes) = session.bus.query(on: session.queues.execution) {
            core in
            (
                Cut(core),
                core.execution.orders.working.filter { symbol == nil || $0.request.symbol == symbol },
                core.execution.orders.newestFinished(limit: limit, symbol: symbol),
                core.execution.orders.unknownReports, core.execution.orders.outcomes
            )
        }
        json.beginObject()
        cut.write(to: &json)
        json.key("working")
        json.beginArray()
        for order in working.prefix(limit) { order.write(to: &json) }
        json.endArray()
        json.key("working_total")
        json.integer(working.count)
        json.key("unresolved")
        json.integer(working.count(where: \.life.isUnresolved))
        json.key("unknown_reports")
        json.integer(unknown)
        json.key("reports")
        outcomes.write(to: &json)
        json.key("finished")
        json.beginArray()
        for order in finished { order.write(to: &json) }
        json.endArray()
        writeShadow(to: &json)
        json.endObject()
    }

    /// `snapshot.positions`: holdings and results by instrument.
    func positions(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let symbol = call["symbol"] == nil ? nil : try symbol(call)
        let (cut, results) = session.bus.query(on: session.queues.execution) { (Cut($0), $0.results) }
        json.beginObject()
        cut.write(to: &json)
        json.key("positions")
        json.beginArray()
        for result in results where symbol == nil || result.symbol == symbol { result.write(to: &json) }
        json.endArray()
        writeShadow(to: &json)
        json.endObject()
    }

    /// `snapshot.risk`: limits, their use, decisions.
    func risk(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let only = call["symbol"] == nil ? nil : try symbol(call)
        let (cut, engine, tally, views) = session.bus.query(on: session.queues.risk) { core in
            let symbols = core.risk.engine.limits.instruments.map(\.symbol).filter {
                only == nil || $0 == only
            }
            let views = symbols.map {
                ($0, core.risk.engine.view($0, now: core.now, quotes: core.engines.top))
            }
            let engine = core.risk.engine
            return (
                Cut(core), (killed: engine.isKilled, armed: engine.isArmed, limits: engine.limits),
                core.risk.tally, views
            )
        }
        json.beginObject()
        cut.write(to: &json)
        json.key("killed")
        json.bool(engine.killed)
        json.key("armed")
        json.bool(engine.armed && !engine.killed)
        json.key("limits")
        engine.limits.write(to: &json)
        json.key("decisions")
        tally.write(to: &json)
        json.key("symbols")
        json.beginArray()
        for (symbol, view) in views { view.write(symbol, to: &json) }
        json.endArray()
        json.endObject()
    }

    /// `snapshot.config`: every setting in force.
    func config(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        json.beginObject()
        json.key("hash")
        json.string(session.settings.decisionHash(sha256Hex))
        json.key("settings")
        json.beginArray()
        for line in session.settings.effectiveText.split(separator: "\n") { json.string(String(line)) }
        json.endArray()
        json.endObject()
    }
}

extension WorkingOrder {
    /// Writes the order as one object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("order_id")
        json.orderID(id)
        json.key("venue_order_id")
        json.integer(venueOrderID)
        json.key("symbol")
        json.string(request.symbol.name)
        json.key("side")
        json.string(request.side.name)
        json.key("type")
        json.string(request.type.name)
        json.key("tif")
        json.string(request.timeInForce.name)
        json.key("qty")
        json.quantity(quantity)
        json.key("limit_price")
        json.price(limitPrice)
        json.key("stop_price")
        json.price(stopPrice)
        json.key("status")
        json.string(life.display.name)
        json.key("filled_qty")
        json.quantity(filledQuantity)
        json.key("avg_price")
        json.price(averagePrice)
        json.key("leaves_qty")
        json.quantity(leavesQuantity)
        json.key("strategy")
        json.string(request.strategy.name)
        writeTerms(to: &json)
        json.key("sent_at")
        json.timestamp(sentAt)
        json.key("updated_at")
        json.timestamp(updatedAt)
        json.key("reason")
        json.string(reason)
        json.key("trace_id")
        json.traceID(request.trace.traceID)
        json.endObject()
    }

    private func writeTerms(to json: inout JSONWriter) {
        json.key("until")
        if let expiry = request.expiry { json.timestamp(expiry) } else { json.null() }
        json.key("flags")
        json.beginArray()
        if request.flags.contains(.reduceOnly) { json.string("reduce_only") }
        if request.flags.contains(.postOnly) { json.string("post_only") }
        if request.flags.contains(.outsideRegularHours) { json.string("outside_rth") }
        if request.flags.contains(.protected) { json.string("protected") }
        if request.flags.contains(.flatten) { json.string("flatten") }
        json.endArray()
        json.key("entry")
        if let bracket = request.bracket { json.orderID(bracket) } else { json.null() }
    }
}

extension OrderOutcomeCounts {
    /// Writes `applied`, then `absorbed` and `alarmed` by reason.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("applied")
        json.integer(applied)
        json.key("absorbed")
        json.beginObject()
        for reason in OrderAbsorption.allCases {
            json.key(reason.name)
            json.integer(self[reason])
        }
        json.endObject()
        json.key("alarmed")
        json.beginObject()
        for reason in OrderAlarm.allCases {
            json.key(reason.name)
            json.integer(self[reason])
        }
        json.endObject()
        json.endObject()
    }
}

extension RiskLimits {
    /// Writes the limits that hold for every instrument.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("whitelist")
        json.beginArray()
        for name in whitelist.map(\.name).sorted() { json.string(name) }
        json.endArray()
        json.key("max_size")
        json.quantity(maxSize)
        json.key("max_exposure")
        json.money(maxExposure)
        json.key("max_gross_exposure")
        json.money(maxGrossExposure)
        json.key("throttle_max")
        json.integer(throttleMax)
        json.key("price_collar_bps")
        json.integer(priceCollarBps)
        json.endObject()
    }
}

extension RiskView {
    /// Writes where an instrument stands.
    func write(_ symbol: SymbolID, to json: inout JSONWriter) {
        json.beginObject()
        json.key("symbol")
        json.string(symbol.name)
        json.key("tradable")
        json.bool(isTradable)
        json.key("position")
        json.quantity(position)
        json.key("open_buys")
        json.quantity(openBuys)
        json.key("open_sells")
        json.quantity(openSells)
        json.key("exposure")
        json.money(exposure)
        json.key("accepted_60s")
        json.integer(acceptedInWindow)
        json.endObject()
    }
}
