import Benchmarking
import ExactJSON
import Testing

@Suite("Figures")
struct FigureTests {
    @Test("the median is the middle, or the mean of the two middle ones")
    func median() {
        #expect(Statistics.median([]) == 0)
        #expect(Statistics.median([7]) == 7)
        #expect(Statistics.median([9, 1, 5]) == 5)
        #expect(Statistics.median([4, 1, 3, 2]) == 2.5)
    }

    @Test("a target that wants less is reached from above, its bounds included")
    func less() {
        let target = Target(.ratio, better: .less, floor: 2, aim: 1.2)
        #expect(target.verdict(1.2) == .aim)
        #expect(target.verdict(1.21) == .floor)
        #expect(target.verdict(2) == .floor)
        #expect(target.verdict(2.01) == .below)
    }

    @Test("a target that wants more is reached from below, its bounds included")
    func more() {
        let target = Target(.value, better: .more, floor: 2_000_000, aim: 5_000_000)
        #expect(target.verdict(5_000_000) == .aim)
        #expect(target.verdict(4_999_999) == .floor)
        #expect(target.verdict(1_999_999) == .below)
    }

    @Test("the line is one JSON object with every number that is known")
    func line() throws {
        var figure = Figure(
            "ladder_op", .nanoseconds, ours: 14.25, reference: 11, ratio: 1.295455, publishedReference: 11.7,
            target: Target(.ratio, better: .less, floor: 2, aim: 1.2), passes: 7, input: "simulated")
        figure.details = [("events", 2_000_000)]
        let json = try JSONParser.parse(figure.line)
        #expect(!figure.line.contains("\n"))
        #expect(json["figure"]?.stringValue == "ladder_op")
        #expect(json["ours"]?.doubleValue == 14.25)
        #expect(json["c"]?.doubleValue == 11)
        #expect(json["c_reference"]?.doubleValue == 11.7)
        #expect(json["events"]?.integerValue == 2_000_000)
        #expect(json["passes"]?.integerValue == 7)
        #expect(json["verdict"]?.stringValue == "floor")
        #expect(json["notes"] == nil)
    }

    @Test("a figure without C or target says so by leaving them out")
    func bareLine() throws {
        let json = try JSONParser.parse(Figure("tap_event", .nanoseconds, ours: 300, passes: 1).line)
        #expect(json["c"] == nil && json["ratio"] == nil && json["floor"] == nil)
        #expect(json["verdict"]?.stringValue == "none")
    }

    @Test("a fault makes it invalid whatever it reached, and stands in the line and below the table")
    func fault() throws {
        var figure = Figure(
            "replay", .events, ours: 9e6, target: Target(.value, better: .more, floor: 1, aim: 2), passes: 1)
        figure.fault = "less than one order in 10,000 events"
        #expect(figure.verdict == .invalid)
        #expect(try JSONParser.parse(figure.line)["fault"]?.stringValue == figure.fault)
        #expect(FigureTable.text([figure]).contains("replay: does not count: less than one order"))
    }

    @Test("a ratio that was not taken is invalid against a target for it")
    func missingRatio() {
        let target = Target(.ratio, better: .less, floor: 2, aim: 1)
        #expect(Figure("x", .nanoseconds, ours: 1, target: target, passes: 1).verdict == .invalid)
    }

    @Test("C is called slow when it is over 1.7 times slower than published, for times and for rates")
    func slowReference() {
        func isSlow(_ unit: Figure.Unit, _ reference: Double, _ published: Double) -> Bool {
            Figure("x", unit, ours: 1, reference: reference, publishedReference: published, passes: 1)
                .hasSlowReference
        }
        #expect(!isSlow(.nanoseconds, 17, 10))
        #expect(isSlow(.nanoseconds, 17.1, 10))
        #expect(!isSlow(.rows, 10, 17))
        #expect(isSlow(.rows, 10, 17.1))
    }

    @Test(
        "numbers are written without exponent, rounded to what can be meant",
        arguments: [
            (0, "0"), (0.0000004, "0"), (0.000125, "0.000125"), (1.5, "1.5"), (-2.25, "-2.25"),
            (999.9, "999.9"),
            (1_234_567.8, "1234568"), (.infinity, "null"), (.nan, "null"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) {
        #expect(Figure.text(value) == text)
    }

    @Test("the table has a header, a line a figure, and no spaces at the ends of lines")
    func table() {
        let text = FigureTable.text([
            Figure("a_long_name", .events, ours: 2_345_678, passes: 1),
            Figure("b", .nanoseconds, ours: 12.345, reference: 10, ratio: 1.2345, passes: 1),
        ])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].contains("2.35 M"))
        #expect(lines[2].contains("12.35") && lines[2].contains("1.23×"))
        #expect(!lines.contains { $0.hasSuffix(" ") })
    }
}
