/// Cuts bytes into lines; a line over the limit is told as `nil` and passed over.
struct LineBuffer {
    private let limit: Int
    private var bytes: [UInt8] = []
    private var isOver = false

    init(limit: Int) { self.limit = limit }

    mutating func append(_ more: ArraySlice<UInt8>) -> [String?] {
        var lines: [String?] = []
        for byte in more {
            if byte == 0x0A {
                lines.append(isOver ? nil : String(decoding: bytes, as: UTF8.self))
                bytes.removeAll(keepingCapacity: true)
                isOver = false
            } else if bytes.count < limit {
                bytes.append(byte)
            } else {
                isOver = true
            }
        }
        return lines
    }

    /// What stands behind the last line end, when no more comes.
    mutating func finish() -> [String?] { bytes.isEmpty && !isOver ? [] : append([0x0A]) }
}
