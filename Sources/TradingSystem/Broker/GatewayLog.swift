import Execution
import Logging
import TWSClient
import Telemetry

/// What client and broker find worth telling, in the log.
struct GatewayLog: Sendable {
    private let log: Logger

    init(_ log: Logger) { self.log = log }

    @Sendable
    func write(_ note: ClientNote) {
        var metadata: Logger.Metadata = ["text": "\(note.text)"]
        if let code = note.code { metadata["code"] = .stringConvertible(code) }
        if let id = note.id { metadata["id"] = .stringConvertible(id) }
        switch note.kind {
        // Told by the listener of the session, with both states.
        case .state: break
        case .notice: log.record(.gatewayNotice, metadata)
        case .alarm: log.record(.gatewayAlarm, metadata)
        case .discarded: log.record(.gatewayNotice, level: .warning, metadata)
        }
    }

    @Sendable
    func write(_ note: BrokerNote) {
        var metadata: Logger.Metadata = ["text": "\(note.text)"]
        if note.code != 0 { metadata["code"] = .stringConvertible(note.code) }
        if let order = note.order { metadata["order.id"] = "\(order)" }
        switch note.severity {
        case .note: log.record(.gatewayNotice, metadata)
        case .warning: log.record(.gatewayNotice, level: .warning, metadata)
        case .alarm: log.record(.gatewayAlarm, metadata)
        }
    }
}
