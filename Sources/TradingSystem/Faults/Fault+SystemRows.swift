import Risk
import TradingModel

/// The table: risk and infrastructure.
extension Fault {
    var riskRow: FaultRow {
        switch self {
        case .riskLimit:
            .trips(self, "`TripMonitor`", clears: "release and `trip clear`", test: "RiskFaultTests/limit")
        case .riskLoss: .trips(self, "`TripMonitor`", clears: "release", test: "RiskFaultTests/loss")
        default:
            .trips(
                self, "`BrokerLedger`, `TripMonitor`",
                clears: "release with `--accept-positions`, `trip clear`",
                test: "RiskFaultTests/drift")
        }
    }

    var infrastructureRow: FaultRow {
        switch self {
        case .infraQueue:
            .trips(
                self, "`TripTimer`: the bus lags; `Watchdog`: it stands still",
                action:
                    "kill; a bus that stands still gets no `WATCHDOG=1`, so that systemd restarts the daemon",
                clears: "release", test: "RiskFaultTests/queue")
        case .infraOverload:
            FaultRow(
                "`SessionSink`: the ring of a live feed is full",
                action: "events are lost: disarmed, ladders void",
                clears: "the session ends", event: "`feed_status`", log: "fault.overload",
                test: "FaultStageTests/overload",
                audit: "mode.disarm")
        case .infraDisk:
            .trips(
                self, "`AuditLog`: the disk is short of room; the reserve is used",
                clears: "room, and a restart",
                test: "DiskFaultTests/full")
        case .infraAudit:
            .trips(
                self, "`AuditLog`: a write or sync has failed",
                action: "kill, exit with 74; systemd restarts, the log is read again", clears: "a restart",
                test: "DiskFaultTests/limited")
        case .infraTap:
            FaultRow(
                "`TapWatch`: an observer has missed events within a second",
                action: "the oldest are dropped and counted; decisions wait for nobody",
                clears: "10 s without a loss", event: "`system` `fault_raised`", log: "fault.raised",
                test: "FaultStageTests/tap")
        case .infraRecorder:
            FaultRow(
                "`JournalWriter`: a write has failed", action: "recording stops, trading goes on",
                clears: "the next session", event: "`system` `fault_raised`", log: "fault.raised",
                test: "DiskFaultTests/recorder")
        case .infraClock:
            .trips(
                self, "`TripTimer`: not synchronised, or set", clears: "synchronised, and release",
                test: "FaultStageTests/clock")
        default:
            .trips(
                self, "`RiskEngine`: an invariant is broken", clears: "a restart",
                test: "FaultStageTests/internalFault")
        }
    }
}

extension FaultRow {
    /// What faults that trips find have in common: the levels are those of the trips.
    fileprivate static func trips(
        _ fault: Fault, _ detector: String, action: String? = nil, clears: String, test: String
    ) -> FaultRow {
        let trips = Trip.allCases.filter { $0.mayTell(fault) }.map { "`\($0.name)`" }
        return FaultRow(
            detector + ": " + trips.joined(separator: ", "),
            action: action ?? "kill at the trip's level (docs/risk-trips.md), what it forbids is cancelled",
            clears: clears, event: "`system` `killswitch_engaged`", log: "risk.tripped", test: test,
            audit: "risk.trip, killswitch.engage")
    }
}

extension Trip {
    fileprivate func mayTell(_ fault: Fault) -> Bool {
        self == .audit ? fault == .infraDisk || fault == .infraAudit : self.fault("") == fault
    }
}
