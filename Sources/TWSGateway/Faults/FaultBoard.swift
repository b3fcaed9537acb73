import TWSProtocol
import TradingModel

/// Faults that wait for their moment, and the state that faults leave behind.
struct FaultBoard: Sendable {
    var isMarketPaused = false

    mutating func takeBusyClient() -> Bool { false }
    mutating func takePacingOffence() -> Bool { false }
    mutating func triggered(on message: MessageID, after: Bool) -> [Int] { [] }
    var farmNotices: [(code: Int32, text: String)] {
        [(2104, "Market data farm connection is OK:usfarm"), (2106, "HMDS data farm connection is OK:ushmds"),
         (2158, "Sec-def data farm connection is OK:secdefnj")]
    }
}
extension GatewayCore {
    mutating func perform(_ faults: [Int], for session: SessionID) {}
}
