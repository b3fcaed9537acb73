import Testing
import TradingModel

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "reads and prints RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2024-08-08T23:54:15.088169167Z", 1_723_161_255_088_169_167),
            ("2014-05-05T00:00:00.0401868Z", 1_399_248_000_040_186_800),
            ("2024-02-29T12:00:00.5Z", 1_709_208_000_500_000_000),
        ])
    func reads(_ text: String, _ nanoseconds: Int64) {
        let time = Timestamp(rfc3339: text)
        #expect(time?.nanoseconds == nanoseconds)
        #expect(time.flatMap { Timestamp(rfc3339: $0.description) } == time)
    }

    @Test(
        "refuses malformed times",
        arguments: [
            "", "2024-08-08", "2024-08-08T23:54:15", "2024-13-08T23:54:15Z", "2023-02-29T00:00:00Z",
            "2024-08-08T24:00:00Z",
            "2024-08-08T23:54:15.Z", "2024-08-08T23:54:15.0123456789Z", "2024-08-08T23:54:15+01:00",
            "2024-08-08 23:54:15Z",
            "1969-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "2024-08-00T00:00:00Z",
        ])
    func refuses(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("cuts to the digits asked for")
    func cuts() {
        var bytes: [UInt8] = []
        Timestamp(nanoseconds: 1_767_623_400_000_125_999).append(fractionDigits: 6, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "2026-01-05T14:30:00.000125Z")
        bytes.removeAll()
        Timestamp(nanoseconds: 1_767_623_400_000_125_999).append(fractionDigits: 0, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "2026-01-05T14:30:00Z")
    }

    @Test("floors to intervals from 1970")
    func floors() {
        #expect(Timestamp(nanoseconds: 61).floored(to: 60).nanoseconds == 60)
        #expect(Timestamp(nanoseconds: -1).floored(to: 60).nanoseconds == -60)
    }

    @Test("the ends of the range have a text")
    func ends() {
        #expect(Timestamp(nanoseconds: .max).description == "2262-04-11T23:47:16.854775807Z")
        #expect(Timestamp(nanoseconds: .min).description.hasPrefix("1677-09-2"))
    }
}
