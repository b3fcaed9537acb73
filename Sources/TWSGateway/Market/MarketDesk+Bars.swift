import TWSProtocol
import TradingModel

/// Requests for historical bars.
extension MarketDesk {
    /// Answers with bars, from what the gateway has seen itself; bars that are asked to be kept up to date are told once.
    func answer(
        _ wanted: RequestHistoricalData, from asker: Asker, _ faults: inout FaultBoard,
        at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        let session = asker.session
        func refuse(_ code: Int32, _ text: String) {
            self.refuse(wanted.requestID, code, text, session, at: time, &outbox)
        }
        let place: Int
        switch instrument(wanted.contract) {
        case .success(let found): place = found
        case .failure(let refused): return refuse(refused.code, refused.text)
        }
        let request: BarRequest
        do throws(FaultSyntaxError) {
            request = try BarRequest(wanted)
        } catch {
            return refuse(321, "Error validating request.-'bQ' : cause - \(error)")
        }
        guard let end = wanted.endTime.isEmpty ? time : GatewayTime.read(wanted.endTime) else {
            return refuse(10314, "End Date/Time: The date, time, or time-zone entered is invalid.")
        }
        let name = markets[place].instrument.name
        if let code = faults.takeRefusal(.history, name, asker.client) {
            return refuse(code, GatewayErrorText.of(code))
        }
        let bars = request.bars(markets[place].history, until: end)
        guard !bars.isEmpty else {
            let what = "\(name)@\(wanted.contract.exchange) \(wanted.whatToShow)"
            return refuse(162, GatewayErrorText.of(162) + ": " + what)
        }
        send(bars, request, wanted, until: end, to: session, &outbox)
    }

    private func send(
        _ bars: [HistoryBar], _ request: BarRequest, _ wanted: RequestHistoricalData, until end: Timestamp,
        to session: SessionID, _ outbox: inout GatewayOutbox
    ) {
        var answer = HistoricalData()
        answer.requestID = wanted.requestID
        answer.start = GatewayTime.connection(end.advanced(by: -request.duration))
        answer.end = GatewayTime.connection(end)
        answer.bars = bars.compactMap { bar in
            bar.range(request.kind).map { Self.bar(bar, $0, request, isEpoch: wanted.dateFormat == 2) }
        }
        outbox.send(answer, to: session)
        guard let version = outbox.version(of: session), version >= .historicalDataEnd else { return }
        var last = HistoricalDataEnd()
        last.requestID = wanted.requestID
        last.start = answer.start
        last.end = answer.end
        outbox.send(last, to: session)
    }

    private static func bar(
        _ bar: HistoryBar, _ range: PriceRange, _ request: BarRequest, isEpoch: Bool
    ) -> HistoricalBar {
        var told = HistoricalBar()
        let isDay = request.length == 86_400_000_000_000
        if isDay {
            told.date = GatewayTime.date(bar.start)
        } else {
            told.date =
                isEpoch ? "\(bar.start.nanoseconds / 1_000_000_000)" : GatewayTime.connection(bar.start)
        }
        told.open = range.open
        told.high = range.high
        told.low = range.low
        told.close = range.close
        let hasVolume = request.kind == .trades
        told.volume = hasVolume ? bar.volume : Quantity(rawValue: -1_000_000_000)
        told.averagePrice = hasVolume ? bar.averagePrice : Price(rawValue: -1_000_000_000)
        told.count = hasVolume ? bar.count : -1
        return told
    }
}
