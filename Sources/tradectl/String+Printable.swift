extension String {
    /// The text on lines of its own with everything shown as what it is: files and names of others may hold control sequences.
    var printable: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar != "\n": text += scalar.escaped(asASCII: true)
            case .format, .lineSeparator, .paragraphSeparator, .unassigned:
                text += scalar.escaped(asASCII: true)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
