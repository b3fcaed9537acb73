import TWSClient
import TradingModel

/// What has become of one stream of an instrument.
struct StreamState {
    /// Where it stands.
    enum Phase: UInt8, BitwiseCopyable {
        /// Not wanted.
        case off
        /// Wanted by the client, not on the wire.
        case waiting
        /// On the wire, nothing has come yet.
        case asked
        /// Data come.
        case flowing
        /// The gateway will not deliver it.
        case refused
        /// The gateway has ended it.
        case ended
        /// The connection or its data are gone; the client asks again.
        case lost
        /// Subscribed, but nothing comes though it should.
        case silent
    }

    var phase = Phase.off
    /// When the phase began.
    var since = Timestamp.zero
    /// Why it waits.
    var wait: StreamWait?
    /// What the gateway said last.
    var code: Int32 = 0
    var text = ""
    /// When its newest data came.
    var lastAt = Timestamp.zero
    /// When it is to be asked for again.
    var retryAt: Timestamp?
    /// Failures in a row.
    var failures = 0
    /// Whether data have come since the connection or its data were lost.
    var hasFlowed = false
    /// Code of the interruption it is in; 0 for none.
    var interruption: Int32 = 0
    /// Data must come by then, after an interruption.
    var checkAt: Timestamp?
    /// First data are overdue.
    var isOverdue = false

    /// Whether data come and nothing is to be found out about it.
    var isSteady: Bool { phase == .flowing && interruption == 0 && checkAt == nil }

    mutating func enter(_ phase: Phase, at time: Timestamp) {
        self.phase = phase
        since = time
        isOverdue = false
        if phase != .waiting { wait = nil }
    }

    /// Data have come.
    mutating func dataCame(at time: Timestamp) {
        if phase != .flowing { enter(.flowing, at: time) }
        hasFlowed = true
        interruption = 0
        checkAt = nil
        retryAt = nil
        lastAt = time
    }

    /// What was told or failed before is no measure of what comes now.
    mutating func forgetFailures() {
        failures = 0
        retryAt = nil
        hasFlowed = false
        interruption = 0
        checkAt = nil
    }

    /// It has failed: it is asked for again after a wait that doubles.
    mutating func fail(_ phase: Phase, code: Int32, at time: Timestamp, _ schedule: RetrySchedule) {
        if self.phase == .flowing && time.since(since) >= schedule.forgivenAfter { failures = 0 }
        failures += 1
        self.code = code
        enter(phase, at: time)
        interruption = 0
        checkAt = nil
        retryAt = time.advanced(by: schedule.wait(failures: failures, code: code))
    }
}
