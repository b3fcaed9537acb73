/// The text of `systemd/tradingd.catalog`: what `journalctl -x` says of each event.
///
/// Source: systemd, "Journal Message Catalogs".
public enum EventCatalogue {
    /// The whole file.
    public static var text: String {
        ([head] + TradeEvent.allCases.map(entry)).joined(separator: "\n")
    }

    private static let head = """
        # What the events of tradingd mean, for journalctl -x. Made from Sources/Telemetry/TradeEvent.swift; a test compares:
        # TRADINGD_WRITE_DOCS=1 swift test --filter EventCatalogueTests

        """

    private static func entry(_ event: TradeEvent) -> String {
        """
        -- \(event.messageID)
        Subject: \(event.sentence)
        Defined-By: tradingd
        Documentation: file:/usr/share/doc/tradingd/telemetry.md

        \(event.explanation)

        """
    }
}

extension TradeEvent {
    /// What it means and what to do, for people; names of fields between `@` are replaced by their values.
    var explanation: StaticString {
        switch self {
        case .stopping:
            """
            The daemon ends in order: it cancels what works, drains, writes out. TRADE_JSON says
            why.
            """
        case .sessionBegun:
            """
            Session @TRADE_SESSION@ of profile @TRADE_PROFILE@ is wired under the decision hash
            @CONFIG_HASH@. Two sessions with the same hash decide alike on the same events.
            """
        case .sessionStarted:
            """
            The first event of session @TRADE_SESSION@ has been sequenced; order ids of this session
            begin with c-@TRADE_SESSION@-.
            """
        case .sessionStopped:
            """
            The last event of session @TRADE_SESSION@ has been sequenced; working orders were
            cancelled before it.
            """
        case .orderApproved:
            """
            Every control passed and the intent of order @TRADE_ORDER_ID@ (@TRADE_SIDE@ @TRADE_QTY@
            @TRADE_SYMBOL@ at @TRADE_PRICE@) is in the audit trail.
            """
        case .orderAcknowledged:
            """
            The venue has order @TRADE_ORDER_ID@ as @TRADE_BROKER_ID@; it works until it is filled
            or cancelled.
            """
        case .orderRejected:
            """
            The venue refused order @TRADE_ORDER_ID@ in @TRADE_SYMBOL@; nothing of it works.
            TRADE_JSON has its reason. Many of these mean that our view of the market or of the
            account is wrong.
            """
        case .orderDenied:
            """
            Risk refused order @TRADE_ORDER_ID@ (@TRADE_SIDE@ @TRADE_QTY@ @TRADE_SYMBOL@) by control
            @TRADE_CODE@; it never left. The audit trail has every control with limit and value:
            tradectl snapshot risk shows how near the limits are.
            """
        case .orderFilled:
            """
            Order @TRADE_ORDER_ID@ traded @TRADE_QTY@ @TRADE_SYMBOL@ at @TRADE_PRICE@.
            """
        case .orderCancelled:
            """
            The venue confirms that order @TRADE_ORDER_ID@ no longer works; what filled before stays
            filled.
            """
        case .orderCommission:
            """
            What an execution of order @TRADE_ORDER_ID@ cost, told after it; TRADE_JSON has amount and
            currency.
            """
        case .orderExpired:
            """
            The time of order @TRADE_ORDER_ID@ is over: it no longer works; what filled before stays filled.
            """
        case .orderReplaced:
            """
            The venue works order @TRADE_ORDER_ID@ with other terms now: @TRADE_QTY@ in all.
            """
        case .orderReplaceRejected:
            """
            A change of order @TRADE_ORDER_ID@ was refused, TRADE_JSON says why; it works as before.
            """
        case .orderRequested:
            """
            An operator wants an order; TRADE_JSON has who and its terms. Risk decides on it next.
            """
        case .cancelRequested:
            """
            An operator wants orders cancelled; TRADE_JSON has who and which.
            """
        case .modifyRequested:
            """
            An operator wants a working order changed; TRADE_JSON has who and how. Risk decides on it next.
            """
        case .riskTripped:
            """
            The daemon has engaged the kill switch by itself; TRADE_JSON says which control and why.
            Find the cause before you release: "Kill switch" in the runbook.
            """
        case .tripCleared:
            """
            An operator lets a trip count from nothing; TRADE_JSON says which and why. What it engaged holds
            until the kill switch is released.
            """
        case .killSwitchEngaged:
            """
            No new orders; working orders are cancelled. It stays so over restarts until an operator
            releases it and arms again: "Kill switch" in the runbook.
            """
        case .killSwitchReleased:
            """
            The daemon is disarmed, not trading: tradectl mode arm is the second step.
            """
        case .killSwitchUnsaved:
            """
            The kill switch holds, but its file could not be written. It is tried again every
            second. Look at the disk, and do not restart before tradectl health is well.
            """
        case .armed:
            """
            Orders that pass every control leave from now on.
            """
        case .disarmed:
            """
            No new orders; working orders stay.
            """
        case .modeSwitched:
            """
            The session before was cancelled, drained and closed; a new one has begun. TRADE_JSON
            has both modes.
            """
        case .reconciliationDrift:
            """
            Our orders or positions in @TRADE_SYMBOL@ are not the venue's. Nothing new is sent until
            they agree or an operator decides.
            """
        case .feedFinished:
            """
            The recording is over.
            """
        case .feedFailed:
            """
            Market data no longer comes; TRADE_JSON says why. Ladders and quotes are forgotten,
            trading is disarmed.
            """
        case .feedStatus:
            """
            A stream of market data has changed: TRADE_JSON has the stream, its quality and why. While quotes are
            stale, delayed or unavailable the strategies of @TRADE_SYMBOL@ are halted; they go on by themselves.
            """
        case .gatewaySession:
            """
            The session with TWS or IB Gateway has changed its state; TRADE_JSON has both states and why. Orders
            leave in state live only.
            """
        case .gatewayNotice:
            """
            A message of TWS or IB Gateway; TRADE_JSON has its code and text.
            """
        case .gatewayAlarm:
            """
            Something of TWS or IB Gateway that does not mend itself, or should never be; TRADE_JSON says what.
            """
        case .brokerLost:
            """
            The session with the gateway is not live. New orders are refused, what works at the broker goes on
            working; books are compared when the session is back.
            """
        case .brokerReady:
            """
            Open orders, executions and positions were compared with the broker's: orders may leave.
            """
        case .positionAdopted:
            """
            A position that no execution of this session made counts from now on: an earlier session held it,
            or an operator has accepted it after a difference. TRADE_JSON says which, how much and its price.
            """
        case .orderRestored:
            """
            An order of an earlier session counts as ours: that session had sent it and did not see its end.
            TRADE_JSON says how it stands; comparing the books tells what has become of it.
            """
        case .orderUnresolved:
            """
            Nobody knows what an order is: the broker holds it and does not say why. New orders of its instrument
            and side are refused until the broker has said more; tradectl orders unresolved lists them.
            """
        case .rowLeftOut:
            """
            A record of the input cannot be understood and was left out; TRADE_JSON has its place.
            """
        case .callMade:
            """
            User @TRADE_UID@ called @TRADE_METHOD@, which changes something. The audit trail has the
            call with its reason.
            """
        case .callRefused:
            """
            User @TRADE_UID@ called @TRADE_METHOD@, which their role does not allow. Roles come from
            groups; docs/control-api.md has the table.
            """
        case .connectionRefused:
            """
            A connection of user @TRADE_UID@ to the control socket was refused or closed; TRADE_JSON
            says why.
            """
        case .notificationDropped:
            """
            User @TRADE_UID@ sent @TRADE_METHOD@ without asking for an answer. What changes
            something must be a call.
            """
        case .startupWarning:
            """
            A setting is allowed but suspicious. It blocks arming until it is changed; TRADE_JSON
            has the setting with file and line.
            """
        case .warningsAcknowledged:
            """
            An operator has read the start-up warnings that stood in the way of arming; TRADE_JSON has them,
            with name and reason. It holds until the session ends.
            """
        case .logLevelChanged:
            """
            User @TRADE_UID@ changed what is logged; TRADE_JSON has component and level. It holds
            until the daemon ends.
            """
        case .checkpoint:
            """
            The audit trail had @AUDIT_SIZE@ lines under the root @AUDIT_ROOT@; AUDIT_NOTE is the
            signed checkpoint, whole. A trail that does not lead to this root was changed after this
            moment.
            """
        case .overloaded:
            """
            INFRA_OVERLOAD: the feed brought events faster than they were decided on. The ladder is
            no longer true, trading is disarmed.
            """
        case .auditUnavailable:
            """
            The audit trail did not take a line; TRADE_JSON says why. When the file itself has
            failed, the kill switch is engaged: "Disk full" in the runbook.
            """
        case .linesDropped:
            """
            Whoever reads the log stood still; the daemon went on and dropped the oldest lines.
            TRADE_JSON has their number. The audit trail has lost nothing.
            """
        case .eventsDropped:
            """
            An observer of the bus was too slow and missed events; TRADE_JSON has its name and their
            number. No decision was touched, and the audit trail has lost nothing.
            """
        case .faultRaised:
            """
            Something has gone wrong that no other event tells; TRADE_JSON has its code, what it is
            about and why. docs/faults.md says what is done about it, `tradectl faults` what holds.
            """
        case .faultCleared:
            """
            A fault holds no longer; TRADE_JSON has its code and what it was about.
            """
        case .shadowBegan:
            """
            The broker takes no orders and execution.on_error is shadow: what strategies want is
            simulated in a book of its own. Nothing is sent; lines of such orders have "simulated".
            """
        case .shadowEnded:
            """
            Orders go to the broker again, or the session ends; TRADE_JSON has what the simulated
            book has come to. Nothing of it is real.
            """
        }
    }
}
