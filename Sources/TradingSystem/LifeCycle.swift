/// Where the daemon is in its life.
///
/// `starting → reconciling → disarmed → running ⇄ halted → draining → stopped`
public enum LifeCycle: String, Sendable, CaseIterable {
    /// Loading; nothing is connected.
    case starting
    /// Comparing with the venue; nothing may be sent.
    case reconciling
    /// Ready, waiting for an operator to arm.
    case disarmed
    /// Trading.
    case running
    /// The kill switch lets no order of anybody pass.
    case halted
    /// Cancelling and writing out; nothing new.
    case draining
    /// Over.
    case stopped

    /// What can happen to it.
    public enum Input: Sendable, CaseIterable {
        /// The parts are built and connected.
        case built
        /// Our books equal the venue's.
        case reconciled
        /// Trading is allowed.
        case arm
        /// Trading is no longer allowed.
        case disarm
        /// The kill switch halts everything.
        case kill
        /// A kill was lowered or taken away, and not everything is halted.
        case release
        /// The feed ended, the mode changes or the process ends.
        case stop
        /// Everything is written out.
        case drained
    }

    /// The state after `input`; `nil` where it is refused.
    public func after(_ input: Input) -> LifeCycle? {
        switch (self, input) {
        case (.starting, .built): .reconciling
        case (.reconciling, .reconciled): .disarmed
        case (.disarmed, .arm): .running
        case (.running, .disarm): .disarmed
        case (.disarmed, .kill), (.running, .kill), (.reconciling, .kill): .halted
        // Whatever was released, an operator arms anew.
        case (.halted, .release), (.running, .release), (.disarmed, .release): .disarmed
        case (.starting, .stop), (.reconciling, .stop), (.disarmed, .stop), (.running, .stop),
            (.halted, .stop):
            .draining
        case (.draining, .drained): .stopped
        // Asked for what is there already.
        case (.running, .arm), (.disarmed, .disarm), (.halted, .kill), (.halted, .disarm), (.draining, .stop),
            (.stopped, .stop), (.stopped, .drained), (.reconciling, .release):
            self
        // A halted session is armed only after a release; one that ends takes no more commands, but the kill
        // latch itself does not depend on this state.
        case (.halted, .arm), (.starting, .arm), (.reconciling, .arm), (.draining, .arm), (.stopped, .arm),
            (.starting, .disarm), (.reconciling, .disarm), (.draining, .disarm), (.stopped, .disarm),
            (.starting, .kill), (.draining, .kill), (.stopped, .kill),
            (.starting, .release), (.draining, .release), (.stopped, .release):
            nil
        // Each happens once, in its place.
        case (.reconciling, .built), (.disarmed, .built), (.running, .built), (.halted, .built),
            (.draining, .built), (.stopped, .built), (.starting, .reconciled), (.disarmed, .reconciled),
            (.running, .reconciled), (.halted, .reconciled), (.draining, .reconciled),
            (.stopped, .reconciled),
            (.starting, .drained), (.reconciling, .drained), (.disarmed, .drained), (.running, .drained),
            (.halted, .drained):
            nil
        }
    }
}
