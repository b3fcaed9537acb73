/// The environment the daemon runs in: which limits hold, which modes are allowed, whether it arms itself.
public enum Profile: String, CaseIterable, Sendable {
    /// A developer's machine: simulation and replay.
    case dev
    /// A paper account.
    case paper
    /// Real money.
    case prod
}

/// What feeds the daemon and where its orders go.
public enum Mode: String, CaseIterable, Sendable {
    /// Simulated market, simulated exchange.
    case sim
    /// IBKR market data, orders to IBKR.
    case ibkr
    /// Recorded market data, simulated exchange.
    case replay

    /// Parses a mode's name; `live` is another name of `ibkr`.
    public init?(named name: String) {
        self.init(rawValue: name == "live" ? "ibkr" : name)
    }
}

extension Profile {
    /// The modes this profile allows; `dev` takes `ibkr` against a loopback host only.
    public var modes: [Mode] {
        switch self {
        case .dev, .paper: [.sim, .ibkr, .replay]
        case .prod: [.ibkr]
        }
    }

    /// Whether every limit must stand in a file, the environment or a flag, instead of a built-in default.
    public var requiresExplicitLimits: Bool { self != .dev }

    /// Why this profile does not allow `mode`, in words; `nil` when it does. Holds at start and at a mode
    /// switch.
    ///
    /// - Parameter host: the host of the IBKR gateway.
    public func refusal(of mode: Mode, host: String) -> String? {
        guard modes.contains(mode) else {
            let allowed = modes.map(\.rawValue).joined(separator: ", ")
            return "mode \(mode.rawValue) is not allowed under profile \(rawValue) (allowed: \(allowed))"
        }
        if self == .dev && mode == .ibkr && !LoopbackHost.contains(host) {
            return "mode ibkr is allowed under profile dev with a loopback host only"
        }
        return nil
    }
}
