/// Why something is not done, as the wire says it.
struct Refusal: Error, Hashable, Sendable {
    let code: Int32
    let text: String
    /// JSON with the reasons; empty for none.
    var advanced = ""

    init(_ code: Int32, _ text: String) {
        self.code = code
        self.text = text
    }

    static func rejected(_ reason: String) -> Refusal { Refusal(201, "Order rejected - reason:\(reason)") }

    static func invalid(_ cause: String) -> Refusal {
        Refusal(321, "Error validating request.-'bY' : cause - \(cause)")
    }

    static let duplicateID = Refusal(103, "Duplicate order id")
    static let mismatch = Refusal(105, "Order being modified does not match original order")
    static let filled = Refusal(104, "Cannot modify a filled order.")
    static let noContract = Refusal(200, "No security definition has been found for the request")
    static let ambiguous = Refusal(200, "The contract description specified for the request is ambiguous.")
    static let offGrid = Refusal(
        110, "The price does not conform to the minimum price variation for this contract.")
    static let unsupportedType = Refusal(387, "Unsupported order type for this exchange and security type.")
    static let noSize = Refusal(434, "The order size cannot be zero.")
    static let wrongStep = Refusal(
        10243, "The order size does not conform to the size increment for this contract.")
    static let noAccount = Refusal(435, "You must specify an account.")

    static func unknownParent(_ order: Int32) -> Refusal {
        Refusal(135, "Can't find order with id =\(order)")
    }

    static func unknown(_ order: Int32) -> Refusal {
        Refusal(10147, "OrderId \(order) that needs to be cancelled is not found.")
    }

    static func notCancellable(_ order: Int32, _ state: String) -> Refusal {
        Refusal(10148, "OrderId \(order) that needs to be cancelled cannot be cancelled, state: \(state).")
    }

    static func cancelled(_ reason: String) -> Refusal {
        Refusal(202, "Order Canceled - reason:\(reason)")
    }
}
