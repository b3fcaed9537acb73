import Glibc
import Platform
import Synchronization

/// The other clients of a daemon: those that are merely connected, and those that mean harm.
final class Crowd: Sendable {
    /// How a client means harm.
    private enum Malice: Int, CaseIterable {
        /// As many requests as the socket takes, far above what a user may ask.
        case flood
        /// Long lines that are no JSON, nested deeply.
        case garbage
        /// A request a byte at a time.
        case trickle
        /// The same as `flood`, in batches.
        case batches

        var lines: [UInt8] {
            let hello = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.hello\"}"
            switch self {
            case .flood, .trickle: return Array(String(repeating: hello + "\n", count: 256).utf8)
            case .garbage:
                let line = String(repeating: "[", count: 31) + String(repeating: "x", count: 16_000) + "\n"
                return Array(line.utf8)
            case .batches:
                let batch = "[" + Array(repeating: hello, count: 32).joined(separator: ",") + "]\n"
                return Array(String(repeating: batch, count: 8).utf8)
            }
        }
    }

    /// Users of whom the crowd is made; the daemon knows no role of theirs.
    private static let users = (0..<6).map { uid_t(61_000 + $0) }

    /// Connected and silent.
    let idle: [ControlConnection]
    /// Connected and at work against the daemon.
    let hostile: [ControlConnection]
    private let isOver = Atomic(false)

    /// Connects as many as the daemon lets in, and sets the hostile ones to work.
    init(_ path: String, idle: Int, hostile: Int) {
        var made: [ControlConnection] = []
        for number in 0..<(idle + hostile) {
            let user = Self.users[number % Self.users.count]
            if let connection = try? ControlConnection(path, as: user) { made.append(connection) }
        }
        self.hostile = Array(made.prefix(hostile))
        self.idle = Array(made.dropFirst(hostile))
    }

    /// Sets the hostile ones to work until `end`.
    func begin() throws {
        for (number, connection) in hostile.enumerated() {
            let malice = Malice.allCases[number % Malice.allCases.count]
            try NamedThread.start("hostile-\(number)") { [self] in work(connection, malice) }
        }
    }

    /// No more harm.
    func end() { isOver.store(true, ordering: .relaxed) }

    private func work(_ connection: ControlConnection, _ malice: Malice) {
        let lines = malice.lines
        let most = malice == .trickle ? 1 : lines.count
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var place = 0
        while !isOver.load(ordering: .relaxed) {
            guard let count = connection.offer(lines[place..<min(lines.count, place + most)]) else { return }
            place = (place + count) % lines.count
            connection.drain(&buffer)
            if count == 0 || malice == .trickle { _ = poll(nil, 0, 1) }
        }
    }
}
