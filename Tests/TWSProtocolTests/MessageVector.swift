import TradingModel

@testable import TWSProtocol

/// A message written down by hand from the reference: its fields as they stand on the wire, and what they
/// mean.
///
/// The values are chosen so that no two fields of a kind say the same in all its vectors: a description with
/// two fields in the wrong order cannot pass. Flags are the reason for a second vector of a kind.
struct MessageVector: Sendable, CustomStringConvertible {
    /// The type of the message, as `MessageKind` has it.
    let kind: String
    /// Versions at which the message has just these fields.
    let versions: [Int32]
    /// The fields; a name that begins with `unused` is of one that says nothing.
    let fields: Annotated
    /// What our codec does differently at a version, or nothing.
    let difference: @Sendable (ServerVersion) throws -> String?

    var description: String { "\(kind) at \(versions)" }

    /// All vectors of both ends.
    static let all: [MessageVector] =
        sessionRequests + accountRequests + marketRequests + orderRequests + sessionReports + accountReports
        + marketReports + tickReports + historyReports + contractReports + orderReports

    /// A vector of a client's message.
    static func client<Message: WireMessage>(
        _: Message.Type, _ versions: [Int32], _ fields: Annotated,
        _ fill: @escaping @Sendable (inout Message) throws -> Void = { _ in }
    ) -> MessageVector {
        vector(.client, versions, fields, fill)
    }

    /// A vector of a gateway's message.
    static func gateway<Message: WireMessage>(
        _: Message.Type, _ versions: [Int32], _ fields: Annotated,
        _ fill: @escaping @Sendable (inout Message) throws -> Void = { _ in }
    ) -> MessageVector {
        vector(.gateway, versions, fields, fill)
    }

    private static func vector<Message: WireMessage>(
        _ side: WireSide, _ versions: [Int32], _ fields: Annotated,
        _ fill: @escaping @Sendable (inout Message) throws -> Void
    ) -> MessageVector {
        MessageVector(kind: "\(Message.self)", versions: versions, fields: fields) { version in
            var message = Message()
            try fill(&message)
            if let difference = VectorCheck(version.rawValue, side).difference(message, fields) {
                return difference
            }
            return try setDifference(message, fields, version, side)
        }
    }

    /// What the set of the message's end makes of the fields, where that is not the message.
    private static func setDifference<Message: WireMessage>(
        _ message: Message, _ fields: Annotated, _ version: ServerVersion, _ side: WireSide
    ) throws -> String? {
        let kind = MessageKind.all.first { $0.description == "\(Message.self)" }
        guard let kind, kind.isClients == (side == .client) else { return "no kind of this end" }
        let outcome = try kind.decode(fields.bytes, version)
        return outcome == .message("\(message)", isOfKind: true) ? nil : "decoded: \(outcome)"
    }
}

extension Annotated {
    /// The twelve fields of a contract in a request, each with a value of its own.
    static let contract12: Annotated = [
        "conId": "495512563", "symbol": "ES", "secType": "FOP", "lastTradeDateOrContractMonth": "20261218",
        "strike": "6010.25", "right": "C", "multiplier": "50", "exchange": "SMART",
        "primaryExchange": "CME", "currency": "USD", "localSymbol": "ESZ6 C6010", "tradingClass": "E1A",
    ]
    /// The eleven fields of a contract in a report.
    static let contract11: Annotated = contract12.without("primaryExchange")

    /// An order whose contract is not delta neutral.
    var withoutNeutralContract: Annotated {
        with("deltaNeutralContract present", "0").without("neutral conId").without("neutral delta")
            .without("neutral price")
    }

    /// An order that waits for nothing.
    var withoutCondition: Annotated {
        [
            "condition type", "connector", "condition secType", "condition exchange", "condition symbol",
            "conditionsIgnoreRth", "conditionsCancelOrder",
        ].reduce(with("conditionsCount", "0")) { $0.without($1) }
    }

    /// The same without a field.
    func without(_ name: String) -> Annotated {
        var rest = self
        rest.fields.removeAll { $0.name == name }
        return rest
    }
}

extension Contract {
    /// What `contract12` says.
    static func option() throws -> Contract {
        var contract = try reportedOption()
        contract.primaryExchange = "CME"
        return contract
    }

    /// What `contract11` says.
    static func reportedOption() throws -> Contract {
        var contract = Contract()
        contract.contractID = 495_512_563
        contract.symbol = "ES"
        contract.securityType = "FOP"
        contract.lastTradeDateOrContractMonth = "20261218"
        contract.strike = try Price("6010.25")
        contract.right = "C"
        contract.multiplier = "50"
        contract.exchange = "SMART"
        contract.currency = "USD"
        contract.localSymbol = "ESZ6 C6010"
        contract.tradingClass = "E1A"
        return contract
    }
}

/// A yes or no of a message, which is set in a vector of its own.
struct Flag<Message>: Sendable {
    /// What the reference calls it.
    let name: String
    /// Makes it a yes.
    let set: @Sendable (inout Message) -> Void

    init(_ name: String, _ set: @escaping @Sendable (inout Message) -> Void) {
        self.name = name
        self.set = set
    }
}
