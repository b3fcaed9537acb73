import ArgumentParser
import Audit
import ExactJSON
import Glibc
import Platform

/// `tradectl audit tail`
struct AuditTailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Shows the last lines of a log; what it shows is not proved.",
        discussion: "--json prints the lines as they are.")

    @Argument(help: "The audit directory (tradectl status shows it).")
    var directory: String

    @Option(name: [.customShort("n"), .long], help: "How many lines.")
    var lines = 10

    @Flag(help: "Go on with new lines until interrupted.")
    var follow = false

    /// Of these only `--json` means something here.
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func validate() throws {
        guard (0...1_000_000).contains(lines) else {
            throw ValidationError("--lines must be from 0 to 1000000")
        }
    }

    func run() throws {
        do throws(SystemError) {
            let tail = try AuditTail(directory: directory, count: lines)
            for line in tail.lines { show(line) }
            guard follow else { return }
            var follower = try AuditFollower(
                directory: directory, segment: tail.segment, offset: tail.offset)
            while true {
                try follower.read(show)
                follower.wait(milliseconds: 1_000)
            }
        } catch {
            throw Failure(error.description, exitCode: error.code == ENOENT ? 2 : 1)
        }
    }

    private func show(_ line: [UInt8]) {
        if connection.json {
            Console.output(String(decoding: line, as: UTF8.self) + "\n")
        } else if let value = try? JSONParser.parse(line) {
            Console.output(Self.row(value) + "\n")
        } else {
            Console.output("?  not a line of an audit log\n")
        }
    }

    /// Time, number, type and the main facts.
    private static func row(_ line: JSONValue) -> String {
        let facts = (line["data"]?.objectValue ?? []).compactMap { member -> String? in
            switch member.value {
            case .array, .object, .null: nil
            // The note of a checkpoint.
            case .string(let text) where text.contains("\n"): nil
            default: "\(member.key) \(printable(member.value.cell))"
            }
        }
        let type = line.cell("type")
        let space = String(repeating: " ", count: max(1, 26 - type.count))
        return "\(printable(line.cell("ts")))  \(line.cell("seq"))  \(printable(type))\(space)"
            + facts.joined(separator: "  ")
    }

    /// Cut to 80 characters, without anything that moves a terminal's cursor.
    private static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(80).map { scalar in
            scalar.properties.generalCategory == .control ? "?" : Character(scalar)
        }
        return String(scalars)
    }
}
