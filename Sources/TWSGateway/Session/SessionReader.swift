import TWSProtocol

/// What the bytes of a client turned out to be.
enum SessionInput: Equatable, Sendable {
    /// The greeting with the versions offered.
    case offer(ClientGreeting)
    /// A request.
    case request(ClientMessage)
    /// A request that cannot be read; `request` is its number of the request, where that much could be read.
    case discarded(MessageFault, request: Int32?)
    /// A number of no request.
    case unknown(MessageID)
    /// A frame without content.
    case empty
    /// The stream cannot be read on; the text says why.
    case broken(String)
}

/// Turns the bytes of one connection into greeting and requests; knows nothing of sockets.
struct SessionReader: ~Copyable {
    private enum Phase {
        case greeting, versions, requests(ServerVersion), broken
    }

    /// Longest request, in bytes: far above any, so that 32 clients cannot have the gateway wait for 16 MB each.
    static let longestRequest = 1 << 20

    private var buffer = FrameBuffer(limit: ClientGreeting.longestBody)
    private var phase = Phase.greeting

    /// Lets `read` put bytes in; see `FrameBuffer.fill`.
    mutating func fill(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int { buffer.fill(read) }

    /// From now on requests are read, as of `version`.
    mutating func agree(_ version: ServerVersion) {
        phase = .requests(version)
        buffer.limit = Self.longestRequest
    }

    /// The next input; `nil` until more bytes come, and for ever after a broken one.
    mutating func next() -> SessionInput? {
        switch phase {
        case .greeting: return greeting()
        case .versions: return offer()
        case .requests(let version): return request(version)
        case .broken: return nil
        }
    }

    private mutating func greeting() -> SessionInput? {
        switch buffer.withUnread(ClientGreeting.hasPrefix) {
        case nil: return nil
        case false?: return broken("the greeting does not begin with API")
        case true?:
            buffer.skip(ClientGreeting.prefix.count)
            phase = .versions
            return offer()
        }
    }

    private mutating func offer() -> SessionInput? {
        do throws(FrameFault) {
            switch try buffer.next(Self.offer) {
            case nil: return nil
            case .success(let greeting)?: return .offer(greeting)
            case .failure(let fault)?: return broken(fault.description)
            }
        } catch {
            return broken(error.description)
        }
    }

    private static func offer(_ body: Span<UInt8>) -> Result<ClientGreeting, HandshakeFault> {
        do throws(HandshakeFault) { return .success(try ClientGreeting(body: body)) } catch {
            return .failure(error)
        }
    }

    private mutating func request(_ version: ServerVersion) -> SessionInput? {
        do throws(FrameFault) {
            let read = try buffer.next { body in Self.input(body, version) }
            guard let read else { return nil }
            return try read.get()
        } catch {
            return broken(error.description)
        }
    }

    private static func input(_ body: Span<UInt8>, _ version: ServerVersion) -> Result<
        SessionInput, FrameFault
    > {
        do throws(FrameFault) {
            switch try ClientMessage.decode(body, version: version) {
            case .message(let message): return .success(.request(message))
            case .unknown(let number): return .success(.unknown(number))
            case .discarded(let fault):
                return .success(.discarded(fault, request: RequestNumber.read(body, version)))
            case .empty: return .success(.empty)
            }
        } catch {
            return .failure(error)
        }
    }

    private mutating func broken(_ reason: String) -> SessionInput {
        phase = .broken
        return .broken(reason)
    }
}
