import TradingModel

@testable import TWSProtocol

/// Section 6.2 of the reference: what a gateway says of a contract.
extension MessageVector {
    private static let begin: Annotated = [
        "id": "10", "reqId": "9", "symbol": "ES", "secType": "FOP",
        "lastTradeDateOrContractMonth": "20261218 08:30 US/Central",
    ]

    private static let lastTradeDate: Annotated = ["lastTradeDate": "20261218"]

    private static let middle: Annotated = [
        "strike": "6010.25", "right": "C", "exchange": "SMART", "currency": "USD",
        "localSymbol": "ESZ6 C6010", "marketName": "E1", "tradingClass": "E1A", "conId": "495512563",
        "minTick": "5.0E-5", "multiplier": "50", "orderTypes": "LMT,MKT", "validExchanges": "CME,QBALGO",
        "priceMagnifier": "100", "underConId": "11004968", "longName": #"E-mini S&P 500 \u2013 call"#,
        "primaryExchange": "CME", "contractMonth": "202612", "industry": "Indices",
        "category": "Broad Range", "subcategory": "Equity", "timeZoneId": "US/Central",
        "tradingHours": "20261122:1700-20261123:1600", "liquidHours": "20261123:0830-20261123:1500",
        "evRule": "aussieBond:YearsToExpiration=3", "evMultiplier": "4", "secIdCount": "1",
        "tag": "ISIN", "value": "US0378331005",
        "aggGroup": "2147483646", "underSymbol": "ESZ6", "underSecType": "FUT", "marketRuleIds": "67,68",
        "realExpirationDate": "20261219", "stockType": "COMMON", "minSize": "0.5", "sizeIncrement": "0.1",
        "suggestedSizeIncrement": "10.5",
    ]

    private static let reasons: Annotated = [
        "reasons": "2", "reason 1": "FRACTIONAL", "description 1": "not in fractions",
        "reason 2": "TRADING", "description 2": "not here",
    ]

    static let contractReports: [MessageVector] = [
        gateway(ContractDataEnd.self, [178, 200], ["id": "52", "ver": "1", "reqId": "9"]) {
            $0.requestID = 9
        },
        gateway(ContractData.self, [178, 181], begin + middle, fill),
        gateway(ContractData.self, [182, 185], begin + lastTradeDate + middle) {
            try fill(&$0)
            $0.lastTradeDate = "20261218"
        },
        gateway(ContractData.self, [186, 200], begin + lastTradeDate + middle + reasons) {
            try fill(&$0)
            $0.lastTradeDate = "20261218"
            $0.ineligibilityReasons = ineligibility
        },
        fund("1", "0", "0") { $0.isClosed = true },
        fund("0", "1", "0") { $0.isClosedForNewInvestors = true },
        fund("0", "0", "1") { $0.isClosedForNewMoney = true },
    ]

    private static let ineligibility: [IneligibilityReason] = {
        var first = IneligibilityReason()
        (first.id, first.explanation) = ("FRACTIONAL", "not in fractions")
        var second = IneligibilityReason()
        (second.id, second.explanation) = ("TRADING", "not here")
        return [first, second]
    }()

    @Sendable
    private static func fill(_ message: inout ContractData) throws {
        message.requestID = 9
        message.contract = try .option()
        message.contract.lastTradeDateOrContractMonth = "20261218 08:30 US/Central"
        message.marketName = "E1"
        message.minTick = try Price("0.00005")
        (message.orderTypes, message.validExchanges) = ("LMT,MKT", "CME,QBALGO")
        (message.priceMagnifier, message.underlyingContractID) = (100, 11_004_968)
        (message.longName, message.contractMonth) = ("E-mini S&P 500 – call", "202612")
        (message.industry, message.category, message.subcategory) = ("Indices", "Broad Range", "Equity")
        message.timeZoneID = "US/Central"
        message.tradingHours = "20261122:1700-20261123:1600"
        message.liquidHours = "20261123:0830-20261123:1500"
        (message.evRule, message.evMultiplier) = ("aussieBond:YearsToExpiration=3", 4)
        message.securityIDs = [TagValue("ISIN", "US0378331005")]
        message.aggregationGroup = 2_147_483_646
        (message.underlyingSymbol, message.underlyingSecurityType) = ("ESZ6", "FUT")
        (message.marketRuleIDs, message.realExpirationDate) = ("67,68", "20261219")
        message.stockType = "COMMON"
        message.minimumSize = try Quantity("0.5")
        message.sizeIncrement = try Quantity("0.1")
        message.suggestedSizeIncrement = try Quantity("10.5")
    }

    /// A fund, with its seventeen fields.
    private static func fund(
        _ isClosed: String, _ toInvestors: String, _ toMoney: String,
        _ flag: @escaping @Sendable (inout FundData) -> Void
    ) -> MessageVector {
        let fields: Annotated = [
            "fundName": "N", "fundFamily": "F", "fundType": "T", "fundFrontLoad": "1.5",
            "fundBackLoad": "2.5", "fundBackLoadTimeInterval": "3 Y", "fundManagementFee": "0.75",
            "fundClosed": isClosed, "fundClosedForNewInvestors": toInvestors,
            "fundClosedForNewMoney": toMoney, "fundNotifyAmount": "1000",
            "fundMinimumInitialPurchase": "2000", "fundSubsequentMinimumPurchase": "3000",
            "fundBlueSkyStates": "NY", "fundBlueSkyTerritories": "PR",
            "fundDistributionPolicyIndicator": "Y", "fundAssetType": "001",
        ]
        let start = begin.with("secType", "FUND") + lastTradeDate
        return gateway(ContractData.self, [186, 200], start + middle + fields + reasons) {
            try fill(&$0)
            $0.contract.securityType = "FUND"
            $0.lastTradeDate = "20261218"
            ($0.fund.name, $0.fund.family, $0.fund.type) = ("N", "F", "T")
            ($0.fund.frontLoad, $0.fund.backLoad) = ("1.5", "2.5")
            ($0.fund.backLoadTimeInterval, $0.fund.managementFee) = ("3 Y", "0.75")
            ($0.fund.notifyAmount, $0.fund.minimumInitialPurchase) = ("1000", "2000")
            ($0.fund.minimumSubsequentPurchase, $0.fund.blueSkyStates) = ("3000", "NY")
            ($0.fund.blueSkyTerritories, $0.fund.distributionPolicy) = ("PR", "Y")
            $0.fund.assetType = "001"
            flag(&$0.fund)
            $0.ineligibilityReasons = ineligibility
        }
    }
}
