import Dispatch
import Logging
import Risk
import Telemetry

/// Writes a kill state that could not be written, again and again until it is on disk, and says so.
struct KillStateKeeper {
    private let killSwitch: KillSwitch
    private let queue: DispatchQueue
    private let timer: any DispatchSourceTimer

    /// Looks every second, on a queue that may wait for the disk.
    init(_ killSwitch: KillSwitch, queue: DispatchQueue) {
        self.killSwitch = killSwitch
        self.queue = queue
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler { Self.look(killSwitch) }
        timer.activate()
    }

    /// A last try, before the process ends.
    func end() {
        timer.cancel()
        queue.sync { [killSwitch] in Self.look(killSwitch) }
    }

    private static func look(_ killSwitch: KillSwitch) {
        guard !killSwitch.isPersisted else { return }
        let log = Logger(label: "tradingd.killswitch")
        if killSwitch.persistPending() {
            log.notice("Kill state is on disk")
        } else {
            log.record(.killSwitchUnsaved)
        }
    }
}
