import CYAML

/// One step of libyaml's parser.
enum YAMLEvent: Equatable {
    case streamStart, streamEnd
    case documentStart, documentEnd
    case sequenceStart, mappingStart
    /// End of a sequence or mapping.
    case end
    /// `isPlain`: written without quotes, so that `null` means null.
    case scalar(String, isPlain: Bool)
}

/// libyaml's events as Swift values; anchors, aliases and tags are refused here.
///
/// All unsafe memory of the module is in this type. It holds because the parser and the input live at fixed
/// addresses from `init` to `deinit`, and every C string is copied before its event is deleted.
struct YAMLEventStream: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// Starts at the first of `bytes`, which must be UTF-8.
    init(_ bytes: [UInt8]) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        input = .allocate(capacity: max(bytes.count, 1))
        _ = input.initialize(fromContentsOf: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(line: 1, message: "out of memory")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event and its line, from 1.
    mutating func next() throws(YAMLError) -> (event: YAMLEvent, line: Int) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let line = Int(event.start_mark.line) + 1
        return (try Self.translate(event, line), line)
    }

    private static func translate(_ event: yaml_event_t, _ line: Int) throws(YAMLError) -> YAMLEvent {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try refuse(anchor: start.anchor, tag: start.tag, line)
            return .sequenceStart
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try refuse(anchor: start.anchor, tag: start.tag, line)
            return .mappingStart
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, line)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            return .scalar(String(decoding: bytes, as: UTF8.self), isPlain: isPlain)
        case YAML_ALIAS_EVENT: throw YAMLError(line: line, message: "aliases are not allowed")
        // No event after the end of the stream.
        default: return .streamEnd
        }
    }

    private static func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?, _ line: Int
    ) throws(YAMLError) {
        guard anchor == nil else { throw YAMLError(line: line, message: "anchors are not allowed") }
        guard tag == nil else { throw YAMLError(line: line, message: "tags are not allowed") }
    }

    /// What libyaml has to say about its failure.
    private func failure() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "cannot be read"
        // Failures below the scanner know the byte, not the line.
        guard parser.pointee.error != YAML_READER_ERROR else {
            let before = input.prefix(parser.pointee.problem_offset)
            return YAMLError(line: 1 + before.count { $0 == UInt8(ascii: "\n") }, message: problem)
        }
        let line = Int(parser.pointee.problem_mark.line) + 1
        let context = parser.pointee.context.map { " (\(String(cString: $0)))" } ?? ""
        return YAMLError(line: line, message: problem + context)
    }
}
