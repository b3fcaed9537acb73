/// A strict reader of the OpenMetrics text format: what it takes is in form, what is not throws with the line.
///
/// Source: OpenMetrics 1.0, ABNF and "Metric types".
public struct OpenMetricsText {
    /// What is not in form.
    public struct Malformed: Error, CustomStringConvertible {
        /// Line, from 1, and what is wrong with it.
        public let description: String
    }

    /// One line with a value.
    public struct Sample {
        /// Full name.
        public let name: String
        /// Labels in their order.
        public let labels: [(name: String, value: String)]
        /// The value.
        public let value: Double
        /// Whether the line has an exemplar.
        public let hasExemplar: Bool

        /// The value of a label.
        public func label(_ name: String) -> String? { labels.first { $0.name == name }?.value }
    }

    /// One family.
    public struct Family {
        /// Its name.
        public let name: String
        /// `counter`, `gauge` or `histogram`.
        public var type = "unknown"
        /// Its unit, if it says one.
        public var unit: String?
        /// What it says of itself.
        public var help: String?
        /// Its samples.
        public var samples: [Sample] = []
    }

    /// The families, in their order.
    public private(set) var families: [Family] = []

    /// The family of that name.
    public func family(_ name: String) -> Family? { families.first { $0.name == name } }

    /// Every sample of that name.
    public func samples(_ name: String) -> [Sample] {
        families.flatMap(\.samples).filter { $0.name == name }
    }

    /// The value of the only sample with that name and these labels.
    public func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples(name).filter { sample in
            sample.labels.count == labels.count && labels.allSatisfy { sample.label($0.key) == $0.value }
        }
        return found.count == 1 ? found[0].value : nil
    }

    private var line = 0

    /// Reads a whole exposition.
    public init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(description: "no line feed at the end") }
        let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        for (index, text) in lines.enumerated() {
            line = index + 1
            if text == "# EOF" {
                guard index == lines.count - 1 else { throw fault("something after the end") }
                for family in families { try check(family) }
                return
            }
            try read(text)
        }
        throw fault("no # EOF")
    }

    private func fault(_ what: String) -> Malformed { Malformed(description: "line \(line): \(what)") }

    private mutating func read(_ text: Substring) throws {
        guard text.hasPrefix("#") else { return try readSample(text) }
        let parts = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "#" else { throw fault("no metadata: \(text)") }
        let name = String(parts[2])
        guard Self.isName(name, colons: true) else { throw fault("no name: \(name)") }
        let rest = parts.count == 4 ? String(parts[3]) : ""
        if families.last?.name != name {
            guard !families.contains(where: { $0.name == name }) else { throw fault("\(name) comes twice") }
            families.append(Family(name: name))
        }
        let last = families.count - 1
        guard families[last].samples.isEmpty else { throw fault("metadata after samples") }
        switch parts[1] {
        case "TYPE":
            guard ["counter", "gauge", "histogram"].contains(rest) else { throw fault("type \(rest)") }
            families[last].type = rest
        case "UNIT":
            guard name.hasSuffix("_" + rest) else { throw fault("\(name) does not end in \(rest)") }
            families[last].unit = rest
        case "HELP": families[last].help = try unescaped(rest[...], quoted: false)
        default: throw fault("unknown metadata \(parts[1])")
        }
    }

    private mutating func readSample(_ text: Substring) throws {
        var rest = text
        let name = String(rest.prefix { $0 != "{" && $0 != " " })
        rest = rest.dropFirst(name.count)
        guard Self.isName(name, colons: true) else { throw fault("no name: \(name)") }
        let labels = rest.hasPrefix("{") ? try readLabels(&rest) : []
        guard rest.hasPrefix(" ") else { throw fault("no blank before the value") }
        let (value, exemplar) = try readValue(rest.dropFirst())
        guard let family = families.last, belongs(name, to: family) else {
            throw fault("\(name) has no family before it")
        }
        if exemplar { try require(name.hasSuffix("_bucket"), "exemplar of \(name)") }
        families[families.count - 1].samples.append(
            Sample(name: name, labels: labels, value: value, hasExemplar: exemplar))
    }

    private func require(_ condition: Bool, _ what: String) throws { if !condition { throw fault(what) } }

    private func belongs(_ name: String, to family: Family) -> Bool {
        switch family.type {
        case "counter": name == family.name + "_total"
        case "histogram": ["_bucket", "_count", "_sum"].contains { name == family.name + $0 }
        default: name == family.name
        }
    }

    private func readValue(_ text: Substring) throws -> (Double, Bool) {
        guard let hash = text.firstRange(of: " # ") else { return (try number(text), false) }
        var exemplar = text[hash.upperBound...]
        let labels = try readLabels(&exemplar)
        let characters = labels.reduce(0) { $0 + $1.name.count + $1.value.count }
        try require(characters <= 128, "exemplar labels too long")
        try require(exemplar.hasPrefix(" "), "no blank in the exemplar")
        _ = try number(exemplar.dropFirst())
        return (try number(text[..<hash.lowerBound]), true)
    }

    private func number(_ text: Substring) throws -> Double {
        if ["+Inf", "-Inf", "NaN"].contains(text) {
            return Double(text == "NaN" ? "nan" : String(text)) ?? .nan
        }
        guard text.allSatisfy({ "+-.eE0123456789".contains($0) }), let value = Double(text) else {
            throw fault("no number: \(text)")
        }
        return value
    }

    private func readLabels(_ text: inout Substring) throws -> [(name: String, value: String)] {
        var labels: [(name: String, value: String)] = []
        text = text.dropFirst()
        while true {
            let name = String(text.prefix { $0 != "=" })
            guard Self.isName(name, colons: false) else { throw fault("no label: \(name)") }
            text = text.dropFirst(name.count)
            guard text.hasPrefix("=\"") else { throw fault("label without value") }
            text = text.dropFirst(2)
            let raw = try rawValue(&text)
            guard !labels.contains(where: { $0.name == name }) else { throw fault("label \(name) twice") }
            labels.append((name, try unescaped(raw, quoted: true)))
            guard let next = text.popFirst() else { throw fault("labels do not end") }
            if next == "}" { return labels }
            guard next == "," else { throw fault("no comma between labels") }
        }
    }

    /// Up to the quote that ends it, which is taken.
    private func rawValue(_ text: inout Substring) throws -> Substring {
        var isEscaped = false
        for index in text.indices {
            if isEscaped { isEscaped = false; continue }
            if text[index] == "\\" { isEscaped = true }
            if text[index] == "\"" {
                defer { text = text[text.index(after: index)...] }
                return text[..<index]
            }
        }
        throw fault("label value does not end")
    }

    private func unescaped(_ text: Substring, quoted: Bool) throws -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                guard let plain = ["\\": "\\", "\"": "\"", "n": "\n"][character] else {
                    throw fault("escape \\\(character)")
                }
                result += plain
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        try require(!isEscaped, "escape at the end")
        return result
    }

    private func check(_ family: Family) throws {
        guard !family.samples.isEmpty else { throw Malformed(description: "\(family.name): no sample") }
        var seen: Set<String> = []
        for sample in family.samples {
            let key = sample.name + sample.labels.map { "|\($0.name)=\($0.value)" }.sorted().joined()
            guard seen.insert(key).inserted else { throw Malformed(description: "\(key): twice") }
            if family.type == "counter", sample.value < 0 || sample.value.isNaN {
                throw Malformed(description: "\(key): no counter")
            }
        }
        if family.type == "histogram" { try checkHistogram(family) }
    }

    /// Buckets ascend, do not fall, end with `+Inf`, which is the count.
    private func checkHistogram(_ family: Family) throws {
        var groups: [String: [Sample]] = [:]
        for sample in family.samples {
            let key = sample.labels.filter { $0.name != "le" }.map { "\($0.name)=\($0.value)" }.sorted()
            groups[key.joined(separator: "|"), default: []].append(sample)
        }
        for (key, samples) in groups {
            let buckets = samples.filter { $0.name.hasSuffix("_bucket") }
            let bounds = buckets.compactMap { $0.label("le").flatMap { Double($0 == "+Inf" ? "inf" : $0) } }
            let counts = buckets.map(\.value)
            let count = samples.first { $0.name.hasSuffix("_count") }?.value
            let isWhole =
                bounds.count == buckets.count && zip(bounds, bounds.dropFirst()).allSatisfy(<)
                && bounds.last == .infinity && zip(counts, counts.dropFirst()).allSatisfy(<=)
                && counts.last == count && samples.contains { $0.name.hasSuffix("_sum") }
            guard isWhole else { throw Malformed(description: "\(family.name){\(key)}: no histogram") }
        }
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x5F || colons && byte == 0x3A
        }
    }
}
