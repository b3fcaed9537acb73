import ExactJSON
import TradingModel

/// The data of a line `risk.use`, and the detail of the notice that a session begins with.
extension BudgetUse {
    /// Most acceptances that are told exactly; beyond them each counts as of the end of its second.
    static let exactAcceptances = 1_000

    /// Writes it as an object; `docs/audit-format.md` lists the members.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("at")
        json.timestamp(time)
        json.key("day")
        json.timestamp(day)
        json.key("orders")
        json.integer(dailyOrders)
        writeStrategies(to: &json)
        writeAcceptances(to: &json)
        writeResult(to: &json)
        writeTripped(to: &json)
        json.endObject()
    }

    /// The text of the object.
    public var text: String {
        var json = JSONWriter()
        write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func writeStrategies(to json: inout JSONWriter) {
        json.key("strategies")
        json.beginArray()
        for own in strategies {
            json.beginArray()
            json.string(own.strategy.name)
            json.integer(own.dailyOrders)
            json.integer(own.repeats)
            json.endArray()
        }
        json.endArray()
    }

    /// `[name, nanoseconds before "at", orders, nanoseconds, orders, …]`, the oldest first.
    private func writeAcceptances(to json: inout JSONWriter) {
        let isExact = symbols.reduce(0) { $0 + $1.accepted.count } <= Self.exactAcceptances
        json.key("accepted")
        json.beginArray()
        for own in symbols {
            json.beginArray()
            json.string(own.symbol.name)
            for acceptance in isExact ? own.accepted : Self.coarse(own.accepted, time) {
                json.integer(Int(time.since(acceptance.time)))
                json.integer(acceptance.count)
            }
            json.endArray()
        }
        json.endArray()
    }

    /// Later than they were, never earlier: what is kept back is kept back for longer.
    private static func coarse(_ accepted: [Acceptance], _ time: Timestamp) -> [Acceptance] {
        var coarse: [Acceptance] = []
        for acceptance in accepted {
            let age = time.since(acceptance.time) / 1_000_000_000 * 1_000_000_000
            let rounded = time.advanced(by: -age)
            if let last = coarse.indices.last, coarse[last].time == rounded {
                coarse[last].count += acceptance.count
            } else {
                coarse.append(Acceptance(time: rounded, count: acceptance.count))
            }
        }
        return coarse
    }

    private func writeResult(to json: inout JSONWriter) {
        for (key, money) in [
            ("day_loss" as StaticString, dayLoss), ("drawdown", drawdown), ("trip_day_loss", tripDayLoss),
            ("trip_drawdown", tripDrawdown),
        ] {
            json.key(key)
            json.moneyText(money)
        }
        if let funds {
            json.key("equity")
            if let equity = funds.equity { json.moneyText(equity) } else { json.null() }
            json.key("result")
            json.moneyText(funds.result)
        }
        json.key("result_known")
        json.bool(!isResultUnknown)
        json.key("holdings")
        json.beginArray()
        for holding in holdings {
            json.beginArray()
            json.string(holding.symbol.name)
            json.quantityText(holding.position)
            json.priceText(holding.mark)
            json.priceText(holding.averagePrice)
            json.endArray()
        }
        json.endArray()
    }

    private func writeTripped(to json: inout JSONWriter) {
        json.key("tripped")
        json.beginArray()
        for record in tripped {
            json.beginArray()
            json.string(record.trip.name)
            json.string(record.scope.text)
            json.string(record.level.name)
            json.timestamp(record.since)
            json.string(record.reason)
            json.endArray()
        }
        json.endArray()
    }

    // MARK: Reading

    /// Reads the text of an object; `nil` for what is none.
    public init?(text: String) {
        guard let json = try? JSONParser.parse(text) else { return nil }
        self.init(json)
    }

    /// Reads an object; `nil` where anything of it is not as it is written. What earlier versions did not write may be absent.
    public init?(_ json: JSONValue) {
        guard let time = json["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let day = json["day"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            day == day.floored(to: ProfitState.day), let orders = Self.count(json["orders"]),
            let strategies = Self.all(json["strategies"], { Self.strategy($0) }),
            let symbols = Self.all(json["accepted"], { Self.symbol($0, time) }),
            let holdings = Self.all(json["holdings"], { Self.holding($0) }),
            let dayLoss = Money(text: json["day_loss"]?.stringValue),
            let drawdown = Money(text: json["drawdown"]?.stringValue),
            let tripDayLoss = Money(text: json["trip_day_loss"]?.stringValue),
            let tripDrawdown = Money(text: json["trip_drawdown"]?.stringValue),
            let isKnown = json["result_known"]?.boolValue,
            let tripped = json["tripped"] == nil ? [] : Self.all(json["tripped"], { Self.record($0) })
        else { return nil }
        self.init(at: time)
        (self.day, dailyOrders) = (day, orders)
        (self.strategies, self.symbols, self.holdings) = (strategies, symbols, holdings)
        (self.dayLoss, self.drawdown) = (dayLoss, drawdown)
        (self.tripDayLoss, self.tripDrawdown) = (tripDayLoss, tripDrawdown)
        isResultUnknown = !isKnown
        self.tripped = tripped
        guard let result = json["result"] else { return }
        guard let funds = Funds(equity: json["equity"], result: result) else { return nil }
        self.funds = funds
    }

    private static func all<Element>(
        _ json: JSONValue?, _ read: ([JSONValue]) -> Element?
    ) -> [Element]? {
        guard let rows = json?.arrayValue else { return nil }
        let elements = rows.compactMap { $0.arrayValue.flatMap(read) }
        return elements.count == rows.count ? elements : nil
    }

    /// More than could be accepted in a lifetime is no count.
    private static func count(_ json: JSONValue?) -> Int? {
        json?.integerValue.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
    }

    private static func strategy(_ row: [JSONValue]) -> OfStrategy? {
        guard row.count == 3, let name = row[0].stringValue, let daily = count(row[1]),
            let repeats = count(row[2])
        else { return nil }
        return OfStrategy(strategy: StrategyID(name), dailyOrders: daily, repeats: repeats)
    }

    private static func symbol(_ row: [JSONValue], _ time: Timestamp) -> OfSymbol? {
        guard row.count % 2 == 1, let symbol = row[0].stringValue.flatMap({ SymbolID($0) }) else {
            return nil
        }
        var accepted: [Acceptance] = []
        for place in stride(from: 1, to: row.count, by: 2) {
            guard let age = row[place].integerValue, (0...2 * Int(Throttle.window)).contains(age),
                let count = count(row[place + 1]), count <= 1_000_000
            else { return nil }
            accepted.append(Acceptance(time: time.advanced(by: -Int64(age)), count: count))
        }
        return OfSymbol(symbol: symbol, accepted: accepted.sorted { $0.time < $1.time })
    }

    private static func record(_ row: [JSONValue]) -> TripRecord? {
        guard row.count == 5, let trip = row[0].stringValue.flatMap({ Trip(name: $0) }),
            let scope = row[1].stringValue.flatMap({ KillScope(text: $0) }),
            let level = row[2].stringValue.flatMap({ KillLevel(name: $0) }),
            let since = row[3].stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let reason = row[4].stringValue
        else { return nil }
        return TripRecord(trip: trip, scope: scope, level: level, since: since, reason: reason)
    }

    private static func holding(_ row: [JSONValue]) -> Holding? {
        guard row.count == 3 || row.count == 4, let symbol = row[0].stringValue.flatMap({ SymbolID($0) }),
            let position = row[1].stringValue.flatMap({ try? Quantity($0) }),
            let mark = row[2].stringValue.flatMap({ try? Price($0) })
        else { return nil }
        // Lines of earlier releases have no fourth member.
        let average = row.count == 4 ? row[3].stringValue.flatMap { try? Price($0) } : .zero
        guard let average else { return nil }
        return Holding(symbol: symbol, position: position, mark: mark, averagePrice: average)
    }
}

extension BudgetUse.Funds {
    /// Reads the two members; `nil` where they are not as they are written.
    fileprivate init?(equity: JSONValue?, result: JSONValue) {
        guard let result = Money(text: result.stringValue) else { return nil }
        self.init(equity: nil, result: result)
        guard let equity, equity != .null else { return }
        guard let amount = Money(text: equity.stringValue) else { return nil }
        self.equity = amount
    }
}

extension Money {
    /// Reads the text of an amount, of at most 18 places; `nil` for what is none.
    public init?(text: String?) {
        guard let text, !text.isEmpty, text.utf8.count <= 48 else { return nil }
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let places = parts.count == 2 ? parts[1] : ""
        guard !parts[0].isEmpty, parts.count == 1 || !places.isEmpty, places.utf8.count <= 18 else {
            return nil
        }
        let digits = String(parts[0]) + String(places) + String(repeating: "0", count: 18 - places.utf8.count)
        // A sign within the digits would be understood.
        guard digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let value = Int128(digits) else { return nil }
        self.init(rawValue: isNegative ? -value : value)
    }
}
