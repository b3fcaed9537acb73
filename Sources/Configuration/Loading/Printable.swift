/// Text from outside, made safe for one line of a message.
enum Printable {
    /// Control characters escaped, cut after 120 characters.
    static func line(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(120) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned:
                result += scalar.escaped(asASCII: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 120 ? result + "…" : result
    }

    /// The same in double quotes.
    static func quoted(_ text: String) -> String { "\"\(line(text))\"" }
}
