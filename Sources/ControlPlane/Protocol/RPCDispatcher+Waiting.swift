import Dispatch
import ExactJSON
import Platform

/// A query that is admitted and has yet to run.
struct WaitingQuery: Sendable {
    let id: RPCID
    let method: ControlMethod
    let call: RPCCall
    let body: @Sendable (RPCCall, inout JSONWriter) throws(RPCError) -> Void

    /// Runs it, and makes its answer.
    func answer(_ bounds: AnswerBounds, usedBytes: Int) -> [UInt8] {
        var writer = JSONWriter()
        do throws(RPCError) {
            try body(call, &writer)
            return try bounds.checkedAnswer(
                writer.bytes.isEmpty ? Array("null".utf8) : writer.bytes, id: id, usedBytes: usedBytes)
        } catch {
            bounds.counters.withLock { $0.failedCalls += 1 }
            return RPCAnswer.error(error, id: id)
        }
    }
}

/// What answers have to keep to, on any queue.
struct AnswerBounds: Sendable {
    /// Bytes.
    let most: Int
    let counters: Locked<ControlCounters>

    /// - Throws: `tooLarge`, when the answer and what its batch holds already are over the limit.
    func checkedAnswer(_ result: [UInt8], id: RPCID, usedBytes: Int) throws(RPCError) -> [UInt8] {
        let answer = RPCAnswer.result(result, id: id)
        guard answer.count + usedBytes <= most else {
            counters.withLock { $0.oversizedAnswers += 1 }
            throw .tooLarge("the answer is too large: ask for less with `limit`", limit: most)
        }
        return answer
    }
}

extension RPCDispatcher {
    /// Counts a query that is to run; each of a batch counts.
    ///
    /// - Throws: `rateLimited` to who does not wait for answers: questions must not pile up where nothing moves.
    mutating func enqueue(_ caller: Caller) throws(RPCError) {
        let waiting = queued[caller.peer.uid] ?? 0
        guard waiting < limits.waiting else {
            count(\.tooManyInFlight)
            throw .rateLimited("\(waiting) queries of this user wait", retryAfterMilliseconds: 0)
        }
        queued[caller.peer.uid] = waiting + 1
    }

    /// Queries of one line have run.
    mutating func ran(_ pending: PendingCall) {
        guard let uid = pending.uid, let waiting = queued[uid] else { return }
        queued[uid] = waiting > pending.ids.count ? waiting - pending.ids.count : nil
    }

    /// Has queries of one line run where they may wait.
    ///
    /// - Parameter answers: of the same batch, there already.
    func begin(
        _ queries: [WaitingQuery], isBatch: Bool, after answers: [[UInt8]] = []
    ) -> PendingCall {
        let channel = ReplyChannel()
        work.async { [bounds] in
            var all = answers
            for query in queries {
                all.append(query.answer(bounds, usedBytes: all.reduce(0) { $0 + $1.count }))
            }
            channel.post(.line(isBatch ? RPCAnswer.batch(all) : all[0]))
        }
        return PendingCall(
            ids: queries.map(\.id), uid: queries[0].call.caller.peer.uid, answers: answers, isBatch: isBatch,
            method: queries[0].method,
            memoryKey: nil, channel: channel)
    }
}
