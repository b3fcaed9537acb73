/// A line that is no fault.
public struct FaultSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// `FILE:LINE`, or empty for a line that was given live.
    public let place: String
    /// What is wrong with it.
    public let reason: String

    /// An error at a place.
    public init(_ reason: String, place: String = "") {
        self.place = place
        self.reason = reason
    }

    /// `FILE:LINE: reason`.
    public var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
}
