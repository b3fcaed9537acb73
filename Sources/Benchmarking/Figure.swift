import ExactJSON

/// One measured figure.
public struct Figure: Sendable {
    /// What ours and C are counted in.
    public enum Unit: String, Sendable {
        /// Nanoseconds an operation.
        case nanoseconds = "ns"
        /// Events a second.
        case events = "events/s"
        /// Rows a second.
        case rows = "rows/s"
        /// Records a second.
        case records = "records/s"
        /// Messages each second.
        case messages = "messages/s"
        /// Orders a second.
        case orders = "orders/s"
        /// Blocks asked for, an event.
        case allocations = "allocations/event"
        /// Blocks asked for, an order.
        case allocationsPerOrder = "allocations/order"
        /// Milliseconds.
        case milliseconds = "ms"
        /// Mebibytes of resident memory.
        case mebibytes = "MiB"
    }

    /// Name, snake_case.
    public let name: String
    /// What ours and C are counted in.
    public let unit: Unit
    /// Our number.
    public var ours: Double
    /// The number of plain C in the same run.
    public var reference: Double?
    /// Ours ÷ C: the median over the passes.
    public var ratio: Double?
    /// What C reached on the machine of the published reference, in the same unit.
    public var publishedReference: Double?
    /// What it is held against.
    public var target: Target?
    /// Measured passes.
    public var passes: Int
    /// What it was fed with: `recorded`, `simulated`; `nil` where there is no choice.
    public var input: String?
    /// More numbers of the same run, by name.
    public var details: [(name: String, value: Double)] = []
    /// What a reader must know.
    public var notes: [String] = []
    /// Why it does not count; `nil` when it does.
    public var fault: String?

    /// A figure.
    public init(
        _ name: String, _ unit: Unit, ours: Double, reference: Double? = nil, ratio: Double? = nil,
        publishedReference: Double? = nil, target: Target? = nil, passes: Int, input: String? = nil
    ) {
        self.name = name
        self.unit = unit
        self.ours = ours
        self.reference = reference
        self.ratio = ratio
        self.publishedReference = publishedReference
        self.target = target
        self.passes = passes
        self.input = input
    }

    /// What it has reached.
    public var verdict: Verdict {
        if fault != nil { return .invalid }
        guard let target else { return .none }
        switch target.subject {
        case .value: return target.verdict(ours)
        case .ratio: return ratio.map(target.verdict) ?? .invalid
        }
    }

    /// Whether C ran more than 1.7 times slower here than where the reference was published: then either the machine
    /// is busy or the reference is weak.
    public var hasSlowReference: Bool {
        guard let reference, let publishedReference, reference > 0, publishedReference > 0 else {
            return false
        }
        let slowdown =
            unit == .nanoseconds ? reference / publishedReference : publishedReference / reference
        return slowdown > 1.7
    }

    /// The figure as one JSON object in one line, without line feed.
    public var line: String {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.key("figure")
        json.string(name)
        json.key("unit")
        json.string(unit.rawValue)
        write("ours", ours, to: &json)
        write("c", reference, to: &json)
        write("ratio", ratio, to: &json)
        write("floor", target?.floor, to: &json)
        write("aim", target?.aim, to: &json)
        write("c_reference", publishedReference, to: &json)
        json.key("passes")
        json.integer(passes)
        if let input {
            json.key("input")
            json.string(input)
        }
        for detail in details { write(detail.name, detail.value, to: &json) }
        writeText(to: &json)
        json.endObject()
        return json.text
    }

    private func writeText(to json: inout JSONWriter) {
        json.key("verdict")
        json.string(verdict.rawValue)
        if let fault {
            json.key("fault")
            json.string(fault)
        }
        let remarks = notes + (hasSlowReference ? ["C is over 1.7 times slower than published"] : [])
        guard !remarks.isEmpty else { return }
        json.key("notes")
        json.beginArray()
        for remark in remarks { json.string(remark) }
        json.endArray()
    }

    private func write(_ key: String, _ value: Double?, to json: inout JSONWriter) {
        guard let value else { return }
        json.key(dynamic: key)
        json.raw { $0.append(contentsOf: Self.text(value).utf8) }
    }

    /// A number for people and programs: whole from 1,000 on, else six digits after the point at most.
    public static func text(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "null" }
        if value.magnitude >= 1_000 { return String(Int64(value.rounded())) }
        let scaled = Int64((value.magnitude * 1e6).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        var fraction = String(String(scaled % 1_000_000 + 1_000_000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return sign + String(scaled / 1_000_000) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
