import ExactJSON

/// Writes the three kinds of line a daemon sends; always either `result` or `error`, never both.
enum RPCAnswer {
    /// `result` must be exactly one JSON value.
    static func result(_ result: [UInt8], id: RPCID) -> [UInt8] {
        var writer = begin(id, capacity: result.count + 64)
        writer.key("result")
        writer.raw { $0.append(contentsOf: result) }
        writer.endObject()
        return writer.bytes
    }

    static func error(_ error: RPCError, id: RPCID) -> [UInt8] {
        var writer = begin(id, capacity: 256)
        writer.key("error")
        writer.beginObject()
        writer.key("code")
        writer.integer(error.code)
        writer.key("message")
        writer.string(error.message)
        if let data = error.data {
            writer.key("data")
            writer.value(data)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    static func notification(_ method: String, _ parameters: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("method")
        writer.string(method)
        writer.key("params")
        writer.value(parameters)
        writer.endObject()
        return writer.bytes
    }

    static func batch(_ answers: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        bytes.reserveCapacity(answers.reduce(2) { $0 + $1.count + 1 })
        for (index, answer) in answers.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: answer)
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }

    private static func begin(_ id: RPCID, capacity: Int) -> JSONWriter {
        var writer = JSONWriter(capacity: capacity)
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.value(id.value)
        return writer
    }
}
