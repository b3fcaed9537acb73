import ExactJSON

/// An order of an earlier session, as its audit trail tells it: what the session after it goes on from.
public struct RestoredOrder: Sendable, Hashable {
    /// One of its executions, in its newest version.
    public struct Execution: Sendable, Hashable {
        /// What the venue calls it.
        public var name: String
        /// How much; zero for one that was taken back.
        public var quantity: Quantity
        /// At which price.
        public var price: Price
        /// What has been told of its commission.
        public var commission = Money.zero
        /// The currency of that; `none` where nothing has been told.
        public var currency = CurrencyCode.none
        /// Its number in the session that booked it; 0 where that is not known.
        public var number: UInt64 = 0

        /// An execution.
        public init(name: String, quantity: Quantity, price: Price) {
            self.name = name
            self.quantity = quantity
            self.price = price
        }
    }

    /// What was sent, with its limit as last confirmed.
    public var request: OrderRequest
    /// Number of the decision that approved it, within its session.
    public var decisionSequence: UInt64
    /// The price that it was judged by; `nil` where none is known.
    public var referencePrice: Price?
    /// When it was approved or handed over.
    public var sentAt: Timestamp
    /// How much it is for, as last confirmed by the venue.
    public var quantity: Quantity
    /// The executions that were booked, in that order.
    public var executions: [Execution] = []
    /// Whether it was written down as handed over.
    public var isSent = false
    /// The venue's number of it; 0 while unknown.
    public var venueOrderID: UInt64 = 0
    /// Whether the venue has said anything of it.
    public var isAcknowledged = false
    /// Why its cancellation was asked for; `nil` where it was not.
    public var cancelReason: String?
    /// How it had ended; `nil` for one that was not over.
    public var end: OrderStatus?
    /// For the entry of a bracket, the limit of its exit in profit; `nil` without one.
    public var takeProfit: Price?
    /// For the entry of a bracket, the trigger of its exit in loss; `nil` without one.
    public var stopLoss: Price?
    /// For the entry of a bracket, whether somebody wanted no more exits while some were not sent.
    public var areExitsGivenUp = false

    /// An order of which nothing but its approval is known.
    public init(_ request: OrderRequest, decisionSequence: UInt64, sentAt: Timestamp) {
        self.request = request
        self.decisionSequence = decisionSequence
        self.sentAt = sentAt
        quantity = request.quantity
    }

    /// Our id.
    public var id: ClientOrderID { request.id }

    /// Σ quantity of the executions that were booked.
    public var filled: Quantity { executions.reduce(.zero) { $0 + $1.quantity } }

    /// Σ price · quantity of them.
    public var notional: Money { executions.reduce(.zero) { $0 + Money($1.price, times: $1.quantity) } }

    /// What may still fill; never negative.
    public var leaves: Quantity { end == nil ? max(.zero, quantity - filled) : .zero }

    /// Whether nobody knows if it has arrived: handed over, never answered.
    public var isUnresolved: Bool { end == nil && !isAcknowledged }

    /// What a unit of it is worth at least: its limit, else what it was judged by.
    public var worth: Price { request.limitPrice ?? request.stopPrice ?? referencePrice ?? .zero }

    /// What a notice tells; `nil` for what restores nothing.
    public init?(_ notice: SystemNotice) {
        guard notice.kind == .orderRestored else { return nil }
        self.init(text: notice.detail)
    }

    /// The notice that tells it.
    public func notice(actor: String, reason: String) -> SystemNotice {
        SystemNotice(.orderRestored, actor: actor, reason: reason, detail: text)
    }
}

extension RestoredOrder {
    /// Writes it as one object.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("order")
        request.write(to: &json)
        json.key("decision_seq")
        json.integer(decisionSequence)
        json.key("ref")
        json.price(referencePrice)
        json.key("sent_at")
        json.timestamp(sentAt)
        json.key("qty")
        json.quantity(quantity)
        json.key("executions")
        json.beginArray()
        for execution in executions {
            json.beginArray()
            json.string(execution.name)
            json.quantity(execution.quantity)
            json.price(execution.price)
            if execution.currency != .none {
                json.money(execution.commission)
                json.string(execution.currency.name)
            }
            json.endArray()
        }
        json.endArray()
        json.key("sent")
        json.bool(isSent)
        json.key("venue_id")
        json.integer(venueOrderID)
        json.key("acked")
        json.bool(isAcknowledged)
        if let cancelReason {
            json.key("cancel")
            json.string(cancelReason)
        }
        if let end {
            json.key("end")
            json.string(end.name)
        }
        if let takeProfit {
            json.key("take_profit")
            json.price(takeProfit)
        }
        if let stopLoss {
            json.key("stop_loss")
            json.price(stopLoss)
        }
        if areExitsGivenUp {
            json.key("exits_given_up")
            json.bool(true)
        }
        json.endObject()
    }

    /// The text of the object.
    public var text: String {
        var json = JSONWriter()
        write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Reads the text of an object; `nil` for what is none.
    public init?(text: String) {
        guard let json = try? JSONParser.parse(text) else { return nil }
        self.init(json)
    }

    /// Reads an object; `nil` where anything of it is not as it is written.
    public init?(_ json: JSONValue) {
        guard let fields = try? JSONFields(json), let order = try? Self(fields) else { return nil }
        self = order
    }

    private init(_ fields: JSONFields) throws(EventDecodingError) {
        self.init(
            try OrderRequest(try fields.nested("order")),
            decisionSequence: try fields.integer("decision_seq"),
            sentAt: try fields.timestamp("sent_at"))
        referencePrice = try fields.optionalPrice("ref")
        quantity = try fields.quantity("qty")
        executions = try Self.executions(fields)
        isSent = try fields.bool("sent")
        venueOrderID = try fields.integer("venue_id")
        isAcknowledged = try fields.bool("acked")
        if fields.optional("cancel") != nil { cancelReason = try fields.string("cancel") }
        if fields.optional("end") != nil { end = try fields.named("end", \OrderStatus.name) }
        if fields.optional("take_profit") != nil { takeProfit = try fields.optionalPrice("take_profit") }
        if fields.optional("stop_loss") != nil { stopLoss = try fields.optionalPrice("stop_loss") }
        if fields.optional("exits_given_up") != nil { areExitsGivenUp = try fields.bool("exits_given_up") }
        guard quantity > .zero, request.quantity > .zero else {
            throw EventDecodingError(fields.path("qty"), "must be positive")
        }
    }

    private static func executions(_ fields: JSONFields) throws(EventDecodingError) -> [Execution] {
        let path = fields.path("executions")
        guard let rows = try fields.required("executions").arrayValue else {
            throw EventDecodingError(path, "must be an array")
        }
        var executions: [Execution] = []
        for row in rows {
            guard let parts = row.arrayValue, parts.count == 3 || parts.count == 5,
                let name = parts[0].stringValue
            else { throw EventDecodingError(path, "must hold a name, a quantity and a price each") }
            var execution = Execution(
                name: name, quantity: Quantity(rawValue: try fields.decimal(parts[1], path)),
                price: Price(rawValue: try fields.decimal(parts[2], path)))
            if parts.count == 5 {
                guard let currency = parts[4].stringValue.flatMap({ CurrencyCode($0) }) else {
                    throw EventDecodingError(path, "must hold the currency of a commission")
                }
                execution.commission = try JSONFields.money(parts[3], path)
                execution.currency = currency
            }
            executions.append(execution)
        }
        return executions
    }
}
