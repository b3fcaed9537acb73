import Configuration
import Dispatch
import Export
import Logging
import MarketData
import Messaging
import Systemd
import Telemetry
import TradingModel

/// How a run ends.
extension Daemon {
    func conclude(_ ending: Ending) -> Outcome {
        let reason: String
        var failure: LaunchError?
        switch ending {
        case .signal(let cause): reason = cause
        case .feed(.failed(let text)):
            reason = "feed failed"
            failure = .data(text)
        case .feed: reason = "end of recording"
        case .fault(let fault, let cause):
            reason = cause
            failure = fault
        }
        tell(.stopping(status: reason))
        log.record(.stopping, ["reason": "\(reason)"])
        var leavesOrders = settings.execution.onStop == .leave
        // Only who asks for the end may leave orders behind; a fault cancels.
        if case .signal = ending {} else { leavesOrders = false }
        let ended = queues.lifeCycle.sync { [leavesOrders] in
            endSession(reason: reason, leavesOrders: leavesOrders)
        }
        if let ended {
            if case .feed(.finished) = ending {
                failure = finishExport(ended)
            } else if ended.session.abandonExport() {
                log.warning("Export is not complete", metadata: ["reason": "\(reason)"])
                failure = failure ?? incomplete(reason)
            }
        }
        // A live session outlives its journal; a replay was run for it.
        if let fault = ended?.session.recorderFault, ended?.session.mode == .replay {
            failure = failure ?? .system("journal is not complete: \(fault)")
        }
        if let left = ended?.unconfirmed, !left.isEmpty {
            failure =
                failure ?? .system("orders may still work at the broker: \(left.joined(separator: ", "))")
        }
        traces?.flush()
        return Outcome(
            exitCode: failure?.exitCode ?? 0, summary: ended?.summary,
            input: ended?.input ?? FeedStatistics(), failure: failure?.description)
    }

    /// The end of a replay that was asked to stop before its export was whole.
    private func incomplete(_ reason: String) -> LaunchError {
        .system("export \(options.export?.directory ?? "") is not complete: stopped by \(reason)")
    }

    /// Writes out the export of a replay that came to its end.
    private func finishExport(_ ended: EndedSession) -> LaunchError? {
        do throws(ExportError) {
            try ended.session.finishExport(ended.summary, input: ended.input)
            return nil
        } catch {
            return LaunchError(error)
        }
    }
}
