/// Other terms that an operator wants for a working order, as a notice `modifyRequested` tells it. What is not told stays.
public struct ChangeWish: Hashable, Sendable {
    /// The order.
    public var id: ClientOrderID
    /// Its whole quantity afterwards, what has filled included.
    public var quantity: Quantity?
    /// Its limit afterwards.
    public var limitPrice: Price?
    /// Its trigger afterwards.
    public var stopPrice: Price?
    /// The caller's key for "do this once".
    public var token: String

    /// A change.
    public init(
        id: ClientOrderID, quantity: Quantity? = nil, limitPrice: Price? = nil, stopPrice: Price? = nil,
        token: String
    ) {
        self.id = id
        self.quantity = quantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.token = token
    }

    /// One line that says it: `order=c-1-5 qty=2 limit=4000.2 token=a2`.
    public var text: String {
        WishText.line([
            ("order", "\(id)"), ("qty", quantity.map { "\($0)" }), ("limit", limitPrice.map { "\($0)" }),
            ("stop", stopPrice.map { "\($0)" }), ("token", token),
        ])
    }

    /// Reads what `text` says; `nil` for anything else.
    public init?(text: String) {
        guard let members = WishText(text, keys: ["order", "qty", "limit", "stop", "token"]),
            let id = members["order"].flatMap({ ClientOrderID($0) }),
            let quantity = members.optional("qty", { try? Quantity($0) }),
            let limit = members.optional("limit", WishText.price),
            let stop = members.optional("stop", WishText.price), let token = members["token"]
        else { return nil }
        self.init(id: id, quantity: quantity, limitPrice: limit, stopPrice: stop, token: token)
    }
}
