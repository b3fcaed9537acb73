@testable import TWSProtocol

/// Section 5 of the reference: what a client says about orders and executions.
extension MessageVector {
    static let orderRequests: [MessageVector] =
        cancels + executions + placeOrders + [
            client(RequestOpenOrders.self, [178, 200], ["id": "5", "ver": "1"]),
            client(RequestAllOpenOrders.self, [178, 200], ["id": "16", "ver": "1"]),
            client(RequestAutoOpenOrders.self, [178, 200], ["id": "15", "ver": "1", "autoBind": "0"]),
            client(RequestAutoOpenOrders.self, [178, 200], ["id": "15", "ver": "1", "autoBind": "1"]) {
                $0.isBinding = true
            },
            client(RequestCompletedOrders.self, [178, 200], ["id": "99", "apiOnly": "1"]) {
                $0.isAPIOnly = true
            },
        ]

    private static let cancel: Annotated = [
        "id": "4", "ver": "1", "orderId": "7", "manualOrderCancelTime": "20261122-14:30:00",
    ]
    private static let tagging: Annotated = ["extOperator": "op", "manualOrderIndicator": "0"]

    private static let cancels: [MessageVector] = [
        client(CancelOrder.self, [178, 186, 190, 191], cancel) {
            $0.orderID = 7
            $0.manualCancelTime = "20261122-14:30:00"
        },
        client(
            CancelOrder.self, [187, 189],
            cancel + ["unused 1": "", "unused 2": "", "unused 3": "2147483647"]
        ) {
            $0.orderID = 7
            $0.manualCancelTime = "20261122-14:30:00"
        },
        client(CancelOrder.self, [192, 200], cancel.without("ver") + tagging) {
            $0.orderID = 7
            $0.manualCancelTime = "20261122-14:30:00"
            $0.tagging.externalOperator = "op"
            $0.tagging.manualOrderIndicator = 0
        },
        client(GlobalCancel.self, [178, 191], ["id": "58", "ver": "1"]),
        client(GlobalCancel.self, [192, 200], ["id": "58"] + tagging) {
            $0.tagging.externalOperator = "op"
            $0.tagging.manualOrderIndicator = 0
        },
    ]

    private static let executionFilter: Annotated = [
        "id": "7", "ver": "3", "reqId": "9", "clientId": "5", "account": "DU1",
        "time": "20261122 00:00:00 UTC", "symbol": "EUR", "secType": "CASH", "exchange": "IDEALPRO",
        "side": "SELL",
    ]

    private static let executions: [MessageVector] = [
        client(RequestExecutions.self, [178, 199], executionFilter, filter),
        client(
            RequestExecutions.self, [200],
            executionFilter + ["lastNDays": "4", "dates": "2", "date 1": "20261120", "date 2": "20261121"]
        ) {
            try filter(&$0)
            $0.lastDays = 4
            $0.dates = [20_261_120, 20_261_121]
        },
    ]

    @Sendable
    private static func filter(_ message: inout RequestExecutions) throws {
        message.requestID = 9
        message.clientID = 5
        message.account = "DU1"
        message.time = "20261122 00:00:00 UTC"
        message.symbol = "EUR"
        message.securityType = "CASH"
        message.exchange = "IDEALPRO"
        message.side = "SELL"
    }
}
