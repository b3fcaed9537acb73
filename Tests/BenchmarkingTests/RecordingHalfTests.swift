import Benchmarking
import Platform
import TestSupport
import Testing

@Suite("Half of a recording")
struct RecordingHalfTests {
    private func half(_ content: String) throws -> (rows: Int, text: String) {
        let directory = try TemporaryDirectory()
        let input = try directory.file("whole", content)
        let rows = try RecordingHalf.write(input, to: directory.path + "/half")
        return (rows, String(decoding: try directory.read("half"), as: UTF8.self))
    }

    @Test("keeps the header of a CSV and whole lines of its rows")
    func csv() throws {
        let half = try half("ts,price\n1,a\n2,b\n3,c\n4,d\n")
        #expect(half.rows == 2)
        #expect(half.text == "ts,price\n1,a\n2,b\n")
    }

    @Test("JSON lines have no header")
    func jsonLines() throws {
        let half = try half("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n")
        #expect(half.rows == 2)
        #expect(half.text == "{\"a\":1}\n{\"a\":2}\n")
    }

    @Test("an odd row is left to the other half, and so is a last one without line feed")
    func oddRows() throws {
        #expect(try half("ts\n1\n2\n3\n").text == "ts\n1\n")
        let unfinished = try half("ts\n1\n2\n3\n4")
        #expect(unfinished.rows == 2)
        #expect(unfinished.text == "ts\n1\n2\n")
    }

    @Test(
        "what has less than two rows has an empty half",
        arguments: [("", ""), ("ts,price\n", "ts,price\n"), ("ts,price\n1,a\n", "ts,price\n"), ("{}\n", "")])
    func tooShort(whole: String, expected: String) throws {
        let half = try half(whole)
        #expect(half.rows == 0)
        #expect(half.text == expected)
    }

    @Test("a missing recording is named")
    func missing() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/missing"
        let error = #expect(throws: SystemError.self) {
            try RecordingHalf.write(path, to: directory.path + "/half")
        }
        #expect(error?.description.contains(path) == true)
    }
}
