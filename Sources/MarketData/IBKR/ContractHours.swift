import TWSProtocol

/// The hours a contract trades by the gateway's word.
struct ContractHours {
    /// Those hours; always, where it says none that can be understood.
    let calendar: TradingCalendar
    /// Why they are not known; `nil` where they are.
    let fault: String?

    init(_ data: ContractData) { (calendar, fault) = Self.read(data) }

    private static func read(_ data: ContractData) -> (TradingCalendar, String?) {
        guard !data.tradingHours.isEmpty else { return (.always, "no trading hours were told") }
        guard let zone = GatewayTimeZone.rules(data.timeZoneID) else {
            return (.always, "the time zone '\(data.timeZoneID.prefix(40))' is not known")
        }
        guard let hours = TradingHours(data.tradingHours, zone: zone) else {
            return (.always, "the trading hours '\(data.tradingHours.prefix(40))' cannot be read")
        }
        return (.sessions(hours), nil)
    }
}
