import TradingModel

@testable import TWSProtocol

/// Section 6 of the reference: what a gateway says about orders and fills.
extension MessageVector {
    static let orderReports: [MessageVector] =
        executionReports + openOrders + completedOrders + [
            gateway(
                OrderStatusReport.self, [178, 200],
                [
                    "id": "3", "orderId": "7", "status": "Submitted", "filled": "1.5", "remaining": "0.5",
                    "avgFillPrice": "1.125", "permId": "1234567890123", "parentId": "6",
                    "lastFillPrice": "1.25", "clientId": "4", "whyHeld": "locate", "mktCapPrice": "1.375",
                ]
            ) {
                ($0.orderID, $0.status, $0.parentID, $0.clientID) = (7, "Submitted", 6, 4)
                $0.filled = try Quantity("1.5")
                $0.remaining = try Quantity("0.5")
                $0.averageFillPrice = try Price("1.125")
                $0.lastFillPrice = try Price("1.25")
                $0.marketCapPrice = try Price("1.375")
                $0.permanentID = 1_234_567_890_123
                $0.whyHeld = "locate"
            },
            gateway(OpenOrderEnd.self, [178, 200], ["id": "53", "ver": "1"]),
            gateway(
                OrderBound.self, [178, 200],
                ["id": "100", "permId": "1234567890123", "clientId": "4", "orderId": "7"]
            ) { ($0.permanentID, $0.clientID, $0.orderID) = (1_234_567_890_123, 4, 7) },
            gateway(CompletedOrdersEnd.self, [178, 200], ["id": "102"]),
        ]

    private static let execution: Annotated =
        ["id": "11", "reqId": "-1", "orderId": "7"] + .contract11 + [
            "execId": "0000e0d5.67fe667b.01.01", "time": "20261122 14:30:00 US/Eastern", "account": "DU1",
            "exchange of the fill": "CBOE", "side": "BOT", "shares": "0.5", "price": "12.25",
            "permId": "1234567890123", "clientId": "4", "liquidation": "3", "cumQty": "20000",
            "avgPrice": "12.125", "orderRef": "t-42", "evRule": "rule", "evMultiplier": "1.5",
            "modelCode": "Growth", "lastLiquidity": "2", "pendingPriceRevision": "1",
        ]

    @Sendable
    private static func fill(_ message: inout ExecutionReport) throws {
        (message.requestID, message.orderID, message.clientID) = (-1, 7, 4)
        message.contract = try .reportedOption()
        message.executionID = "0000e0d5.67fe667b.01.01"
        message.time = "20261122 14:30:00 US/Eastern"
        (message.account, message.exchange, message.side) = ("DU1", "CBOE", "BOT")
        message.shares = try Quantity("0.5")
        message.price = try Price("12.25")
        message.permanentID = 1_234_567_890_123
        (message.liquidation, message.lastLiquidity) = (3, 2)
        message.cumulativeQuantity = try Quantity("20000")
        message.averagePrice = try Price("12.125")
        (message.orderReference, message.evRule, message.modelCode) = ("t-42", "rule", "Growth")
        message.evMultiplier = 1.5
        message.isPriceRevisionPending = true
    }

    private static let executionReports: [MessageVector] = [
        gateway(ExecutionReport.self, [178, 197], execution, fill),
        gateway(ExecutionReport.self, [198, 200], execution + ["submitter": "me"]) {
            try fill(&$0)
            $0.submitter = "me"
        },
        gateway(ExecutionReportsEnd.self, [178, 200], ["id": "55", "ver": "1", "reqId": "9"]) {
            $0.requestID = 9
        },
        gateway(
            CommissionReport.self, [178, 200],
            [
                "id": "59", "ver": "1", "execId": "0000e0d5.67fe667b.01.01", "commission": "2.00001",
                "currency": "USD", "realizedPNL": "-17.25", "yield": "4.5",
                "yieldRedemptionDate": "20271122",
            ]
        ) {
            $0.executionID = "0000e0d5.67fe667b.01.01"
            $0.commission = Money(try Price("2.00001"))
            $0.currency = "USD"
            $0.realizedPnL = Money(try Price("-17.25"))
            $0.yield = 4.5
            $0.yieldRedemptionDate = 20_271_122
        },
    ]
}
