import TradingModel

/// The table: feeds and execution.
extension Fault {
    var feedRow: FaultRow {
        switch self {
        case .feedStale:
            .feed(
                "`StalenessMonitor`, `IBKREventCore`: nothing for `feed.stale_after` in session, or halted by the exchange",
                clears: "data of the stream", test: "FeedFaultTests/stale")
        case .feedFarm:
            .feed(
                "`StreamFallback`: 1100, 2103, 2105, 2110 and their like",
                clears: "data again after 1102, 2104, 2106", test: "FeedFaultTests/farm")
        case .feedReset:
            .feed(
                "`IBKREventCore`: 317, or a side of the quote is gone",
                action: "ladder or quote are forgotten, samples begin anew; asked for again",
                clears: "data of the stream", test: "FeedFaultTests/reset")
        case .feedLevel1:
            .feed(
                "`StreamFallback`: tick by tick refused (10189, 10190, …), ended or silent",
                action: "level 1 stands in, told as `conflated`; tick by tick is tried again",
                clears: "tick by tick flows", test: "FeedFaultTests/refused")
        case .feedCrossed:
            .feed(
                "`DepthBook`: bids above asks for 250 ms, rows out of order or out of bounds",
                action: "the ladder is forgotten and asked for again; quotes go on",
                clears: "rows of the new ladder", test: "FaultStageTests/crossed")
        case .feedDelayed:
            .feed(
                "`StreamFallback`: market data type 2, 3 or 4",
                clears: "real-time data, asked for again and again", test: "FeedFaultTests/delayed")
        default:
            .feed(
                "`StreamFallback`: no source delivers; `Daemon`: the feed is over or has failed",
                clears: "data of the stream; of a feed that is over nothing does",
                test: "FeedFaultTests/unavailable")
        }
    }

    var executionRow: FaultRow {
        switch self {
        case .execUnknown:
            FaultRow(
                "`OrderTable`: on its way when the connection was lost; `BrokerLedger`: no answer for `answerTime`, or held without a reason",
                action:
                    "the order counts as open, its side of the instrument is blocked; the broker is asked, nothing is sent twice",
                clears: "word of the broker", event: "`system` `fault_raised`", log: "fault.raised",
                test: "ExecFaultTests/unknown")
        case .execReject:
            FaultRow(
                "the venue's reject", action: "its reservation is given back; many trip `reject_storm`",
                clears: "over as it happens", event: "`order_event` `reject`", log: "order.rejected",
                test: "ExecFaultTests/reject", audit: "order.reject")
        case .execCancel:
            FaultRow(
                "`BrokerLedger`: no answer to a cancel for `answerTime`, or none of its tries gets through",
                action: "books are compared, the cancel is sent again; the order counts as open",
                clears: "the order is over", event: "`system` `fault_raised`", log: "fault.raised",
                test: "ExecFaultTests/cancel")
        case .execBroker:
            FaultRow(
                "`GatewayClient`, `BrokerLedger`: connection or link lost, books not compared or not equal",
                action:
                    "`execution.on_error`: new intents are denied (`broker_down`, `not_reconciled`), or simulated; what waits is given up; reconnects and compares",
                clears: "connected, and books equal", event: "`system` `broker_lost`, `broker_unreconciled`",
                log: "broker.lost", test: "ExecFaultTests/connection")
        case .execExits:
            FaultRow(
                "`BracketStage`: an exit cannot be sent or changed, or the venue has ended it, while its entry is open",
                action:
                    "it is asked for again as things change, and by time; one that the venue has ended is not",
                clears:
                    "exits for all that is open, nothing open, or an operator's cancel of the entry or of all",
                event: "`system` `fault_raised`", log: "fault.raised", test: "FaultStageTests/exits")
        default:
            FaultRow(
                "`RunningSession`: the end of a session waited 20 s in vain",
                action: "the orders are named; exit code 74", clears: "an operator looks in TWS",
                event: "`system` `fault_raised`", log: "gateway.alarm", test: "LiveOrderTests/unconfirmedEnd")
        }
    }
}

extension FaultRow {
    /// What faults of feeds have in common.
    fileprivate static func feed(
        _ detector: String,
        action: String =
            "level 1 stands in where it flows; no samples, no signals of the instrument, no orders but reducing ones",
        clears: String, test: String
    ) -> FaultRow {
        FaultRow(
            detector, action: action, clears: clears, event: "`feed_status`", log: "feed.status", test: test)
    }
}
