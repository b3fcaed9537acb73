@testable import TWSProtocol

/// Section 5 of the reference: what a client says about its session and its accounts.
extension MessageVector {
    static let sessionRequests: [MessageVector] = [
        client(
            StartAPI.self, [178, 200],
            ["id": "71", "ver": "2", "clientId": "3", "optionalCapabilities": "PACEAPI"]
        ) {
            $0.clientID = 3
            $0.optionalCapabilities = "PACEAPI"
        },
        client(RequestIDs.self, [178, 200], ["id": "8", "ver": "1", "numIds": "5"]) { $0.count = 5 },
        client(SetServerLogLevel.self, [178, 200], ["id": "14", "ver": "1", "level": "5"]) { $0.level = 5 },
        client(RequestManagedAccounts.self, [178, 200], ["id": "17", "ver": "1"]),
        client(RequestCurrentTime.self, [178, 200], ["id": "49", "ver": "1"]),
        client(RequestUserInfo.self, [178, 200], ["id": "104", "reqId": "9"]) { $0.requestID = 9 },
        client(RequestCurrentTimeInMilliseconds.self, [197, 200], ["id": "105"]),
    ]

    static let accountRequests: [MessageVector] = [
        client(
            RequestAccountUpdates.self, [178, 200],
            ["id": "6", "ver": "2", "subscribe": "1", "account": "DU1"]
        ) {
            $0.isSubscribing = true
            $0.account = "DU1"
        },
        client(RequestPositions.self, [178, 200], ["id": "61", "ver": "1"]),
        client(
            RequestAccountSummary.self, [178, 200],
            ["id": "62", "ver": "1", "reqId": "9", "group": "All", "tags": "NetLiquidation,BuyingPower"]
        ) {
            $0.requestID = 9
            $0.group = "All"
            $0.tags = "NetLiquidation,BuyingPower"
        },
        client(CancelAccountSummary.self, [178, 200], ["id": "63", "ver": "1", "reqId": "9"]) {
            $0.requestID = 9
        },
        client(CancelPositions.self, [178, 200], ["id": "64", "ver": "1"]),
        client(
            RequestAccountUpdatesMulti.self, [178, 200],
            [
                "id": "76", "ver": "1", "reqId": "9", "account": "DU1", "modelCode": "Growth",
                "ledgerAndNLV": "0",
            ]
        ) {
            $0.requestID = 9
            $0.account = "DU1"
            $0.modelCode = "Growth"
        },
        client(
            RequestAccountUpdatesMulti.self, [178, 200],
            [
                "id": "76", "ver": "1", "reqId": "9", "account": "DU1", "modelCode": "", "ledgerAndNLV": "1",
            ]
        ) {
            $0.requestID = 9
            $0.account = "DU1"
            $0.isLedgerAndValueOnly = true
        },
        client(CancelAccountUpdatesMulti.self, [178, 200], ["id": "77", "ver": "1", "reqId": "9"]) {
            $0.requestID = 9
        },
        client(
            RequestPnL.self, [178, 200], ["id": "92", "reqId": "9", "account": "DU1", "modelCode": "Growth"]
        ) {
            $0.requestID = 9
            $0.account = "DU1"
            $0.modelCode = "Growth"
        },
        client(CancelPnL.self, [178, 200], ["id": "93", "reqId": "9"]) { $0.requestID = 9 },
    ]
}
