/// A YAML file as a tree of nodes, read within stated bounds.
///
/// One document of mappings, lists and scalars. Refused: anchors, aliases, tags, directives, keys that are not
/// scalars, nesting past `maximumDepth`, more than `maximumBytes`, text that is not UTF-8.
struct YAMLDocument {
    /// Largest file, in bytes.
    static let maximumBytes = 1 << 20
    /// Mappings and lists inside each other, at most.
    static let maximumDepth = 32

    /// The one value of the file; null when it is empty.
    let root: YAMLNode
    /// Keys given twice in one mapping; the first value stands.
    let duplicates: [YAMLError]

    /// Parses a whole file.
    init(_ bytes: [UInt8]) throws(YAMLError) {
        guard bytes.count <= Self.maximumBytes else {
            throw YAMLError(line: 1, message: "the file is larger than 1 MiB")
        }
        try Self.checkEncoding(bytes)
        try Self.checkDirectives(bytes)
        do throws(YAMLError) {
            var builder = YAMLTreeBuilder(events: try YAMLEventStream(bytes))
            root = try builder.document()
            duplicates = builder.duplicates
        } catch {
            throw Self.isTabTrouble(error, bytes)
                ? YAMLError(line: error.line, message: "a tab cannot indent, use spaces") : error
        }
    }

    private static func checkEncoding(_ bytes: [UInt8]) throws(YAMLError) {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let before = bytes.prefix(error.byteOffsets.lowerBound)
            let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
            throw YAMLError(line: line, message: "the text is not UTF-8")
        }
    }

    /// libyaml compares every directive with all before it, so that a file of them takes seconds.
    private static func checkDirectives(_ bytes: [UInt8]) throws(YAMLError) {
        var line = 1, isLineStart = true
        for byte in bytes {
            guard !(isLineStart && byte == UInt8(ascii: "%")) else {
                throw YAMLError(line: line, message: "directives are not allowed")
            }
            isLineStart = byte == UInt8(ascii: "\n")
            if isLineStart { line += 1 }
        }
    }

    /// libyaml's own words for the commonest mistake do not mention the tab.
    private static func isTabTrouble(_ error: YAMLError, _ bytes: [UInt8]) -> Bool {
        guard error.message.hasPrefix("found character that cannot start any token") else { return false }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(error.line - 1) else { return false }
        let indentation = lines[error.line - 1].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return indentation.contains(UInt8(ascii: "\t"))
    }
}

/// Folds events into nodes.
struct YAMLTreeBuilder: ~Copyable {
    private var events: YAMLEventStream
    /// Keys given twice.
    private(set) var duplicates: [YAMLError] = []

    init(events: consuming YAMLEventStream) { self.events = events }

    /// The one document of the stream; null when there is none.
    mutating func document() throws(YAMLError) -> YAMLNode {
        _ = try events.next()  // The stream starts.
        guard try events.next().event == .documentStart else { return YAMLNode(content: .null, line: 1) }
        let root = try node(try events.next(), depth: 0)
        _ = try events.next()  // The document ends.
        let (after, line) = try events.next()
        guard after == .streamEnd else {
            throw YAMLError(line: line, message: "only one document is allowed")
        }
        return root
    }

    private mutating func node(
        _ step: (event: YAMLEvent, line: Int), depth: Int
    ) throws(YAMLError) -> YAMLNode {
        switch step.event {
        case .scalar(let text, let isPlain):
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
            return YAMLNode(content: isNull ? .null : .scalar(text), line: step.line)
        case .sequenceStart: return try sequence(line: step.line, depth: depth + 1)
        case .mappingStart: return try mapping(line: step.line, depth: depth + 1)
        // libyaml never gives these where a value belongs.
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .end:
            throw YAMLError(line: step.line, message: "a value is missing")
        }
    }

    private mutating func sequence(line: Int, depth: Int) throws(YAMLError) -> YAMLNode {
        try checkDepth(depth, line)
        var elements: [YAMLNode] = []
        while true {
            let step = try events.next()
            if step.event == .end { return YAMLNode(content: .sequence(elements), line: line) }
            elements.append(try node(step, depth: depth))
        }
    }

    private mutating func mapping(line: Int, depth: Int) throws(YAMLError) -> YAMLNode {
        try checkDepth(depth, line)
        var entries: [YAMLNode.Entry] = []
        var firstLines: [String: Int] = [:]
        while true {
            let step = try events.next()
            if step.event == .end { return YAMLNode(content: .mapping(entries), line: line) }
            guard case .scalar(let key, _) = step.event else {
                throw YAMLError(line: step.line, message: "a key must be plain text")
            }
            let value = try node(try events.next(), depth: depth)
            if let first = firstLines[key] {
                guard duplicates.count < ProblemList.limit else {
                    throw YAMLError(line: step.line, message: "too many duplicate keys")
                }
                let message = "duplicate key \(Printable.quoted(key)), first given in line \(first)"
                duplicates.append(YAMLError(line: step.line, message: message))
            } else {
                firstLines[key] = step.line
                entries.append(YAMLNode.Entry(key: key, line: step.line, value: value))
            }
        }
    }

    private func checkDepth(_ depth: Int, _ line: Int) throws(YAMLError) {
        guard depth <= YAMLDocument.maximumDepth else {
            throw YAMLError(line: line, message: "nested deeper than \(YAMLDocument.maximumDepth) levels")
        }
    }
}
