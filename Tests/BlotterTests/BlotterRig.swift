import Audit
import Dispatch
import ExactJSON
import TestSupport
import Testing
import TradingModel

@testable import Blotter

/// An audit trail written line by line, and a store beside it.
final class BlotterRig {
    let directory: TemporaryDirectory
    private var log: AuditLog?
    private var time: Int64 = 1_767_623_400_000_000_000
    private var number = 0

    init() throws {
        directory = try TemporaryDirectory()
        try open()
    }

    var trail: String { directory.path + "/audit" }
    var path: String { directory.path + "/" + BlotterFile.name }

    /// Opens the trail, also again after `close`.
    func open(segmentBytes: Int = 1 << 20) throws {
        log = try AuditLog(
            AuditSettings(directory: trail, durability: .process, segmentBytes: segmentBytes),
            identity: AuditIdentity(
                origin: "tradingd/blotter/test", build: "t", configHash: "c", machineID: "m", bootID: "b"),
            at: Timestamp(nanoseconds: time), queue: DispatchQueue(label: "audit"))
    }

    func close() throws {
        try log?.close()
        log = nil
    }

    func write(_ type: AuditLineType, _ json: String) throws {
        time += 1_000_000_000
        let value = try JSONParser.parse(Array(json.utf8))
        try log?.append(type, at: Timestamp(nanoseconds: time)) { $0.value(value) }
    }

    func begin(_ session: Int) throws {
        try write(
            .sessionStart,
            #"{"session":\#(session),"profile":"dev","mode":"sim","version":"0","account":"sim","instruments":"#
                + #"[["BLOT.X","0.01","1","100","EUR"]]}"#)
    }

    /// An order that is approved, sent and filled in full at a price, with what that costs told afterwards.
    func trade(
        _ side: String, _ quantity: String, _ price: String, strategy: String = "blot.a", session: Int = 1,
        commission: String? = nil
    ) throws {
        number += 1
        let cid = #""cid":"c-\#(session)-\#(number)","symbol":"BLOT.X""#
        try write(
            .orderIntent,
            #"{\#(cid),"side":"\#(side)","type":"limit","tif":"DAY","qty":"\#(quantity)","limit":"\#(price)","#
                + #""strategy":"\#(strategy)","decision_seq":\#(number)}"#)
        try write(.orderSend, #"{\#(cid),"decision_seq":\#(number)}"#)
        try write(
            .orderFill,
            #"{\#(cid),"venue_id":\#(number),"status":"filled","side":"\#(side)","qty":"\#(quantity)","#
                + #""filled":"\#(quantity)","last_price":"\#(price)","last_qty":"\#(quantity)","#
                + #""exec_id":\#(number),"avg_price":"\#(price)","leaves":"0","event_seq":1}"#)
        guard let commission else { return }
        try write(
            .orderCommission,
            #"{\#(cid),"venue_id":\#(number),"status":"filled","side":"\#(side)","qty":"\#(quantity)","#
                + #""filled":"\#(quantity)","exec_id":\#(number),"commission":"\#(commission)","#
                + #""currency":"USD","leaves":"0","event_seq":1}"#)
    }

    /// Takes all there is, as the daemon does.
    func catchUp(batch: Int = 512) throws {
        var store = try BlotterFile.open(path).store
        var sequel = store.sequel(of: trail)
        while try !store.catchUp(&sequel, batch: batch) {}
    }

    func dump() throws -> [String] {
        var lines: [String] = []
        try BlotterReader(path: path).dump { lines.append($0) }
        return lines
    }
}
