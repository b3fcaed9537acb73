import Dispatch

/// A dispatch source that can be switched off and on, and cancelled in either state.
final class SwitchableSource {
    private let source: any DispatchSourceProtocol
    private var isOn = false
    private var isCancelled = false

    /// Off at first.
    init(_ source: any DispatchSourceProtocol, handler: @escaping () -> Void) {
        self.source = source
        source.setEventHandler(handler: handler)
    }

    deinit { cancel() }

    /// Switches events on or off.
    func `switch`(on: Bool) {
        guard on != isOn, !isCancelled else { return }
        isOn = on
        if on { source.resume() } else { source.suspend() }
    }

    /// Ends the source; `completion` runs on its queue when the descriptor may be closed.
    func cancel(completion: @escaping () -> Void = {}) {
        guard !isCancelled else { return }
        source.setCancelHandler(handler: completion)
        source.cancel()
        // A source must not be released, nor can it finish, while it is suspended.
        if !isOn { source.resume() }
        isCancelled = true
    }
}
