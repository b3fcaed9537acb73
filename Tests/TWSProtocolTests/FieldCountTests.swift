import Testing
import TradingModel

@testable import TWSProtocol

@Suite("Numbers of fields")
struct FieldCountTests {
    /// The reference's table: from which version on, and the columns in its order.
    static let table: [(from: Int32, counts: [Int])] = [
        (178, [113, 3, 1, 9, 18, 134, 39, 5, 31]),
        (182, [113, 3, 1, 9, 18, 134, 40, 5, 31]),
        (183, [114, 3, 1, 9, 18, 135, 40, 5, 31]),
        (184, [115, 3, 1, 9, 18, 136, 40, 5, 31]),
        (185, [115, 3, 1, 9, 18, 137, 40, 5, 31]),
        (186, [115, 3, 1, 9, 18, 137, 41, 5, 31]),
        (187, [117, 6, 1, 9, 18, 137, 41, 5, 31]),
        (189, [118, 6, 1, 9, 18, 138, 41, 5, 31]),
        (190, [116, 3, 1, 9, 18, 138, 41, 5, 31]),
        (192, [117, 4, 2, 9, 18, 138, 41, 5, 31]),
        (193, [117, 4, 2, 9, 18, 140, 41, 5, 31]),
        (195, [117, 4, 2, 9, 18, 153, 41, 5, 31]),
        (198, [117, 4, 2, 9, 18, 154, 41, 5, 32]),
        (199, [118, 4, 2, 9, 18, 155, 41, 5, 32]),
        (200, [118, 4, 2, 11, 18, 155, 41, 5, 32]),
    ]

    @Test("are those of the reference, at every version and in every column", arguments: ServerVersion.spoken)
    func counts(version: ServerVersion) throws {
        let row = try #require(Self.table.last { $0.from <= version.rawValue })
        var open = OpenOrder()
        open.order.volatility.deltaNeutral.orderType = "None"
        let counts = [
            try count(PlaceOrder(), version), try count(CancelOrder(), version),
            try count(GlobalCancel(), version),
            try count(RequestExecutions(), version), try count(RequestContractData(), version),
            try count(open, version), try count(ContractData(), version), try count(ErrorMessage(), version),
            try count(ExecutionReport(), version),
        ]
        #expect(counts == row.counts)
    }

    private func count(_ message: some WireMessage, _ version: ServerVersion) throws -> Int {
        try MessageKind.body(message, version: version, side: .gateway).count { $0 == 0 } - 1
    }
}
