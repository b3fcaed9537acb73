import ExactJSON

/// A parameter that a method takes: its name, kind and range.
public struct ParameterRule: Equatable, Sendable {
    /// What a parameter may hold.
    public enum Kind: Equatable, Sendable {
        /// Text of 1 to `longest` bytes.
        case text(longest: Int)
        /// A whole number.
        case integer(ClosedRange<Int>)
        /// `true` or `false`.
        case flag
        /// One of these words.
        case choice([String])
    }

    /// The name on the wire.
    public let name: String
    /// What it may hold.
    public let kind: Kind
    /// True when a call without it is refused.
    public let isRequired: Bool

    /// A parameter that must be there.
    static func required(_ name: String, _ kind: Kind) -> ParameterRule {
        ParameterRule(name: name, kind: kind, isRequired: true)
    }

    /// A parameter that may be left out or `null`.
    static func optional(_ name: String, _ kind: Kind) -> ParameterRule {
        ParameterRule(name: name, kind: kind, isRequired: false)
    }

    /// The kind in words, e.g. `whole number 1…1000`.
    public var expectation: String {
        switch kind {
        case .text(let longest): "text of 1…\(longest) bytes"
        case .integer(let range): "whole number \(range.lowerBound)…\(range.upperBound)"
        case .flag: "true or false"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        }
    }

    func accepts(_ value: JSONValue) -> Bool {
        switch kind {
        case .text(let longest): value.stringValue.map { (1...longest).contains($0.utf8.count) } ?? false
        case .integer(let range): value.integerValue.map(range.contains) ?? false
        case .flag: value.boolValue != nil
        case .choice(let words): value.stringValue.map(words.contains) ?? false
        }
    }
}

extension [ParameterRule] {
    /// Everything wrong with `members`, in their order, then what is missing.
    func issues(in members: [JSONValue.Member]) -> [ParameterIssue] {
        let wrong = members.compactMap { member -> ParameterIssue? in
            guard let rule = first(where: { $0.name == member.key }) else {
                return ParameterIssue(String(member.key.prefix(64)), "unknown parameter")
            }
            if member.value == .null && !rule.isRequired { return nil }
            return rule.accepts(member.value)
                ? nil : ParameterIssue(rule.name, "must be \(rule.expectation)")
        }
        let missing = filter { rule in rule.isRequired && !members.contains { $0.key == rule.name } }
        return wrong + missing.map { ParameterIssue($0.name, "missing") }
    }
}
