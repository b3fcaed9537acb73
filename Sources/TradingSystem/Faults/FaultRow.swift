import TradingModel

/// A line of the table of faults: what finds it, what is done, what ends it, and where it can be seen.
public struct FaultRow: Sendable {
    /// What in the code finds it.
    public let detector: String
    /// What is done by itself.
    public let action: String
    /// What ends it.
    public let clears: String
    /// The event on the bus that tells it.
    public let event: String
    /// The kind of line in the log.
    public let log: String
    /// The test of it, `Suite/function`.
    public let test: String
    /// Lines of the audit trail besides `fault.raise` and `fault.clear`.
    public var audit = ""

    init(
        _ detector: String, action: String, clears: String, event: String, log: String, test: String,
        audit: String = ""
    ) {
        self.detector = detector
        self.action = action
        self.clears = clears
        self.event = event
        self.log = log
        self.test = test
        self.audit = audit
    }
}

/// Where a fault belongs.
public enum FaultClass: String, CaseIterable, Sendable {
    case feed = "Feed"
    case execution = "Exec"
    case risk = "Risk"
    case infrastructure = "Infra"
}

extension Fault {
    /// Where it belongs.
    public var group: FaultClass {
        switch self {
        case .feedStale, .feedFarm, .feedReset, .feedLevel1, .feedCrossed, .feedDelayed, .feedUnavailable:
            .feed
        case .execUnknown, .execReject, .execCancel, .execBroker, .execUnconfirmed, .execExits: .execution
        case .riskLimit, .riskLoss, .riskDrift: .risk
        case .infraQueue, .infraOverload, .infraDisk, .infraAudit, .infraTap, .infraRecorder, .infraClock,
            .infraInternal:
            .infrastructure
        }
    }

    /// Its line of the table.
    public var row: FaultRow {
        switch group {
        case .feed: feedRow
        case .execution: executionRow
        case .risk: riskRow
        case .infrastructure: infrastructureRow
        }
    }
}
