import Blotter
import Configuration
import ControlPlane
import ExactJSON
import Execution
import Messaging
import OrderFlow
import Positions
import TradingModel

/// `position.list` from the books, `fill.list` from the blotter: both only look.
struct BlotterMethods: Sendable {
    let daemon: Daemon

    var handlers: [String: RPCHandler] {
        ["position.list": .waiting(positions), "fill.list": .waiting(fills)]
    }

    private func session() throws(RPCError) -> RunningSession {
        guard let session = daemon.current else { throw .notReady("no session is at work") }
        return session
    }

    // MARK: Positions

    private func positions(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let running = try session(), session = running.session
        let only = call.string("symbol"), owner = call.string("strategy")
        let (sequence, now, parts) = session.bus.query(on: session.queues.execution) { core in
            let parts = core.execution.positions.owned.map { part in
                OwnedResult(
                    part, core.execution.positions.instrument(part.symbol), core.engines.top(part.symbol))
            }
            return (core.sequence, core.now, parts)
        }
        let rates = BaseRates(session.settings.risk)
        let account = SessionRecord(session: session.number, mode: session.mode, settings: session.settings)
            .account
        json.beginObject()
        json.key("sequence")
        json.integer(sequence)
        json.key("ts")
        if now > .zero { json.timestamp(now) } else { json.null() }
        json.key("base_currency")
        json.string(rates.base)
        json.key("positions")
        json.beginArray()
        for part in parts where (only ?? part.symbol.name) == part.symbol.name {
            guard (owner ?? part.owner) == part.owner else { continue }
            part.write(account: account, rates, to: &json)
        }
        json.endArray()
        writeEarlier(running, now, only, owner, rates, &json)
        json.endObject()
    }

    /// What earlier sessions of the day have brought and cost, from the blotter; `null` where that cannot be read.
    private func writeEarlier(
        _ running: RunningSession, _ now: Timestamp, _ only: String?, _ owner: String?, _ rates: BaseRates,
        _ json: inout JSONWriter
    ) {
        json.key("earlier_today")
        guard let blotter = running.blotter, now > .zero,
            let reader = try? BlotterReader(path: blotter.path),
            let results = try? reader.results(ofDayOf: now, before: running.session.number)
        else { return json.null() }
        json.beginArray()
        for result in results where (only ?? result.symbol) == result.symbol {
            guard (owner ?? result.owner) == result.owner else { continue }
            json.beginObject()
            json.key("account")
            json.string(result.account)
            json.key("symbol")
            json.string(result.symbol)
            json.key("strategy")
            json.string(result.owner)
            json.key("currency")
            json.string(result.currency)
            json.key("realized_pnl")
            json.money(result.realized)
            json.key("commission")
            json.money(result.commissions)
            json.key("net_pnl_base")
            json.money(rates.inBase(result.realized - result.commissions, result.currency))
            json.endObject()
        }
        json.endArray()
    }

    // MARK: Fills

    private func fills(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        guard let blotter = try session().blotter else {
            throw .conflict("a replay keeps no blotter: its executions are in the audit trail and the export")
        }
        var filter = BlotterReader.Filter(limit: (call.integer("limit") ?? 50) + 1)
        filter.symbol = call.string("symbol")
        filter.owner = call.string("strategy")
        filter.before = call.integer("before").map { UInt64($0) }
        if let since = call.string("since") {
            guard let time = Timestamp(rfc3339: since) else {
                throw .invalidParams([ParameterIssue("since", "must be an RFC 3339 time in UTC")])
            }
            filter.since = time
        }
        let (line, found) = try read(blotter, filter)
        let shown = found.prefix(filter.limit - 1)
        json.beginObject()
        json.key("line")
        json.integer(line)
        json.key("fills")
        json.beginArray()
        for fill in shown { fill.write(to: &json) }
        json.endArray()
        json.key("next")
        if found.count > shown.count, let last = shown.last { json.integer(last.line) } else { json.null() }
        json.endObject()
    }

    private func read(
        _ blotter: BlotterKeeper, _ filter: BlotterReader.Filter
    ) throws(RPCError) -> (UInt64, [BlotterFill]) {
        do throws(BlotterError) {
            let reader = try BlotterReader(path: blotter.path)
            return (try reader.line(), try reader.fills(filter))
        } catch {
            throw .conflict("the blotter cannot be read: \(error)")
        }
    }
}

extension BlotterFill {
    /// Writes the fill as one object; amounts are exact numbers.
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("line")
        json.integer(line)
        json.key("ts")
        json.string(time)
        json.key("session")
        json.integer(session)
        for (key, text) in [
            ("account", account), ("order_id", order), ("strategy", owner), ("symbol", symbol),
            ("side", side.lowercased()),
        ] as [(StaticString, String)] {
            json.key(key)
            json.string(text)
        }
        for (key, text) in [("qty", quantity), ("price", price)] as [(StaticString, String)] {
            json.key(key)
            json.raw { $0.append(contentsOf: text.utf8) }
        }
        json.key("currency")
        json.string(currency)
        json.key("execution_id")
        json.integer(execution)
        json.key("commissions")
        json.amounts(commissions)
        json.key("reason")
        json.string(reason)
        json.endObject()
    }
}

extension JSONWriter {
    /// Writes `[{amount, currency}]`.
    mutating func amounts(_ entries: [CommissionTotals.Entry]) {
        beginArray()
        for entry in entries {
            beginObject()
            key("amount")
            money(entry.amount)
            key("currency")
            string(entry.currency.name)
            endObject()
        }
        endArray()
    }
}
