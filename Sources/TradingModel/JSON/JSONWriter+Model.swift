import ExactJSON

extension JSONWriter {
    /// An exact price as a JSON number.
    public mutating func price(_ price: Price) { number(billionths: price.rawValue) }

    /// An exact price, or `null`.
    public mutating func price(_ price: Price?) {
        if let price { self.price(price) } else { null() }
    }

    /// An exact quantity as a JSON number.
    public mutating func quantity(_ quantity: Quantity) { number(billionths: quantity.rawValue) }

    /// An exact quantity, or `null`.
    public mutating func quantity(_ quantity: Quantity?) {
        if let quantity { self.quantity(quantity) } else { null() }
    }

    /// An exact sum as a JSON number.
    public mutating func volume(_ volume: Volume) { raw { volume.append(to: &$0) } }

    /// An exact amount as a JSON number.
    public mutating func money(_ money: Money) { raw { money.append(to: &$0) } }

    /// An exact amount, or `null`.
    public mutating func money(_ money: Money?) {
        if let money { self.money(money) } else { null() }
    }

    /// A time as RFC 3339 UTC text.
    public mutating func timestamp(_ timestamp: Timestamp, fractionDigits: Int = 9) {
        raw { bytes in
            bytes.append(UInt8(ascii: "\""))
            timestamp.append(fractionDigits: fractionDigits, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// An exact price as a JSON string, the form of the audit trail, which no reader can round; empty where there
    /// is none.
    public mutating func priceText(_ price: Price?) {
        if let price { text(billionths: price.rawValue) } else { string("" as StaticString) }
    }

    /// An exact quantity as a JSON string.
    public mutating func quantityText(_ quantity: Quantity) { text(billionths: quantity.rawValue) }

    /// An exact amount as a JSON string.
    public mutating func moneyText(_ money: Money) { text(money.rawValue, places: 18) }

    /// A currency by its code.
    public mutating func currency(_ code: CurrencyCode) { quoted { code.append(to: &$0) } }

    /// An order id.
    public mutating func orderID(_ id: ClientOrderID) { quoted { id.append(to: &$0) } }

    /// A trace id as 32 hex digits.
    public mutating func traceID(_ id: TraceID) { quoted { id.append(to: &$0) } }

    /// A span id as 16 hex digits.
    public mutating func spanID(_ id: SpanID) { quoted { id.append(to: &$0) } }

    /// Rows of a ladder as `[[price,size],…]`.
    public mutating func levels(_ levels: [Level]) {
        beginArray()
        for level in levels {
            beginArray()
            price(level.price)
            quantity(level.size)
            endArray()
        }
        endArray()
    }
}

extension JSONWriter {
    /// A key and an order id.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, _ id: ClientOrderID) {
        member(key, "c", id.session, id.number)
    }

    /// A key and an exact price as a string; empty where there is none.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, text price: Price?) {
        if let price { member(key, text: price.rawValue) } else { member(key, "" as StaticString) }
    }

    /// A key and an exact quantity as a string.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, text quantity: Quantity) {
        member(key, text: quantity.rawValue)
    }

    /// A key and a trace id as 32 hex digits.
    @inlinable
    @inline(__always)
    public mutating func member(_ key: StaticString, _ id: TraceID) { member(key, hex: id.high, id.low) }
}
