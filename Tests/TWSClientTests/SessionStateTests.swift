import Testing

@testable import TWSClient

@Suite("session state")
struct SessionStateTests {
    /// Every pair that has a meaning, written out; all others have none.
    private static let table: [SessionInput: [SessionState: SessionState]] = [
        .begin: [
            .idle: .connecting, .connecting: .connecting, .handshake: .handshake, .starting: .starting,
            .ready: .ready, .reconciling: .reconciling, .live: .live, .lost: .lost, .backoff: .backoff,
        ],
        .attempt: [.backoff: .connecting],
        .connected: [.connecting: .handshake],
        .greeted: [.handshake: .starting],
        .started: [.starting: .ready],
        .resolved: [.ready: .reconciling],
        .reconciled: [.reconciling: .live],
        .linkLost: [
            .starting: .starting, .ready: .lost, .reconciling: .lost, .live: .lost, .lost: .lost,
        ],
        .linkRestored: [
            .starting: .starting, .ready: .ready, .lost: .reconciling, .live: .reconciling,
            .reconciling: .reconciling,
        ],
        .booksInDoubt: [
            .starting: .starting, .ready: .ready, .reconciling: .reconciling, .live: .reconciling,
            .lost: .lost,
        ],
        .socketLost: [
            .connecting: .backoff, .handshake: .backoff, .starting: .backoff, .lost: .backoff,
            .ready: .lost, .reconciling: .lost, .live: .lost,
        ],
        .stop: Dictionary(uniqueKeysWithValues: SessionState.allCases.map { ($0, .stopped) }),
    ]

    @Test("orders are taken while the session is live, and in no other state")
    func orders() {
        #expect(SessionState.allCases.filter(\.takesOrders) == [.live])
    }

    @Test("every state and every input is as written", arguments: SessionInput.allCases)
    func transitions(input: SessionInput) {
        for state in SessionState.allCases {
            #expect(state.after(input) == Self.table[input]?[state], "\(state) after \(input)")
        }
    }

    @Test("stopped is final, and the only state that is")
    func final() {
        for input in SessionInput.allCases {
            #expect([nil, .stopped].contains(SessionState.stopped.after(input)))
        }
        for state in SessionState.allCases where state != .stopped {
            #expect(SessionInput.allCases.contains { state.after($0).map { $0 != state } ?? false })
        }
    }

    @Test(
        "every state with a connection or an attempt ends in backoff when its socket is lost, in two steps at most"
    )
    func losses() {
        for state in SessionState.allCases where ![.idle, .backoff, .stopped].contains(state) {
            let once = state.after(.socketLost)
            #expect(once == .backoff || once?.after(.socketLost) == .backoff, "\(state)")
        }
    }

    @Test("live is reached through reconciling only, and left by every kind of loss")
    func live() {
        for state in SessionState.allCases where state != .live {
            for input in SessionInput.allCases where state.after(input) == .live {
                #expect(state == .reconciling && input == .reconciled)
            }
        }
        for input in [SessionInput.linkLost, .linkRestored, .booksInDoubt, .socketLost, .stop] {
            #expect(SessionState.live.after(input)?.takesOrders == false)
        }
    }

    @Test("from every state but stopped, live can be reached again")
    func reachable() {
        for start in SessionState.allCases where start != .stopped {
            var reached: Set<SessionState> = [start]
            while true {
                let next = Set(
                    reached.flatMap { state in
                        SessionInput.allCases.filter { $0 != .stop }.compactMap(state.after)
                    }
                ).union(reached)
                if next == reached { break }
                reached = next
            }
            #expect(reached.contains(.live), "\(start)")
        }
    }
}
