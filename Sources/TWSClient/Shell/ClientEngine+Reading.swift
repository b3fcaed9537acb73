import Platform
import TWSProtocol
import TradingModel

/// From the socket to the listeners.
extension ClientEngine {
    /// Reads of the socket before others have their turn.
    private static let readsAtOnce = 4

    /// The attempt to connect has come to its end.
    func finishConnecting() {
        let now = MonotonicClock.now()
        if let error = socket?.connectionError(to: "\(options.host):\(core.ports.current)") {
            core.socketLost(SessionFailure(error), now)
        } else {
            core.connected(now)
            socket?.listen(wantsToWrite: false)
        }
    }

    /// Reads what is there, a few buffers at most.
    func receive() {
        for _ in 0..<Self.readsAtOnce {
            guard let descriptor = socket?.number else { return }
            var outcome = Result<TCPSocket.Received, SystemError>.success(.nothingYet)
            var room = 0
            intake.fill { buffer in
                room = buffer.count
                outcome = Self.receive(descriptor, into: buffer)
                if case .success(.bytes(let count)) = outcome { return count }
                return 0
            }
            let now = MonotonicClock.now()
            switch outcome {
            case .success(.bytes(let count)):
                guard digest(now), count == room else { return }
            case .success(.nothingYet): return
            case .success(.end): return core.socketLost(.closed, now)
            case .failure(let error): return core.socketLost(SessionFailure(error), now)
            }
        }
    }

    private static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) -> Result<TCPSocket.Received, SystemError> {
        do throws(SystemError) {
            return .success(try TCPSocket.receive(descriptor, into: buffer))
        } catch {
            return .failure(error)
        }
    }

    /// Tells what one read has brought.
    ///
    /// - Returns: whether the stream goes on.
    private func digest(_ now: UInt64) -> Bool {
        defer { endRead() }
        time = Timestamp(nanoseconds: clock.utc(at: now))
        core.heartbeat.heard(now)
        if core.state == .handshake, !takeGreeting(now) { return core.state == .handshake }
        while let version = core.version {
            let step = intake.run(table, version)
            flush(now)
            switch step {
            case .full: continue
            case .message(let message):
                if case .errorMessage = message { errors += 1 }
                core.take(message, now)
            case .discarded(let fault): core.discarded(fault, now)
            case .failed(let fault): core.socketLost(.frame(fault), now)
            case .exhausted:
                isReadOpen = true
                endRead()
                settle(now)
                return core.version != nil
            }
            settle(now)
        }
        return false
    }

    /// - Returns: whether the greeting is there and right.
    private func takeGreeting(_ now: UInt64) -> Bool {
        do throws(FrameFault) {
            guard try intake.takeGreeting({ core.greeting($0, now) }) else { return false }
        } catch {
            core.socketLost(.frame(error), now)
        }
        guard core.version != nil else { return false }
        intake.greeted()
        settle(now)
        return core.version != nil
    }

    /// No message of this read follows; told once a read, also of one that a lost socket cuts short.
    func endRead() {
        guard isReadOpen else { return }
        isReadOpen = false
        tell { $0.market?.readEnded(at: $0.time) }
    }

    /// Hands the collected messages over.
    private func flush(_ now: UInt64) {
        guard !intake.isEmpty else { return }
        isReadOpen = true
        let messages = intake.takeMessages()
        tell { $0.market?.take(messages.span, at: $0.time) }
        intake.giveBack(messages)
        settle(now)
    }
}
