import TradingModel

/// Times as a gateway writes them; all of ours are UTC.
enum GatewayTime {
    /// `20261122 14:30:00 UTC`, the connection time.
    static func connection(_ time: Timestamp) -> String { dateAndTime(time) + " UTC" }

    /// `20261122 14:30:00`.
    static func dateAndTime(_ time: Timestamp) -> String {
        let text = time.description
        return date(time) + " " + text.dropFirst(11).prefix(8)
    }

    /// `20261122`.
    static func date(_ time: Timestamp) -> String { CalendarDay(time).text }

    /// Reads `20261122 14:30:00 UTC`, `20261122-14:30:00` (UTC) and both without a zone; other zones are not known here.
    static func read(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 17, bytes[8] == 0x20 || bytes[8] == 0x2D else { return nil }
        let zone = String(decoding: bytes[17...], as: UTF8.self)
        guard ["", " UTC", " GMT", " Etc/UTC"].contains(zone) else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return Timestamp(rfc3339: "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<17))Z")
    }
}
