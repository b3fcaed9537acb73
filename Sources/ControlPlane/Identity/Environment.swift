import Glibc

/// Environment variables: the process's own, or given ones in tests.
public struct Environment: Sendable {
    private let lookup: @Sendable (String) -> String?

    /// The variables of this process.
    public static let process = Environment { getenv($0).map { String(cString: $0) } }

    /// Exactly these variables.
    public init(_ variables: [String: String]) { lookup = { variables[$0] } }

    private init(_ lookup: @escaping @Sendable (String) -> String?) { self.lookup = lookup }

    /// The value; `nil` when unset or empty.
    public subscript(name: String) -> String? {
        guard let value = lookup(name), !value.isEmpty else { return nil }
        return value
    }
}
