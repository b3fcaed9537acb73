import MarketData
import Platform

/// Why a gateway cannot run.
public enum GatewayError: Error, Sendable, CustomStringConvertible {
    /// It cannot listen, or the machine has nothing left.
    case system(SystemError)
    /// Another process takes commands at that path.
    case controlInUse(String)
    /// Its orders and executions cannot be read.
    case brokerage(BrokerageError)
    /// Its recording cannot be read.
    case recording(HistoricalLoaderError)
    /// A fault is none; the text names its place.
    case fault(FaultSyntaxError)

    /// One line for the operator.
    public var description: String {
        switch self {
        case .system(let error): error.description
        case .controlInUse(let path): "--control: \(path): another process takes commands there"
        case .brokerage(let error): error.description
        case .recording(let error): error.description
        case .fault(let error): error.description
        }
    }
}
