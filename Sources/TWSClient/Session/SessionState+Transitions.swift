/// What can happen to a session.
public enum SessionInput: String, Sendable, CaseIterable {
    /// Somebody wants the session.
    case begin
    /// The wait between two attempts is over.
    case attempt
    /// TCP is there, the greeting is on its way.
    case connected
    /// The version is agreed and startApi on its way.
    case greeted
    /// Accounts and next order id have come.
    case started
    /// Every contract is answered, or was waited for long enough.
    case resolved
    /// All answers of a reconciliation are in.
    case reconciled
    /// The gateway has lost IBKR.
    case linkLost
    /// The gateway has IBKR again.
    case linkRestored
    /// Our books are in doubt: a message about orders could not be read, or who follows orders asks.
    case booksInDoubt
    /// There is no socket any more.
    case socketLost
    /// Nobody wants the session any more.
    case stop
}

extension SessionState {
    /// The state after `input`; `nil` where it has no meaning.
    ///
    /// A session that was up goes through `lost` when its socket is lost, so that whoever depends on it is told; a second
    /// `socketLost` leads on to `backoff`.
    public func after(_ input: SessionInput) -> SessionState? {
        switch input {
        case .begin: afterBegin
        case .attempt: self == .backoff ? .connecting : nil
        case .connected: self == .connecting ? .handshake : nil
        case .greeted: self == .handshake ? .starting : nil
        case .started: self == .starting ? .ready : nil
        case .resolved: self == .ready ? .reconciling : nil
        case .reconciled: self == .reconciling ? .live : nil
        case .linkLost: afterLinkLost
        case .linkRestored: afterLinkRestored
        case .booksInDoubt: afterDoubt
        case .socketLost: afterSocketLost
        case .stop: .stopped
        }
    }

    private var afterBegin: SessionState? {
        switch self {
        case .idle: .connecting
        // It is wanted already.
        case .connecting, .handshake, .starting, .ready, .reconciling, .live, .lost, .backoff: self
        case .stopped: nil
        }
    }

    private var afterLinkLost: SessionState? {
        switch self {
        case .ready, .reconciling, .live, .lost: .lost
        // Remembered until the session has started: accounts and next order id come all the same.
        case .starting: .starting
        // Nobody there can have said so.
        case .idle, .connecting, .handshake, .backoff, .stopped: nil
        }
    }

    private var afterLinkRestored: SessionState? {
        switch self {
        // Fills during the gap are not pushed, so a live session compares again, too, and one that compares begins anew.
        case .lost, .live, .reconciling: .reconciling
        case .starting, .ready: self
        case .idle, .connecting, .handshake, .backoff, .stopped: nil
        }
    }

    private var afterDoubt: SessionState? {
        switch self {
        case .live: .reconciling
        // A reconciliation is to come anyway, or is under way and repeated later.
        case .starting, .ready, .reconciling, .lost: self
        case .idle, .connecting, .handshake, .backoff, .stopped: nil
        }
    }

    private var afterSocketLost: SessionState? {
        switch self {
        case .ready, .reconciling, .live: .lost
        case .connecting, .handshake, .starting, .lost: .backoff
        case .idle, .backoff, .stopped: nil
        }
    }

    /// Whether there is a socket that speaks: messages may come and requests may be sent. `lost` has one while only the
    /// gateway's link is down.
    var speaks: Bool {
        switch self {
        case .starting, .ready, .reconciling, .live, .lost: true
        case .idle, .connecting, .handshake, .backoff, .stopped: false
        }
    }

    /// Whether the gateway has let us in; in `lost` while only its link is down.
    var isUp: Bool { speaks && self != .starting }
}
