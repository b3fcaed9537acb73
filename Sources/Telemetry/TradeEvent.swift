import Logging

/// The kinds of log line that an auditor or an operator looks for: a closed list, each with a number for ever.
///
/// `systemd/tradingd.catalog` explains each for `journalctl -x`; it is made from this list (a test compares).
/// A kind is never given another meaning, a number never used again.
public enum TradeEvent: String, CaseIterable, Sendable, CustomStringConvertible {
    /// Stopping.
    case stopping = "lifecycle.stopping"
    /// Session begins.
    case sessionBegun = "lifecycle.session_begun"
    /// Session started.
    case sessionStarted = "lifecycle.session_started"
    /// Session stopped.
    case sessionStopped = "lifecycle.session_stopped"
    /// Order approved.
    case orderApproved = "order.approved"
    /// Order acknowledged.
    case orderAcknowledged = "order.acknowledged"
    /// Order rejected.
    case orderRejected = "order.rejected"
    /// Order denied.
    case orderDenied = "order.denied"
    /// Order filled.
    case orderFilled = "order.filled"
    /// Order cancelled.
    case orderCancelled = "order.cancelled"
    /// Commission told.
    case orderCommission = "order.commission"
    /// Order expired.
    case orderExpired = "order.expired"
    /// Order changed.
    case orderReplaced = "order.replaced"
    /// Change of an order refused.
    case orderReplaceRejected = "order.replace_rejected"
    /// Order by hand.
    case orderRequested = "order.requested"
    /// Cancel by hand.
    case cancelRequested = "order.cancel_requested"
    /// Change by hand.
    case modifyRequested = "order.modify_requested"
    /// Risk control tripped.
    case riskTripped = "risk.tripped"
    /// Trip cleared.
    case tripCleared = "risk.trip_cleared"
    /// Kill switch engaged.
    case killSwitchEngaged = "killswitch.engaged"
    /// Kill switch released.
    case killSwitchReleased = "killswitch.released"
    /// Kill state is not on disk: a restart would not know it.
    case killSwitchUnsaved = "killswitch.unsaved"
    /// Trading armed.
    case armed = "mode.armed"
    /// Trading disarmed.
    case disarmed = "mode.disarmed"
    /// Mode switched.
    case modeSwitched = "mode.switched"
    /// Books differ from the venue.
    case reconciliationDrift = "recon.drift"
    /// Feed finished.
    case feedFinished = "feed.finished"
    /// Feed failed.
    case feedFailed = "feed.failed"
    /// State of a feed.
    case feedStatus = "feed.status"
    /// Session with the gateway.
    case gatewaySession = "gateway.session"
    /// The gateway says.
    case gatewayNotice = "gateway.notice"
    /// The gateway needs a person.
    case gatewayAlarm = "gateway.alarm"
    /// The broker takes no orders.
    case brokerLost = "broker.lost"
    /// The broker takes orders.
    case brokerReady = "broker.ready"
    /// Position taken over.
    case positionAdopted = "position.adopted"
    /// Order taken over.
    case orderRestored = "order.restored"
    /// Order in doubt.
    case orderUnresolved = "order.unresolved"
    /// Row left out.
    case rowLeftOut = "feed.row_left_out"
    /// Call made.
    case callMade = "rpc.call"
    /// Call not permitted.
    case callRefused = "auth.call_refused"
    /// Connection refused.
    case connectionRefused = "auth.connection_refused"
    /// Notification dropped.
    case notificationDropped = "auth.notification_dropped"
    /// Start-up warning.
    case startupWarning = "config.warning"
    /// Start-up warnings acknowledged.
    case warningsAcknowledged = "config.warnings_acknowledged"
    /// Log level changed.
    case logLevelChanged = "config.log_level"
    /// Audit checkpoint.
    case checkpoint = "audit.checkpoint"
    /// Events lost: the bus is overloaded.
    case overloaded = "fault.overload"
    /// Audit line not written.
    case auditUnavailable = "fault.audit"
    /// Log lines dropped.
    case linesDropped = "fault.log_dropped"
    /// Events not observed.
    case eventsDropped = "fault.bus_dropped"
    /// Fault.
    case faultRaised = "fault.raised"
    /// Fault over.
    case faultCleared = "fault.cleared"
    /// Orders are simulated.
    case shadowBegan = "shadow.began"
    /// Orders are simulated no longer.
    case shadowEnded = "shadow.ended"

    /// Its name, as in the context of a JSON line.
    public var description: String { rawValue }

    /// What it is about: `TRADE_EVENT`.
    public var topic: StaticString {
        switch self {
        case .stopping, .sessionBegun, .sessionStarted, .sessionStopped: "lifecycle"
        case .orderApproved, .orderAcknowledged, .orderRejected, .orderReplaced, .orderReplaceRejected,
            .orderRequested, .cancelRequested, .modifyRequested:
            "order"
        case .orderDenied: "deny"
        case .orderFilled, .orderCommission: "fill"
        case .orderCancelled, .orderExpired: "cancel"
        case .riskTripped, .tripCleared: "risk"
        case .killSwitchEngaged, .killSwitchReleased, .killSwitchUnsaved: "killswitch"
        case .armed, .disarmed, .modeSwitched, .shadowBegan, .shadowEnded: "mode"
        case .reconciliationDrift, .brokerLost, .brokerReady, .positionAdopted, .orderRestored,
            .orderUnresolved:
            "recon"
        case .feedFinished, .feedFailed, .feedStatus, .rowLeftOut, .gatewaySession,
            .gatewayNotice, .gatewayAlarm:
            "feed"
        case .callMade: "rpc"
        case .callRefused, .connectionRefused, .notificationDropped: "auth"
        case .startupWarning, .warningsAcknowledged, .logLevelChanged: "config"
        case .checkpoint: "checkpoint"
        case .overloaded, .auditUnavailable, .linesDropped, .eventsDropped, .faultRaised, .faultCleared:
            "fault"
        }
    }

    /// Its number in the journal: `MESSAGE_ID`, 32 lower-case hex digits.
    public var messageID: StaticString {
        switch self {
        case .stopping: "173a1cf6580595bfe7592640da947075"
        case .sessionBegun: "0599777553280c5d6d1d9c89df4a8fd0"
        case .sessionStarted: "d00a710de7ced567b360a22d6664f04d"
        case .sessionStopped: "39d02e63f14d51cb881fa08147cbab03"
        case .orderApproved: "b41a4c8ac037857b40832dd29870e25d"
        case .orderAcknowledged: "7793f0051fcc35d5e1c29592e3574af5"
        case .orderRejected: "162903523a36916bf7a6fec7a2776fc2"
        case .orderDenied: "900230a33fcd3b5eabc441860e9a634a"
        case .orderFilled: "6921e4aa499ae8a1ba8de74c3c8bd841"
        case .orderCancelled: "ea299342214e8d60afb249998ea3035c"
        case .orderCommission: "5d0f7a3e91c24b86ad13f6e2708c9b45"
        case .orderExpired: "8d0b6c7e0a9f4f2b9d3a51c46e7f0812"
        case .orderReplaced: "c2f5a1e74b3d4c689f0e7d2b5a918c36"
        case .orderReplaceRejected: "5e7a93d1c8f04b2aa6d0914f3b7c2e85"
        case .orderRequested: "1fb8c04d6a2e47f39c51e08d7b42a693"
        case .cancelRequested: "a96d3e50f1c74b8e82f40b7c5d19e3a4"
        case .modifyRequested: "e04c7b92d58f4a16b3e9c6f21a70d85b"
        case .riskTripped: "1700c91fec6ec9117adbc419ebad6313"
        case .tripCleared: "537d7025361acff7ae7c8fbc10eecf88"
        case .killSwitchEngaged: "8d173fe47818bbaacf08f4713b4ac68d"
        case .killSwitchReleased: "989b12d9f6ad0a234316531a25513e9b"
        case .killSwitchUnsaved: "77b7a82aed87b17858bc50034986dc44"
        case .armed: "23f64116eaceab0709f42b33bc622e8e"
        case .disarmed: "38ff66c79c277bc39353bc8e55a248b6"
        case .modeSwitched: "fbcfce59c35b1d3afd19a4cf943d9bfd"
        case .reconciliationDrift: "bc55ec59ebd0612d64671c44ab4dc93f"
        case .feedFinished: "c928074f5d3fff77fe560c6b5db7e65f"
        case .feedFailed: "57527185587f05c09cc1bcbcc77d5441"
        case .feedStatus: "7727d90c0d7014c93c42648d15a17b88"
        case .gatewaySession: "e107ce2f7d40bf16f3c25ec1356506dc"
        case .gatewayNotice: "ce53df091e37a312aaca856d6f1d2ba0"
        case .gatewayAlarm: "a0f185d8914ee74c517147adad9bafea"
        case .brokerLost: "a21df9b5191c7d6f0b724ae49da7c41c"
        case .brokerReady: "e8e522ec234e9d01bfa25c74031fb511"
        case .positionAdopted: "6f1c0d6fbe7c4d5b9a0e2f83c4a75d19"
        case .orderRestored: "2d9a41c7b05e4f638e17c6a9d3f0825b"
        case .orderUnresolved: "b7e30f5a918c4d26a4f1583e6d0c97a2"
        case .rowLeftOut: "494cb548d405da97b7f24139b2c05683"
        case .callMade: "e4aa92e6670b24e6a434b94a3acd21c9"
        case .callRefused: "840127f5e5ecf4f429125b97fc562dad"
        case .connectionRefused: "ff6dd88a28a21751359ded7b1cd33b6c"
        case .notificationDropped: "95d80200e9dff309e50bd620e09c60a4"
        case .startupWarning: "d3174ce1ff5a8d12d9949d8ee7da8ba7"
        case .warningsAcknowledged: "9dbc50cdb3b55c54ab96f19212b1fe8f"
        case .logLevelChanged: "925963a384a1f641deac84b2dfc425cf"
        case .checkpoint: "4aa4f1f9c20f5d04d71a4978c8f1f0cc"
        case .overloaded: "282370958c634fa5b3baf9fbd13e810e"
        case .auditUnavailable: "caecff580e9e677652a490005b39ec8d"
        case .linesDropped: "5a0f4e0d5b0c4a53a1f97c1d3ad5c2b7"
        case .eventsDropped: "c0b9e3c6f2f14e07b7d6a1c87f4d2e19"
        case .faultRaised: "3d1f6b0a9c8e4f52a7b4d05e61c2938f"
        case .faultCleared: "8e47a2d1c05b4b6f9d30f7a61b58e4c2"
        case .shadowBegan: "52c9e07b14d84a3fb6a1803cde975f26"
        case .shadowEnded: "f7d20b95a36c47e18c54d97e02ab1638"
        }
    }

    /// How grave it is, unless whoever logs it knows better.
    public var level: Logger.Level {
        switch self {
        case .stopping, .sessionBegun, .sessionStarted, .sessionStopped, .orderApproved,
            .orderAcknowledged, .orderDenied, .orderFilled, .orderCancelled, .orderExpired,
            .orderReplaced, .orderRequested, .cancelRequested, .modifyRequested, .tripCleared,
            .killSwitchReleased,
            .warningsAcknowledged, .armed, .disarmed, .modeSwitched, .feedFinished, .feedStatus,
            .gatewaySession, .brokerReady, .positionAdopted, .orderRestored,
            .logLevelChanged, .checkpoint, .faultCleared, .shadowEnded:
            .notice
        case .orderRejected, .orderReplaceRejected, .rowLeftOut, .callRefused, .connectionRefused,
            .notificationDropped, .startupWarning, .linesDropped, .eventsDropped, .brokerLost,
            .orderUnresolved, .faultRaised, .shadowBegan:
            .warning
        case .riskTripped, .killSwitchEngaged, .killSwitchUnsaved, .overloaded: .critical
        case .reconciliationDrift, .feedFailed, .auditUnavailable, .gatewayAlarm: .error
        case .callMade, .gatewayNotice, .orderCommission: .info
        }
    }

    /// The message of the line.
    public var sentence: StaticString {
        switch self {
        case .stopping: "Stopping"
        case .sessionBegun: "Session begins"
        case .sessionStarted: "Session started"
        case .sessionStopped: "Session stopped"
        case .orderApproved: "Order approved"
        case .orderAcknowledged: "Order acknowledged"
        case .orderRejected: "Order rejected"
        case .orderDenied: "Order denied"
        case .orderFilled: "Order filled"
        case .orderCancelled: "Order cancelled"
        case .orderCommission: "Commission told"
        case .orderExpired: "Order expired"
        case .orderReplaced: "Order changed"
        case .orderReplaceRejected: "Change of an order refused"
        case .orderRequested: "Order by hand"
        case .cancelRequested: "Cancel by hand"
        case .modifyRequested: "Change by hand"
        case .riskTripped: "Risk control tripped"
        case .tripCleared: "Trip cleared"
        case .killSwitchEngaged: "Kill switch engaged"
        case .killSwitchReleased: "Kill switch released"
        case .killSwitchUnsaved: "Kill state is not on disk: a restart would not know it"
        case .armed: "Trading armed"
        case .disarmed: "Trading disarmed"
        case .modeSwitched: "Mode switched"
        case .reconciliationDrift: "Books differ from the venue"
        case .feedFinished: "Feed finished"
        case .feedFailed: "Feed failed"
        case .feedStatus: "State of a feed"
        case .gatewaySession: "Session with the gateway"
        case .gatewayNotice: "The gateway says"
        case .gatewayAlarm: "The gateway needs a person"
        case .brokerLost: "The broker takes no orders"
        case .brokerReady: "The broker takes orders"
        case .positionAdopted: "Position taken over"
        case .orderRestored: "Order taken over"
        case .orderUnresolved: "Order in doubt"
        case .rowLeftOut: "Row left out"
        case .callMade: "Call made"
        case .callRefused: "Call not permitted"
        case .connectionRefused: "Connection refused"
        case .notificationDropped: "Notification dropped"
        case .startupWarning: "Start-up warning"
        case .warningsAcknowledged: "Start-up warnings acknowledged"
        case .logLevelChanged: "Log level changed"
        case .checkpoint: "Audit checkpoint"
        case .overloaded: "Events lost: the bus is overloaded"
        case .auditUnavailable: "Audit line not written"
        case .linesDropped: "Log lines dropped"
        case .eventsDropped: "Events not observed"
        case .faultRaised: "Fault"
        case .faultCleared: "Fault over"
        case .shadowBegan: "Orders are simulated"
        case .shadowEnded: "Orders are simulated no longer"
        }
    }
}

extension Logger {
    /// Logs an event of the catalogue: its sentence as message, its number in the journal.
    ///
    /// - Parameter level: where it is not that of the kind.
    public func record(
        _ event: TradeEvent, level: Logger.Level? = nil, _ metadata: Logger.Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        var metadata = metadata
        metadata[LogFields.eventKey] = .stringConvertible(event)
        log(
            level: level ?? event.level, "\(event.sentence)", metadata: metadata, file: file,
            function: function,
            line: line)
    }
}
