import Testing

@testable import TradingSystem

@Suite("Load of the bus: the trip of latency")
struct BusLoadTests {
    private let second: Int64 = 1_000_000_000

    @Test(
        "a ring that is filled above 80 % is a fault, at it is not",
        arguments: [(0, nil), (799, nil), (800, nil), (801, "801 of 1000 events wait for the bus")]
            as [(Int, String?)])
    func ring(_ depth: Int, _ fault: String?) {
        #expect(BusLoad(depth: depth, capacity: 1_000, waited: 0).fault(lag: second) == fault)
    }

    @Test(
        "a bus that takes longer than it may is a fault, one that takes just that is not",
        arguments: [(0, nil), (-1, nil), (1, "the bus took 1000 ms, limit 1000 ms")] as [(Int64, String?)])
    func lag(_ more: Int64, _ fault: String?) {
        #expect(BusLoad(depth: 0, capacity: 1_000, waited: second + more).fault(lag: second) == fault)
    }

    @Test("a small ring is judged by its share, too: four of five may wait")
    func small() {
        #expect(BusLoad(depth: 4, capacity: 5, waited: 0).fault(lag: 1) == nil)
        #expect(BusLoad(depth: 5, capacity: 5, waited: 0).fault(lag: 1) != nil)
    }

    @Test("a full ring is told of before the lag it causes; a limit of nothing judges nothing")
    func both() {
        let load = BusLoad(depth: 100, capacity: 100, waited: 60 * second)
        #expect(load.fault(lag: second) == "100 of 100 events wait for the bus")
        #expect(load.fault(lag: 0) == nil)
    }
}
