import ArgumentParser
import ExactJSON

/// `tradectl faults`
struct FaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults",
        abstract: "Shows which faults hold, since when and why, and how often each came.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws { connection.show(try connection.call("fault.show"), Self.text) }

    static func text(_ answer: JSONValue) -> String {
        let faults = answer["faults"]?.arrayValue ?? []
        var held = Table("<FAULT", "<SUBJECT", "<SINCE", "<WHY", "<WHAT ENDS IT")
        for fault in faults {
            held.add(
                fault.cell("fault"), fault.cell("subject"), fault.cell("since"), fault.cell("reason"),
                fault.cell("clears"))
        }
        var counts = Table("<FAULT", "COUNT", "<LAST")
        for count in answer["counts"]?.arrayValue ?? [] {
            counts.add(count.cell("fault"), count.cell("count"), count.cell("last_at"))
        }
        return (faults.isEmpty ? "no fault holds\n" : held.text) + "\n" + counts.text
    }
}
