import TradingModel

extension TripMonitor {
    /// How near every trip is, and what it has done: a line for each, for each strategy where it is of strategies.
    public func readings(at now: Timestamp) -> [TripReading] {
        Trip.allCases.flatMap { readings($0, at: now) }
    }

    func readings(_ trip: Trip, at now: Timestamp) -> [TripReading] {
        switch trip.rule.reach {
        case .all: [reading(trip, .all, figures(trip, at: now))]
        case .strategy: strategyReadings(trip, at: now)
        case .symbol: trip == .velocity ? velocityReadings(at: now) : silenceReadings(at: now)
        }
    }

    private func reading(
        _ trip: Trip, _ scope: KillScope, _ figures: (actual: String, limit: String)
    ) -> TripReading {
        TripReading(
            trip: trip, scope: scope, actual: figures.actual, limit: figures.limit,
            record: records.first { $0.trip == trip && $0.scope == scope })
    }

    private func figures(_ trip: Trip, at now: Timestamp) -> (actual: String, limit: String) {
        switch trip {
        case .dayLoss: ("\(losses.dayLoss)", limits.dayLoss == .zero ? "off" : "\(limits.dayLoss)")
        case .drawdown: ("\(losses.drawdown)", limits.drawdown == .zero ? "off" : "\(limits.drawdown)")
        case .orderRate:
            (
                "\(burst.count(at: now)) in 10s, \(minute.count(at: now)) in 60s",
                "\(Self.off(8 * limits.ordersPerSecond)) in 10s, \(Self.off(limits.ordersPerMinute)) in 60s"
            )
        case .unknownExecution: ("\(unknownExecutions)", "0")
        case .childParent: ("\(excesses)", "0")
        case .disconnect:
            (
                goneSince.map { Self.seconds(now.since($0)) + ", \(orders.open) orders" } ?? "connected",
                limits.disconnectAfter == 0 ? "off" : Self.seconds(limits.disconnectAfter)
            )
        case .clock:
            (
                clock.newest.map { $0.isSynchronised ? "synchronised" : "not synchronised" } ?? "not watched",
                limits.unsynchronisedAfter == 0 ? "off" : Self.seconds(limits.unsynchronisedAfter)
            )
        case .drift, .audit, .latency, .internal, .rejectStorm, .repetition, .staleFeed, .velocity: ("", "")
        }
    }

    private func strategyReadings(_ trip: Trip, at now: Timestamp) -> [TripReading] {
        var readings: [TripReading] = []
        for counts in strategies.counts.sorted(by: { $0.strategy.name < $1.strategy.name }) {
            let scope = KillScope.strategy(counts.strategy)
            readings.append(
                reading(
                    trip, scope,
                    trip == .repetition
                        ? ("\(counts.repeats.done)", Self.off(counts.repeats.limit ?? 0))
                        : (
                            "\(counts.own.count(at: now)) own, \(counts.broker.count(at: now)) broker",
                            "\(Self.off(limits.ownRejects)) own, \(Self.off(limits.brokerRejects)) broker"
                        )))
        }
        return readings + strangers(trip, besides: readings)
    }

    private func velocityReadings(at now: Timestamp) -> [TripReading] {
        let limit = "\(limits.velocityBps) bps in \(Self.seconds(limits.velocityWindow))"
        let readings = velocity.symbols.compactMap { symbol in
            velocity.move(symbol, at: now).map { move in
                reading(.velocity, .symbol(symbol), (Self.basisPoints(move.distance), limit))
            }
        }
        return readings + strangers(.velocity, besides: readings, limit: velocity.isOn ? limit : "off")
    }

    private func silenceReadings(at now: Timestamp) -> [TripReading] {
        let trip = Trip.staleFeed
        let limit = limits.staleAfter == 0 ? "off" : Self.seconds(limits.staleAfter)
        let readings = silence.silent.sorted { $0.name < $1.name }.map { symbol in
            reading(
                trip, .symbol(symbol),
                (silence.silence(symbol, at: now).map(Self.seconds) ?? "never heard", limit))
        }
        return readings + strangers(trip, besides: readings)
    }

    /// What has tripped and is not watched here any more, or a line that there is nothing.
    private func strangers(
        _ trip: Trip, besides readings: [TripReading], limit: String = ""
    ) -> [TripReading] {
        let rest = records.filter { record in
            record.trip == trip && !readings.contains { $0.scope == record.scope }
        }.map { TripReading(trip: trip, scope: $0.scope, actual: "", limit: "", record: $0) }
        guard readings.isEmpty && rest.isEmpty else { return rest }
        return [TripReading(trip: trip, scope: .all, actual: "", limit: limit, record: nil)]
    }

    private static func off(_ limit: Int) -> String { limit == 0 ? "off" : "\(limit)" }
}
