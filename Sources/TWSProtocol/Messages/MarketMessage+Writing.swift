extension MarketMessage: WritableMessageSet {
    /// Writes the message, its number first; nothing when it has a fault.
    ///
    /// - Throws: the first fault met.
    public func write(to fields: inout FieldWriter) throws(MessageFault) {
        switch self {
        case .tickByTick(let message): try fields.write(message)
        case .depthL2(let message): try fields.write(message)
        case .depth(let message): try fields.write(message)
        case .tickPrice(let message): try fields.write(message)
        case .tickSize(let message): try fields.write(message)
        }
    }
}
