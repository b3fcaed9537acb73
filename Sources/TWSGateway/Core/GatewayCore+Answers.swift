import TWSProtocol
import TradingModel

/// Requests that are answered at once, from what the gateway knows.
extension GatewayCore {
    /// Answers a request that is none of the brokerage's.
    mutating func answer(_ request: ClientMessage, _ index: Int) {
        let session = sessions[index].session
        switch request {
        case .requestCurrentTime:
            var answer = CurrentTime()
            answer.seconds = now.nanoseconds / 1_000_000_000
            outbox.send(answer, to: session)
        case .requestCurrentTimeInMilliseconds:
            var answer = CurrentTimeInMilliseconds()
            answer.milliseconds = now.nanoseconds / 1_000_000
            outbox.send(answer, to: session)
        default: break
        }
    }
}
