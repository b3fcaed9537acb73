import TradingModel

@testable import TWSProtocol

/// Section 6 of the reference: what a gateway says about the session and the accounts.
extension MessageVector {
    static let sessionReports: [MessageVector] = [
        gateway(
            ErrorMessage.self, [178, 193],
            [
                "id": "4", "ver": "2", "reqId": "7", "code": "202",
                "text": #"Order cancelled: \u53d6\u6d88"#, "advancedOrderRejectJson": "{}",
            ]
        ) {
            ($0.id, $0.code, $0.text) = (7, 202, "Order cancelled: 取消")
            $0.advancedRejection = "{}"
        },
        gateway(
            ErrorMessage.self, [194, 200],
            [
                "id": "4", "reqId": "-1", "code": "2104", "text": "Farm is OK",
                "advancedOrderRejectJson": #"{"a":"\u00e9"}"#, "errorTime": "1795000000123",
            ]
        ) {
            ($0.id, $0.code, $0.text) = (-1, 2104, "Farm is OK")
            $0.advancedRejection = #"{"a":"é"}"#
            $0.time = 1_795_000_000_123
        },
        gateway(NextValidID.self, [178, 200], ["id": "9", "ver": "1", "orderId": "42"]) { $0.orderID = 42 },
        gateway(ManagedAccounts.self, [178, 200], ["id": "15", "ver": "1", "accounts": "DU1,DU2,"]) {
            $0.accounts = "DU1,DU2,"
        },
        gateway(CurrentTime.self, [178, 200], ["id": "49", "ver": "1", "time": "1795000000"]) {
            $0.seconds = 1_795_000_000
        },
        gateway(ReplaceAdvisorEnd.self, [178, 200], ["id": "103", "reqId": "9", "text": "done"]) {
            $0.requestID = 9
            $0.text = "done"
        },
        gateway(UserInfo.self, [178, 200], ["id": "107", "reqId": "9", "whiteBrandingId": "brand"]) {
            $0.requestID = 9
            $0.whiteBrandingID = "brand"
        },
        gateway(CurrentTimeInMilliseconds.self, [197, 200], ["id": "109", "time": "1795000000123"]) {
            $0.milliseconds = 1_795_000_000_123
        },
    ]

    static let accountReports: [MessageVector] =
        positions + [
            gateway(
                AccountValue.self, [178, 200],
                [
                    "id": "6", "ver": "2", "key": "NetLiquidation", "value": "1000000.01", "currency": "EUR",
                    "account": "DU1",
                ]
            ) {
                ($0.key, $0.value) = ("NetLiquidation", "1000000.01")
                ($0.currency, $0.account) = ("EUR", "DU1")
            },
            gateway(AccountUpdateTime.self, [178, 200], ["id": "8", "ver": "1", "time": "14:30"]) {
                $0.time = "14:30"
            },
            gateway(AccountDownloadEnd.self, [178, 200], ["id": "54", "ver": "1", "account": "DU1"]) {
                $0.account = "DU1"
            },
            gateway(PositionEnd.self, [178, 200], ["id": "62", "ver": "1"]),
            gateway(
                AccountSummaryValue.self, [178, 200],
                [
                    "id": "63", "ver": "1", "reqId": "9", "account": "DU1", "tag": "BuyingPower",
                    "value": "4000000.00", "currency": "EUR",
                ]
            ) {
                ($0.requestID, $0.account, $0.tag) = (9, "DU1", "BuyingPower")
                ($0.value, $0.currency) = ("4000000.00", "EUR")
            },
            gateway(AccountSummaryEnd.self, [178, 200], ["id": "64", "ver": "1", "reqId": "9"]) {
                $0.requestID = 9
            },
            gateway(
                AccountUpdateMulti.self, [178, 200],
                [
                    "id": "73", "ver": "1", "reqId": "9", "account": "DU1", "modelCode": "Growth",
                    "key": "CashBalance", "value": "12.50", "currency": "EUR",
                ]
            ) {
                ($0.requestID, $0.account, $0.modelCode) = (9, "DU1", "Growth")
                ($0.key, $0.value, $0.currency) = ("CashBalance", "12.50", "EUR")
            },
            gateway(AccountUpdateMultiEnd.self, [178, 200], ["id": "74", "ver": "1", "reqId": "9"]) {
                $0.requestID = 9
            },
            gateway(
                ProfitAndLoss.self, [178, 200],
                ["id": "94", "reqId": "9", "daily": "-0.25", "unrealized": "17.5", "realized": "3.125"]
            ) {
                $0.requestID = 9
                $0.daily = Money(try Price("-0.25"))
                $0.unrealized = Money(try Price("17.5"))
                $0.realized = Money(try Price("3.125"))
            },
        ]

    private static let positions: [MessageVector] = [
        gateway(
            PortfolioValue.self, [178, 200],
            ["id": "7", "ver": "8"] + .contract12.without("exchange") + [
                "position": "-3", "marketPrice": "12.25", "marketValue": "-1837.5", "averageCost": "625.5",
                "unrealizedPNL": "39.75", "realizedPNL": "-7.25", "account": "DU1",
            ]
        ) {
            $0.contract = try .option()
            $0.contract.exchange = ""
            $0.position = try Quantity("-3")
            $0.marketPrice = Money(try Price("12.25"))
            $0.marketValue = Money(try Price("-1837.5"))
            $0.averageCost = Money(try Price("625.5"))
            $0.unrealizedPnL = Money(try Price("39.75"))
            $0.realizedPnL = Money(try Price("-7.25"))
            $0.account = "DU1"
        },
        gateway(
            PositionReport.self, [178, 200],
            ["id": "61", "ver": "3", "account": "DU1"] + .contract11 + [
                "position": "-2.5", "avgCost": "625.5",
            ]
        ) {
            $0.account = "DU1"
            $0.contract = try .reportedOption()
            $0.position = try Quantity("-2.5")
            $0.averageCost = Money(try Price("625.5"))
        },
    ]
}
