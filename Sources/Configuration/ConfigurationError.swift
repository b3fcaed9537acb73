/// One thing that is wrong with the settings.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Kind: Sendable, Equatable, CaseIterable {
        /// A file is missing, unreadable or too large.
        case file
        /// A file is not YAML as we take it.
        case syntax
        /// A key nobody knows.
        case unknownKey
        /// A value of the wrong form or outside its range.
        case badValue
        /// A value that must be given is not.
        case missing
        /// Values that contradict each other.
        case conflict
        /// The profile does not allow the execution mode.
        case modeNotAllowed
        /// How many problems were left out.
        case omitted
    }

    /// What kind of trouble.
    public let kind: Kind
    /// Where it stands: `config/settings.yaml:12`, `environment IBKR_PORT`, `--speed`; empty when nowhere.
    public let origin: String
    /// The dotted key; empty when it concerns none.
    public let key: String
    /// What is wrong, in words; never the value of a setting.
    public let message: String

    init(_ kind: Kind, _ origin: String, _ key: String, _ message: String) {
        self.kind = kind
        self.origin = origin
        self.key = key
        self.message = message
    }

    /// `config/profiles/prod.yaml:12: risk.max_size: must be > 0`, always one line.
    public var description: String {
        [origin, Printable.line(key), message].filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// Everything that is wrong with the settings, in the order of the layers; the program exits 78 on it.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one.
    public let problems: [ConfigurationProblem]

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Collects problems up to a bound, so that a hostile file cannot make the report unbounded.
struct ProblemList: Sendable {
    /// Problems kept; the rest is only counted.
    static let limit = 200

    private(set) var kept: [ConfigurationProblem] = []
    private var omitted = 0

    /// Adds one; `problem` is not evaluated once the list is full.
    mutating func add(_ problem: @autoclosure () -> ConfigurationProblem) {
        if kept.count < Self.limit {
            kept.append(problem())
        } else {
            omitted += 1
        }
    }

    /// The problems as an error; `nil` when there are none.
    var error: ConfigurationError? {
        guard omitted > 0 else { return kept.isEmpty ? nil : ConfigurationError(problems: kept) }
        let rest = ConfigurationProblem(.omitted, "", "", "and \(omitted) more problems")
        return ConfigurationError(problems: kept + [rest])
    }
}
