/// Texts of errors as a gateway words them, about; clients go by the number.
enum GatewayErrorText {
    static func of(_ code: Int32) -> String { texts[code] ?? "Error \(code)" }

    private static let texts: [Int32: String] = [
        100: "Max rate of messages per second has been exceeded:max=50 rec=51",
        101: "Max number of tickers has been reached.",
        102: "Duplicate ticker id.",
        103: "Duplicate order id",
        162: "Historical Market Data Service error message:HMDS query returned no data",
        165: "Historical Market Data Service query message:no market data permissions",
        200: "No security definition has been found for the request",
        300: "Can't find EId with tickerId",
        309: "Max number (3) of market depth requests has been reached",
        310: "Can't find the subscribed market depth with tickerId",
        316: "Market depth data has been HALTED. Please re-subscribe.",
        317:
            "Market depth data has been RESET. Please empty deep book contents before applying any new entries.",
        321: "Error validating request",
        322: "Error processing request",
        326: "Unable to connect as the client id is already in use. Retry with a unique client id.",
        354: "Requested market data is not subscribed. Delayed market data is available.",
        366: "No historical data query found for ticker id",
        1100: "Connectivity between IBKR and Trader Workstation has been lost.",
        1101: "Connectivity between IBKR and Trader Workstation has been restored - data lost.",
        1102: "Connectivity between IBKR and Trader Workstation has been restored - data maintained.",
        1300:
            "TWS socket port has been reset and this connection is being dropped. Please reconnect on the new port -",
        2100: "New account data requested from TWS. API client has been unsubscribed from account data.",
        2103: "Market data farm connection is broken:usfarm",
        2104: "Market data farm connection is OK:usfarm",
        2105: "HMDS data farm connection is broken:ushmds",
        2106: "HMDS data farm connection is OK:ushmds",
        2107: "HMDS data farm connection is inactive but should be available upon demand.ushmds",
        2108: "Market data farm connection is inactive but should be available upon demand.usfarm",
        2110:
            "Connectivity between Trader Workstation and server is broken. It will be restored automatically.",
        2119: "Market data farm is connecting:usfarm",
        2152: "Exchanges - Depth: NASDAQ; ISLAND; Top: BATS; ARCA; ",
        2157: "Sec-def data farm connection is broken:secdefnj",
        2158: "Sec-def data farm connection is OK:secdefnj",
        10089:
            "Requested market data requires additional subscription for API. See link in 'Market Data Connections' dialog for more details.",
        10090:
            "Part of requested market data is not subscribed. Subscription-independent ticks are still active.",
        10091: "Part of requested market data requires additional subscription for API.",
        10092: "Deep market data is not supported for this combination of security type/exchange",
        10167: "Requested market data is not subscribed. Displaying delayed market data.",
        10168: "Requested market data is not subscribed. Delayed market data is not enabled.",
        10182: "Failed to request live updates (disconnected).",
        10186: "Requested market data is not subscribed. Delayed market data is not available.",
        10187: "Failed to request historical ticks: No data.",
        10189: "Failed to request tick-by-tick data: No market data permissions for this instrument",
        10190: "Max number of tick-by-tick requests has been reached.",
        10197: "No market data during competing live session",
    ]
}
