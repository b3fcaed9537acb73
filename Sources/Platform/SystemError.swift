import Glibc

/// A failed system call: what was attempted, on what, and errno.
public struct SystemError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The call, e.g. `open`.
    public let call: String
    /// What it was applied to, e.g. a path.
    public let subject: String
    /// errno of the call.
    public let code: Int32

    /// Records a failure; `code` defaults to the current errno.
    public init(_ call: String, _ subject: String, code: Int32 = errno) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// `path: reason (call)`.
    public var description: String { "\(subject): \(String(cString: strerror(code))) (\(call))" }
}
