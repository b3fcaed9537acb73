import ExactJSON
import Testing

@testable import tradectl

@Suite("Streams in snapshots, for people")
struct StreamTextTests {
    @Test("names those that are not live, with the reason, and nothing else")
    func poor() throws {
        let result = try JSONParser.parse(
            """
            {"streams":{"quotes":{"quality":"live","reason":"tick by tick","since":null},
            "trades":{"quality":"unavailable","reason":"no trade feed: refused (10189)","since":null},"depth":null}}
            """)
        #expect(SnapshotCommand.streams(result) == "trades unavailable: no trade feed: refused (10189)\n")
        #expect(SnapshotCommand.streams(.null) == "")
    }
}
