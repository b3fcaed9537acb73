import TWSProtocol
import TradingModel

/// Which letters stand for which venues behind `SMART`.
enum SmartTable {
    /// Name of the table, as tickReqParams tells it.
    static let code = "a60001"

    /// The rows of the table; `nil` for one that does not exist.
    static func components(_ code: String, of instruments: [GatewayInstrument]) -> [SmartComponent]? {
        guard code == Self.code, let stock = instruments.first(where: { $0.contract.securityType == "STK" })
        else { return nil }
        let letters = Array("QKPZNV").map(String.init)
        let venues = stock.venues.map(\.name).filter { $0 != "SMART" }
        return zip(venues, letters).enumerated().map { position, venue in
            var component = SmartComponent()
            component.bit = Int32(position)
            component.exchange = venue.0
            component.letter = venue.1
            return component
        }
    }
}

extension GatewayInstrument {
    /// What contract data says of it.
    func contractData(request: Int32, at time: Timestamp) -> ContractData {
        var data = ContractData()
        data.requestID = request
        data.contract = contract
        data.lastTradeDate = contract.lastTradeDateOrContractMonth
        data.marketName = marketName
        data.minTick = minTick
        data.orderTypes = orderTypes
        data.validExchanges = venues.map(\.name).joined(separator: ",")
        data.longName = longName
        data.contractMonth = contractMonth
        if sector.count == 3 {
            (data.industry, data.category, data.subcategory) = (sector[0], sector[1], sector[2])
        }
        data.timeZoneID = timeZone
        data.tradingHours = hours.text(from: time)
        data.liquidHours = data.tradingHours
        data.aggregationGroup = 1
        if contract.securityType == "FUT" {
            data.underlyingContractID = contract.contractID - 1
            data.underlyingSymbol = contract.symbol
            data.underlyingSecurityType = "IND"
        }
        data.marketRuleIDs = venues.map { _ in "\(rule.number)" }.joined(separator: ",")
        data.realExpirationDate = contract.lastTradeDateOrContractMonth
        data.stockType = stockType
        data.minimumSize = sizeStep
        data.sizeIncrement = sizeStep
        data.suggestedSizeIncrement = sizeStep
        return data
    }

    /// Rows of reqMktDepthExchanges.
    var depthExchanges: [DepthExchange] {
        venues.compactMap { venue in
            guard let depth = venue.depth else { return nil }
            var row = DepthExchange()
            row.exchange = venue.name
            row.securityType = contract.securityType
            row.listingExchange = ""
            switch depth {
            case .plain: row.serviceDataType = "Deep"
            case .makers: row.serviceDataType = "Deep2"
            }
            row.aggregationGroup = 1
            return row
        }
    }
}
