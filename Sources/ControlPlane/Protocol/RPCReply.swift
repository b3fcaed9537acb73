import ExactJSON
import Platform

/// The answer to a deferred call, given once, from any thread.
///
/// A reply that is dropped unanswered answers with an internal error, so that no caller waits for ever.
public final class RPCReply: Sendable {
    private let channel: ReplyChannel

    init(_ channel: ReplyChannel) { self.channel = channel }

    deinit { channel.finish(.failure(.internalError(reference: "reply-dropped"))) }

    /// Answers with a result; later answers are ignored.
    public func succeed(_ result: JSONValue) { channel.finish(.success(result)) }

    /// Answers with an error; later answers are ignored.
    public func fail(_ error: RPCError) { channel.finish(.failure(error)) }

    /// Sends a notification ahead of the answer, e.g. `killswitch.latched`.
    ///
    /// - Parameter parameters: an object or an array.
    public func notify(_ method: String, _ parameters: JSONValue) {
        channel.post(.notice(method: method, parameters: parameters))
    }
}

/// What a deferred call has to say.
enum ReplyEvent: Sendable {
    case notice(method: String, parameters: JSONValue)
    case finished(Result<JSONValue, RPCError>)
    /// The whole line of an answer.
    case line([UInt8])
}

/// Carries the events of one deferred call, in order, to whoever listens; keeps them until somebody does.
final class ReplyChannel: Sendable {
    private struct State {
        var waiting: [ReplyEvent] = []
        var isFinished = false
        var listener: (@Sendable (ReplyEvent) -> Void)?
    }

    private let state = Locked(State())

    func finish(_ result: Result<JSONValue, RPCError>) { post(.finished(result)) }

    func post(_ event: ReplyEvent) {
        // Delivered under the lock to keep the order of events; the listener only enqueues.
        state.withLock { state in
            guard !state.isFinished else { return }
            if let listener = state.listener { listener(event) } else { state.waiting.append(event) }
            if case .notice = event { return }
            state.isFinished = true
            state.listener = nil
        }
    }

    /// The notices that wait ahead of everything else; nobody may listen yet.
    func takeNotices() -> [(method: String, parameters: JSONValue)] {
        state.withLock { state in
            var notices: [(method: String, parameters: JSONValue)] = []
            while case .notice(let method, let parameters) = state.waiting.first {
                notices.append((method, parameters))
                state.waiting.removeFirst()
            }
            return notices
        }
    }

    /// Hands over what waits and everything that follows; `listener` must only enqueue.
    func listen(_ listener: @escaping @Sendable (ReplyEvent) -> Void) {
        state.withLock { state in
            for event in state.waiting { listener(event) }
            state.waiting = []
            state.listener = state.isFinished ? nil : listener
        }
    }
}
