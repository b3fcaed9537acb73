import ExactJSON

extension JSONValue {
    /// The exact text of a number, or the text of a string; empty for everything else.
    public var cellText: String {
        switch self {
        case .string(let text), .number(let text): text
        case .null, .bool, .array, .object: ""
        }
    }

    /// What the member of that key holds, as `cellText`; empty where there is none.
    public subscript(text key: String) -> String { self[key]?.cellText ?? "" }
}
