import TradingModel

/// The one function of (state, event). `docs/order-states.md` is made from it.
extension OrderLife {
    /// Takes in what is known now.
    public mutating func fold(_ event: OrderLifeEvent) -> OrderLifeOutcome {
        guard state == .local, event.provesSending else { return transition(event) }
        var sent = self
        sent.state = .inFlight(unresolvedSince: nil)
        let outcome = sent.transition(event)
        if outcome == .alarmed(.impossible) || outcome == .absorbed(.empty) { return outcome }
        self = sent
        return .alarmed(.neverSent)
    }

    private mutating func transition(_ event: OrderLifeEvent) -> OrderLifeOutcome {
        switch event {
        case .handedOver: handOver()
        case .notSent: deny()
        case .outcomeUnknown(let time): doubt(since: time)
        case .acknowledged: acknowledge()
        case .held(let hold): self.hold(hold)
        case .working: work()
        case .triggered: trigger()
        case .fill(let quantity): fill(quantity)
        case .correction(let old, let new): correct(old, new)
        case .bust(let quantity): bust(quantity)
        case .toldFilled: trustFills()
        case .cancelRequested(let number): requestCancel(number)
        case .cancelRefused(let number): refuseCancel(number)
        case .modifyRequested(let number, let quantity): requestModify(number, quantity)
        case .modifyAccepted(let number, let quantity): acceptModify(number, quantity)
        case .modifyRefused(let number): refuseModify(number)
        case .cancelled: end(.cancelled)
        case .rejected: end(.rejected)
        case .expired: end(.expired)
        case .found: find()
        case .absent: miss()
        }
    }

    // MARK: Leaving

    private mutating func handOver() -> OrderLifeOutcome {
        switch state {
        case .local: return become(.inFlight(unresolvedSince: nil))
        case .inFlight: return .absorbed(.repeated)
        case .done(.denied): return .alarmed(.impossible)
        // The answer was faster than our own note.
        case .held, .working, .done(.filled), .done(.cancelled), .done(.rejected), .done(.expired):
            return .absorbed(.stale)
        }
    }

    private mutating func deny() -> OrderLifeOutcome {
        switch state {
        case .local, .inFlight: return isAcknowledged ? .alarmed(.impossible) : finish(.denied)
        case .held, .working: return .alarmed(.impossible)
        case .done(let end): return .absorbed(end == .denied ? .repeated : .over)
        }
    }

    private mutating func doubt(since time: Timestamp) -> OrderLifeOutcome {
        switch state {
        case .inFlight(nil): return become(.inFlight(unresolvedSince: time))
        // It has been in doubt since the first time.
        case .inFlight: return .absorbed(.repeated)
        case .local, .held, .working, .done: return .absorbed(.certain)
        }
    }

    // MARK: At the venue

    private mutating func acknowledge() -> OrderLifeOutcome {
        switch state {
        case .local, .inFlight:
            guard !isAcknowledged || unresolvedSince != nil else { return .absorbed(.repeated) }
            isAcknowledged = true
            return become(.inFlight(unresolvedSince: nil))
        case .held, .working: return .absorbed(.stale)
        case .done(let end): return tellOpen(end)
        }
    }

    private mutating func hold(_ hold: OrderHold) -> OrderLifeOutcome {
        switch state {
        case .local, .inFlight: return accept(.held(hold))
        case .held(let known): return known == hold ? .absorbed(.repeated) : accept(.held(hold))
        // What waits for its trigger has not worked yet: that it does is the newer news.
        case .working: return hold == .waiting ? .absorbed(.stale) : accept(.held(hold))
        case .done(let end): return tellOpen(end)
        }
    }

    private mutating func work() -> OrderLifeOutcome {
        switch state {
        case .local, .inFlight, .held: return accept(.working)
        case .working: return .absorbed(.repeated)
        case .done(let end): return tellOpen(end)
        }
    }

    private mutating func trigger() -> OrderLifeOutcome {
        switch state {
        case .local, .inFlight, .held, .working:
            guard !isTriggered else { return .absorbed(.repeated) }
            isTriggered = true
            return accept(.working)
        case .done(let end): return tellOpen(end)
        }
    }

    /// A report of an order at work comes after its end every day, but not of one that never left.
    func tellOpen(_ end: OrderEnd) -> OrderLifeOutcome {
        end == .denied ? .alarmed(.revived) : .absorbed(.over)
    }

    // MARK: Queries

    private mutating func find() -> OrderLifeOutcome {
        switch state {
        case .local, .inFlight: return accept(.working)
        case .held, .working: return .absorbed(.repeated)
        case .done: return .alarmed(.revived)
        }
    }

    private mutating func miss() -> OrderLifeOutcome {
        switch state {
        case .local: return .absorbed(.repeated)
        case .inFlight(nil): return .absorbed(.crossing)
        case .inFlight: return finish(isAcknowledged ? .cancelled : .rejected)
        // That it was refused would be a guess.
        case .held, .working: return finish(.cancelled)
        case .done: return settle(.repeated)
        }
    }

    // MARK: Ends

    /// The venue says that it is over, in another way than filled.
    private mutating func end(_ end: OrderEnd) -> OrderLifeOutcome {
        switch state {
        // What has filled in part was not refused.
        case .local, .inFlight, .held, .working:
            return finish(end == .rejected && filled > .zero ? .cancelled : end)
        case .done(let known): return settle(known == end ? .repeated : .over)
        }
    }

    private mutating func trustFills() -> OrderLifeOutcome {
        switch state {
        case .done(.filled): return settle(.repeated)
        case .local, .inFlight, .held, .working, .done: return .absorbed(.unproven)
        }
    }

    /// The order was over, and so is now whatever was asked of it.
    private mutating func settle(_ reason: OrderAbsorption) -> OrderLifeOutcome {
        guard !requests.isEmpty else { return .absorbed(reason) }
        requests.settle()
        return .applied
    }

    private mutating func finish(_ end: OrderEnd) -> OrderLifeOutcome {
        requests.settle()
        return become(.done(end))
    }

    // MARK: Steps

    private mutating func accept(_ next: State) -> OrderLifeOutcome {
        isAcknowledged = true
        return become(next)
    }

    mutating func become(_ next: State) -> OrderLifeOutcome {
        state = next
        return .applied
    }
}
