/// Which port to try: the configured one, or the one the gateway has named with 1300, for as long as it answers.
struct PortChoice {
    private let configured: UInt16
    private var told: UInt16?
    private var usesTold = false

    init(_ configured: UInt16) { self.configured = configured }

    /// The port to try.
    var current: UInt16 { usesTold ? told ?? configured : configured }

    /// The gateway moves.
    mutating func moved(to port: UInt16) {
        told = port
        usesTold = true
    }

    /// Nobody answered there: the other one, if there is one, is next.
    mutating func failed() {
        guard told != nil else { return }
        usesTold.toggle()
    }

    /// The port at the end of the text of 1300; `nil` when there is none.
    static func port(in text: String) -> UInt16? {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        var bytes = Array(text.utf8)
        while let last = bytes.last, !isDigit(last) { bytes.removeLast() }
        let digits = bytes.reversed().prefix(while: isDigit)
        guard let port = UInt16(String(decoding: digits.reversed(), as: UTF8.self)), port > 0 else {
            return nil
        }
        return port
    }
}
