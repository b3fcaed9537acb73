import Dispatch

/// A repeating timer that can be switched off and on, and released in either state.
final class SwitchableTimer {
    private let source: any DispatchSourceTimer
    private var isOn = false

    /// Off at first.
    init(
        every interval: DispatchTimeInterval, leeway: DispatchTimeInterval, queue: DispatchQueue,
        handler: @escaping () -> Void
    ) {
        source = DispatchSource.makeTimerSource(queue: queue)
        source.schedule(deadline: .now(), repeating: interval, leeway: leeway)
        source.setEventHandler(handler: handler)
    }

    deinit {
        source.cancel()
        // A source must not be released while it is suspended.
        if !isOn { source.resume() }
    }

    /// Switches it off or on.
    func `switch`(on: Bool) {
        guard on != isOn else { return }
        isOn = on
        if on { source.resume() } else { source.suspend() }
    }
}
