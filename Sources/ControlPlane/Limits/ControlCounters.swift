/// What happened at the control plane since it started; only ever grows.
public struct ControlCounters: Equatable, Sendable {
    /// Connections taken.
    public var connections = 0
    /// Connections refused because all places were taken.
    public var refusedClients = 0
    /// Connections refused because their user had too many.
    public var refusedClientsPerUser = 0
    /// Connections closed in favour of a caller who may engage the kill switch.
    public var evictedClients = 0
    /// Connections that could not be accepted (no file descriptors, peer gone).
    public var failedAccepts = 0
    /// Lines that are requests or notifications, each element of a batch by itself.
    public var requests = 0
    /// Notifications among them.
    public var notifications = 0
    /// Mutating notifications that were dropped.
    public var droppedNotifications = 0
    /// Lines that are not JSON.
    public var parseErrors = 0
    /// JSON that is no request.
    public var invalidRequests = 0
    /// Calls of methods that do not exist.
    public var unknownMethods = 0
    /// Calls refused by role.
    public var unauthorised = 0
    /// Calls refused for wrong parameters.
    public var invalidParameters = 0
    /// Requests refused because their user sent too many.
    public var rateLimited = 0
    /// Calls refused because too many of the client's are unanswered.
    public var tooManyInFlight = 0
    /// Request lines over the limit.
    public var oversizedRequests = 0
    /// Batches over the limit.
    public var oversizedBatches = 0
    /// Answers over the limit.
    public var oversizedAnswers = 0
    /// Handlers that gave an error.
    public var failedCalls = 0
    /// Mutating calls answered from memory by their `request_id`.
    public var repeatedCalls = 0
    /// Deferred calls not answered by their deadline.
    public var lateAnswers = 0
    /// Connections closed for want of requests.
    public var idleTimeouts = 0
    /// Connections closed in the middle of a request that did not go on.
    public var arrivalTimeouts = 0
    /// Connections closed because the client did not read.
    public var writeTimeouts = 0
    /// Connections lost by an error of the socket.
    public var brokenConnections = 0

    /// All zero.
    public init() {}
}
