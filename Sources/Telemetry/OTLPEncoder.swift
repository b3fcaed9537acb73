import ExactJSON
import Platform
import TradingModel

/// Spans as `ExportTraceServiceRequest` in JSON, one a line.
///
/// Source: OpenTelemetry Protocol 1.x, "JSON Protobuf Encoding": ids in hex, 64-bit numbers as text, enumerations as
/// numbers.
struct OTLPEncoder: Sendable {
    private let resource: TraceSink.Resource
    /// What turns the monotonic clock into UTC; read once, so that the spans of a trace keep their distances.
    private let utcMinusMonotonic: Int64

    init(
        _ resource: TraceSink.Resource,
        utcMinusMonotonic: Int64 = AnchoredClock.wallNanoseconds() - Int64(MonotonicClock.now())
    ) {
        self.resource = resource
        self.utcMinusMonotonic = utcMinusMonotonic
    }

    /// One request with its line feed.
    func request(_ spans: [TraceSpan]) -> [UInt8] {
        var json = JSONWriter(capacity: 1_024)
        json.beginObject()
        json.key("resourceSpans")
        json.beginArray()
        json.beginObject()
        json.key("resource")
        writeResource(to: &json)
        json.key("scopeSpans")
        json.beginArray()
        json.beginObject()
        json.key("scope")
        json.beginObject()
        json.key("name")
        json.string("tradingd" as StaticString)
        json.key("version")
        json.string(resource.version)
        json.endObject()
        json.key("spans")
        json.beginArray()
        for span in spans { write(span, to: &json) }
        json.endArray()
        json.endObject()
        json.endArray()
        json.endObject()
        json.endArray()
        json.endObject()
        json.newline()
        return json.bytes
    }

    private func writeResource(to json: inout JSONWriter) {
        json.beginObject()
        json.key("attributes")
        json.beginArray()
        json.attribute("service.name", "tradingd")
        json.attribute("service.version", resource.version)
        json.attribute("service.instance.id", resource.instance)
        json.attribute("deployment.environment.name", resource.environment)
        json.endArray()
        json.endObject()
    }

    private func write(_ span: TraceSpan, to json: inout JSONWriter) {
        json.beginObject()
        json.key("traceId")
        json.string(span.context.traceID.hex)
        json.key("spanId")
        json.string(span.context.spanID.hex)
        if span.parent != .none {
            json.key("parentSpanId")
            json.string(span.parent.hex)
        }
        json.key("name")
        json.string(span.name)
        json.key("kind")
        json.integer(1)
        json.key("startTimeUnixNano")
        json.string(time(span.start))
        json.key("endTimeUnixNano")
        json.string(time(span.start + span.duration))
        json.key("attributes")
        writeAttributes(span.attributes, to: &json)
        json.key("status")
        json.beginObject()
        if span.status != .unset {
            json.key("code")
            json.integer(Int(span.status.rawValue))
        }
        json.endObject()
        json.endObject()
    }

    private func writeAttributes(_ attributes: TraceSpan.Attributes, to json: inout JSONWriter) {
        json.beginArray()
        if attributes.symbol != .none { json.attribute("tradingd.symbol", attributes.symbol.name) }
        if let order = attributes.order { json.attribute("tradingd.order.id", "\(order)") }
        if attributes.sequence > 0 { json.attribute("tradingd.sequence", number: attributes.sequence) }
        if let errorType = attributes.errorType { json.attribute("error.type", errorType) }
        json.endArray()
    }

    private func time(_ monotonic: UInt64) -> String { String(Int64(monotonic) + utcMinusMonotonic) }
}

extension JSONWriter {
    fileprivate mutating func attribute(_ key: StaticString, _ value: String) {
        attribute(key) { json in
            json.key("stringValue")
            json.string(value)
        }
    }

    fileprivate mutating func attribute(_ key: StaticString, number: UInt64) {
        attribute(key) { json in
            json.key("intValue")
            json.string(String(number))
        }
    }

    private mutating func attribute(_ key: StaticString, _ writeValue: (inout JSONWriter) -> Void) {
        beginObject()
        self.key("key")
        string(key)
        self.key("value")
        beginObject()
        writeValue(&self)
        endObject()
        endObject()
    }
}
