import TradingModel

/// The conditions of the trips, looked at whenever something that they depend on has changed.
extension TripMonitor {
    /// Looks at everything that time alone may have fulfilled, and says when to look again.
    @inline(never)
    mutating func look(at now: Timestamp, _ profit: ProfitState) {
        deadline = Timestamp(nanoseconds: .max)
        if let since = goneSince, limits.disconnectAfter > 0 {
            judgeDisconnect(since, at: now)
            let due = since.advanced(by: limits.disconnectAfter + 1)
            if due > now { deadline = min(deadline, due) }
        }
        for symbol in silence.silent { judgeSilence(symbol, at: now, profit) }
        // Whether others tick may change at any moment.
        if !silence.silent.isEmpty { deadline = min(deadline, now.advanced(by: 1_000_000_000)) }
        if let fault = clock.fault(at: now) { trip(.clock, .all, at: now) { _ in fault } }
        if let due = clock.due, due > now { deadline = min(deadline, due) }
    }

    /// Every condition once more: what holds trips again.
    mutating func judgeAll(at now: Timestamp, _ profit: ProfitState) {
        judgeLosses(at: now)
        for place in strategies.counts.indices { judgeStrategy(place, at: now) }
        judgeRate(at: now)
        judgeUnknown(at: now, "not cleared")
        if excesses > 0 { trip(.childParent, .all, at: now) { _ in "not cleared" } }
        for symbol in velocity.symbols { judgeVelocity(symbol, at: now) }
        look(at: now, profit)
    }

    mutating func judgeLosses(at now: Timestamp) {
        if let level = losses.level(.dayLoss) {
            trip(
                .dayLoss, .all, level, at: now
            ) { "loss of the day \($0.losses.dayLoss), limit \($0.limits.dayLoss)" }
        }
        if let level = losses.level(.drawdown) {
            trip(.drawdown, .all, level, at: now) {
                "drawdown \($0.losses.drawdown), limit \($0.limits.drawdown)"
            }
        }
    }

    mutating func judgeStrategy(_ place: Int, at now: Timestamp) {
        let counts = strategies.counts[place], scope = KillScope.strategy(counts.strategy)
        if counts.own.isReached(at: now) {
            trip(.rejectStorm, scope, at: now) {
                "\($0.limits.ownRejects) orders refused within \(Self.seconds($0.limits.rejectWindow))"
            }
        } else if counts.broker.isReached(at: now) {
            trip(.rejectStorm, scope, at: now) {
                "\($0.limits.brokerRejects) orders rejected by the broker within "
                    + Self.seconds($0.limits.rejectWindow)
            }
        }
        if let most = counts.repeats.limit, counts.repeats.isExhausted {
            trip(.repetition, scope, at: now) { _ in "\(counts.repeats.done) orders accepted, limit \(most)" }
        }
    }

    /// Refusals that say more than that an order was too much.
    mutating func judgeFault(_ decision: RiskDecision, at now: Timestamp) {
        let order = decision.request
        switch decision.reasons.first {
        case .childExceedsParent:
            excesses += 1
            trip(.childParent, .all, at: now) { _ in
                "\(order.id) of \(order.strategy.name) asked for more than its signal"
            }
        case .internalFault:
            trip(.internal, .all, at: now) { _ in "the books of risk cannot be true: \(order.id) refused" }
        default: break
        }
    }

    mutating func judgeRate(at now: Timestamp) {
        if burst.isReached(at: now) {
            trip(.orderRate, .all, at: now) {
                let rate = $0.limits.ordersPerSecond
                return "more than \(8 * rate) orders within 10s, 80 % of \(rate) a second"
            }
        } else if minute.isReached(at: now) {
            trip(.orderRate, .all, at: now) {
                "more than \($0.limits.ordersPerMinute) orders within 60s"
            }
        }
    }

    mutating func judgeUnknown(at now: Timestamp, _ reason: @autoclosure () -> String) {
        if unknownExecutions > 0 { trip(.unknownExecution, .all, at: now) { _ in reason() } }
    }

    mutating func judgeDisconnect(_ since: Timestamp, at now: Timestamp) {
        guard orders.open > 0, now.since(since) > limits.disconnectAfter else { return }
        trip(.disconnect, .all, at: now) {
            "broker gone for \(Self.seconds(now.since(since))) with \($0.orders.open) orders at work"
        }
    }

    mutating func judgeSilence(_ symbol: SymbolID, at now: Timestamp, _ profit: ProfitState) {
        guard profit.position(symbol) != .zero || orders.isOpen(symbol),
            silence.isOverdue(symbol, isGone: goneSince != nil, at: now)
        else { return }
        trip(.staleFeed, .symbol(symbol), at: now) {
            "\(symbol.name) silent for \(Self.seconds($0.silence.silence(symbol, at: now) ?? 0))"
        }
    }

    @inline(never)
    mutating func judgeVelocity(_ symbol: SymbolID, at now: Timestamp) {
        guard let move = velocity.move(symbol, at: now), move.isBeyond else { return }
        trip(.velocity, .symbol(symbol), at: now) {
            "\(symbol.name) moved by \(Self.basisPoints(move.distance)) within "
                + "\(Self.seconds($0.limits.velocityWindow)), limit \($0.limits.velocityBps) bps"
        }
    }

    /// Basis points of 1e-9, to a hundredth, towards zero.
    static func basisPoints(_ distance: Int64) -> String {
        Price(rawValue: distance / 10_000_000 * 10_000_000).description + " bps"
    }

    /// A duration to the millisecond, towards zero.
    static func seconds(_ nanoseconds: Int64) -> String {
        Price(rawValue: nanoseconds / 1_000_000 * 1_000_000).description + "s"
    }
}
