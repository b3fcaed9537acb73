/// What a client of the metrics port has sent so far, read as HTTP/1: a request line, headers, no body.
struct ScrapeRequest {
    /// Bytes of a request, headers included.
    static let longest = 8_192

    /// What to do with it.
    enum Verdict: Equatable {
        /// It is not whole yet.
        case wait
        /// It asks for the metrics; with `false` for the header alone.
        case metrics(withBody: Bool)
        /// It gets this status.
        case refuse(Int, StaticString)

        static func == (left: Verdict, right: Verdict) -> Bool {
            switch (left, right) {
            case (.wait, .wait): true
            case (.metrics(let one), .metrics(let other)): one == other
            case (.refuse(let one, _), .refuse(let other, _)): one == other
            default: false
            }
        }
    }

    private var bytes: [UInt8] = []

    /// Takes what has come.
    ///
    /// - Returns: what to do now.
    mutating func take(_ more: some Sequence<UInt8>) -> Verdict {
        bytes.append(contentsOf: more)
        let head = bytes.prefix(Self.longest)
        guard let end = Self.end(of: head) else {
            return bytes.count >= Self.longest ? .refuse(431, "Request Header Fields Too Large") : .wait
        }
        return Self.judge(head[..<end])
    }

    /// Where the empty line is that ends the headers; a lone line feed counts as line end.
    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        var lineIsEmpty = true
        var hasLine = false
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0A {
                if lineIsEmpty && hasLine { return index }
                lineIsEmpty = true
                hasLine = true
            } else if byte != 0x0D {
                lineIsEmpty = false
            }
        }
        return nil
    }

    private static func judge(_ head: ArraySlice<UInt8>) -> Verdict {
        let line = head.prefix { $0 != 0x0A && $0 != 0x0D }
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[1].first == UInt8(ascii: "/"),
            line.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
        else { return .refuse(400, "Bad Request") }
        guard ["HTTP/1.0", "HTTP/1.1"].contains(String(decoding: parts[2], as: UTF8.self)) else {
            return .refuse(505, "HTTP Version Not Supported")
        }
        let path = String(decoding: parts[1].prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
        guard path == "/metrics" else { return .refuse(404, "Not Found") }
        switch String(decoding: parts[0], as: UTF8.self) {
        case "GET": return .metrics(withBody: true)
        case "HEAD": return .metrics(withBody: false)
        default: return .refuse(405, "Method Not Allowed")
        }
    }
}

/// Answers of the metrics port; each closes its connection.
enum ScrapeResponse {
    /// Source: OpenMetrics 1.0, "Protocol negotiation".
    static let contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    static func metrics(_ body: [UInt8], withBody: Bool) -> [UInt8] {
        let head = head("200 OK", type: contentType, length: body.count)
        return withBody ? head + body : head
    }

    static func refusal(_ status: Int, _ reason: StaticString) -> [UInt8] {
        let body = Array("\(reason)\n".utf8)
        let allow = status == 405 ? "Allow: GET, HEAD\r\n" : ""
        return head("\(status) \(reason)", type: "text/plain; charset=utf-8", length: body.count, allow)
            + body
    }

    private static func head(
        _ status: String, type: String, length: Int, _ more: String = ""
    ) -> [UInt8] {
        Array(
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(length)\r\n\(more)Connection: close\r\n\r\n"
                .utf8)
    }
}
