import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Telemetry

@Suite("Traces")
struct TraceTests {
    private let directory: TemporaryDirectory
    private let resource = TraceSink.Resource(version: "1.2.3", instance: "run-1", environment: "paper")
    private var path: String { directory.path + "/traces.jsonl" }

    init() throws { directory = try TemporaryDirectory() }

    private func context(_ number: UInt64) -> TraceContext {
        TraceContext(traceID: TraceID(session: 1, sequence: number), spanID: SpanID(sequence: number))
    }

    /// The spans of a file, in their order.
    private func spans(_ name: String) throws -> [JSONValue] {
        try String(decoding: directory.read(name), as: UTF8.self).split(separator: "\n").flatMap { line in
            let request = try JSONParser.parse(String(line))
            let scope = request["resourceSpans"]?.arrayValue?.first?["scopeSpans"]?.arrayValue?.first
            return scope?["spans"]?.arrayValue ?? []
        }
    }

    @Test("a span is one of an ExportTraceServiceRequest, field by field")
    func shape() throws {
        let symbol = try #require(SymbolID("XAUUSD"))
        let order = ClientOrderID(session: 3, number: 7)
        let encoder = OTLPEncoder(resource, utcMinusMonotonic: 1_000_000_000_000_000_000)
        let span = TraceSpan(
            "decide", context(9), parent: SpanID(sequence: 8), from: 100, to: 350, status: .error,
            TraceSpan.Attributes(symbol: symbol, order: order, sequence: 9, errorType: "throttle_exceeded"))
        let line = String(decoding: encoder.request([span]), as: UTF8.self)
        #expect(
            line == #"{"resourceSpans":[{"resource":{"attributes":["#
                + #"{"key":"service.name","value":{"stringValue":"tradingd"}},"#
                + #"{"key":"service.version","value":{"stringValue":"1.2.3"}},"#
                + #"{"key":"service.instance.id","value":{"stringValue":"run-1"}},"#
                + #"{"key":"deployment.environment.name","value":{"stringValue":"paper"}}]},"#
                + #""scopeSpans":[{"scope":{"name":"tradingd","version":"1.2.3"},"spans":[{"#
                + #""traceId":"\#(context(9).traceID.hex)","spanId":"\#(context(9).spanID.hex)","#
                + #""parentSpanId":"\#(SpanID(sequence: 8).hex)","name":"decide","kind":1,"#
                + #""startTimeUnixNano":"1000000000000000100","endTimeUnixNano":"1000000000000000350","#
                + #""attributes":[{"key":"tradingd.symbol","value":{"stringValue":"XAUUSD"}},"#
                + #"{"key":"tradingd.order.id","value":{"stringValue":"\#(order)"}},"#
                + #"{"key":"tradingd.sequence","value":{"intValue":"9"}},"#
                + #"{"key":"error.type","value":{"stringValue":"throttle_exceeded"}}],"#
                + #""status":{"code":2}}]}]}]}"# + "\n")
    }

    @Test("the first span of a trace has no parent")
    func root() throws {
        let encoder = OTLPEncoder(resource, utcMinusMonotonic: 0)
        let line = encoder.request([TraceSpan("signal", context(1), from: 5, to: 4, status: .unset)])
        let text = String(decoding: line, as: UTF8.self)
        #expect(!text.contains("parentSpanId") && text.contains(#""status":{}"#))
        #expect(text.contains(#""startTimeUnixNano":"5","endTimeUnixNano":"5""#))
    }

    @Test("what was recorded is in the file, in order, every span once")
    func file() throws {
        let sink = try TraceSink(path: path, maximumBytes: 1 << 20, resource: resource)
        for number in 1...1_000 as ClosedRange<UInt64> {
            sink.record(TraceSpan("step", context(number), from: number, to: number + 1))
        }
        #expect(sink.flush(timeout: 60_000_000_000))
        let ids = try spans("traces.jsonl").compactMap { $0["spanId"]?.stringValue }
        #expect(ids == (1...1_000).map { SpanID(sequence: $0).hex } && sink.droppedSpans == 0)
    }

    @Test("a full file is moved aside, and only one is kept")
    func rotation() throws {
        let sink = try TraceSink(path: path, maximumBytes: 2_000, resource: resource)
        for number in 1...20 as ClosedRange<UInt64> {
            sink.record(TraceSpan("step", context(number), from: number, to: number + 1))
            #expect(sink.flush(timeout: 60_000_000_000))
        }
        let kept = try spans("traces.jsonl.1") + spans("traces.jsonl")
        #expect(try directory.read("traces.jsonl").count <= 2_000)
        #expect(kept.last?["spanId"]?.stringValue == SpanID(sequence: 20).hex)
        #expect(kept.count < 20 && sink.droppedSpans == 0)
        #expect(access(path + ".2", F_OK) != 0)
    }

    @Test("a path that is no file is refused at start")
    func badFile() throws {
        #expect(throws: SystemError.self) {
            try TraceSink(path: directory.path, maximumBytes: 1, resource: resource)
        }
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        #expect(throws: SystemError.self) { try TraceSink(path: path, maximumBytes: 1, resource: resource) }
    }

    @Test("tracedSpan times its body and tells how it went")
    func tracing() throws {
        struct Failure: Error {}
        let sink = try TraceSink(path: path, maximumBytes: 1 << 20, resource: resource)
        let result = tracedSpan("good", context(1), in: sink) { 42 }
        #expect(throws: Failure.self) {
            try tracedSpan("bad", context(2), parent: SpanID(sequence: 1), in: sink) { throw Failure() }
        }
        #expect(tracedSpan("untraced", context(3), in: nil) { 43 } == 43 && result == 42)
        #expect(sink.flush(timeout: 60_000_000_000))
        let found = try spans("traces.jsonl")
        #expect(found.map { $0["name"]?.stringValue } == ["good", "bad"])
        #expect(found.map { $0["status"]?["code"]?.integerValue } == [1, 2])
        #expect(found.last?["parentSpanId"]?.stringValue == SpanID(sequence: 1).hex)
    }

    @Test("steps of a span have ids of their own, the same every time")
    func ids() {
        let span = SpanID(sequence: 5)
        let children = (1...6).map { span.child($0) }
        #expect(Set(children).count == 6 && !children.contains(span) && !children.contains(.none))
        #expect(children == (1...6).map { SpanID(sequence: 5).child($0) })
    }
}
