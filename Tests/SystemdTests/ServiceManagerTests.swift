import Glibc
import Platform
import TestSupport
import Testing

@testable import Systemd

@Suite("Service manager")
struct ServiceManagerTests {
    private func services(_ variables: [String: String]) -> ServiceManager {
        ServiceManager { variables[$0] }
    }

    @Test("says nothing and fails nowhere outside systemd")
    func outside() throws {
        let services = services([:])
        try services.notify(.ready(status: "ready"))
        #expect(!services.isSupervised && !services.isJournalStream)
        #expect(services.watchdogInterval == nil)
        #expect(try services.credential("audit_key") == nil)
    }

    @Test("notifications arrive as one datagram each")
    func notifies() throws {
        let receiver = try NotificationReceiver()
        let services = services(["NOTIFY_SOCKET": receiver.path])
        #expect(services.isSupervised)
        let cases: [(ServiceNotification, String)] = [
            (.ready(status: "running"), "READY=1\nSTATUS=running"),
            (.status("cancelling 12 orders"), "STATUS=cancelling 12 orders"),
            (.stopping(status: "draining"), "STOPPING=1\nSTATUS=draining"),
            (.reloading(monotonicNanoseconds: 1_234_567_999), "RELOADING=1\nMONOTONIC_USEC=1234567"),
            (.watchdog, "WATCHDOG=1"),
            (.extendTimeout(.milliseconds(2_500)), "EXTEND_TIMEOUT_USEC=2500000"),
            (.status("a\nREADY=1"), "STATUS=a READY=1"),
        ]
        for (notification, expected) in cases {
            try services.notify(notification)
            #expect(receiver.receive() == expected)
        }
    }

    @Test("reaches an abstract socket")
    func abstractSocket() throws {
        let receiver = try NotificationReceiver(abstract: true)
        try services(["NOTIFY_SOCKET": receiver.path]).notify(.watchdog)
        #expect(receiver.receive() == "WATCHDOG=1")
    }

    @Test("a socket that nobody reads is an error, not a crash")
    func deadSocket() {
        let services = services(["NOTIFY_SOCKET": "/tmp/tradingd-no-such-socket"])
        #expect(throws: SystemError.self) { try services.notify(.watchdog) }
    }

    @Test(
        "ignores socket names that are none",
        arguments: ["", "relative", "/", "vsock:2:1", "/" + String(repeating: "x", count: 107)])
    func badSocketNames(_ name: String) {
        #expect(!services(["NOTIFY_SOCKET": name]).isSupervised)
    }

    @Test("reads the watchdog interval meant for this process")
    func watchdog() {
        #expect(services(["WATCHDOG_USEC": "10000000"]).watchdogInterval == .seconds(10))
        #expect(
            services(["WATCHDOG_USEC": "5", "WATCHDOG_PID": String(getpid())]).watchdogInterval
                == .microseconds(5))
        #expect(services(["WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "1"]).watchdogInterval == nil)
        for text in ["", "0", "-1", "ten", "99999999999999999999"] {
            #expect(services(["WATCHDOG_USEC": text]).watchdogInterval == nil)
        }
    }

    @Test("knows the journal's stream by device and inode")
    func journalStream() throws {
        var status = stat()
        var pipes: [Int32] = [0, 0]
        #expect(pipe(&pipes) == 0)
        defer { for descriptor in pipes { close(descriptor) } }
        #expect(fstat(pipes[1], &status) == 0)
        let name = "\(UInt64(status.st_dev)):\(UInt64(status.st_ino))"
        let services = services(["JOURNAL_STREAM": name])
        #expect(services.isJournalStream(anyOf: [pipes[1]]))
        #expect(services.isJournalStream(anyOf: [-1, pipes[0], pipes[1]]))
        #expect(!services.isJournalStream(anyOf: [-1]))
        #expect(!services.isJournalStream(anyOf: []))
        for text in ["", "1", "1:2:3", "a:b", "1:"] {
            #expect(!self.services(["JOURNAL_STREAM": text]).isJournalStream(anyOf: pipes))
        }
    }

    @Test("reads credentials, and no other file")
    func credentials() throws {
        var template = Array("/tmp/tradingd-credentials-XXXXXX".utf8CString)
        #expect(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            unlink(directory + "/audit_key")
            rmdir(directory)
        }
        try DurableFile.replace(directory + "/audit_key", with: [0, 1, 255])
        let services = services(["CREDENTIALS_DIRECTORY": directory])
        #expect(try services.credential("audit_key") == [0, 1, 255])
        #expect(try services.credential("other") == nil)
        for name in ["", ".", "..", "../audit_key", "/etc/passwd"] {
            #expect(throws: SystemError.self) { try services.credential(name) }
        }
    }
}

@Suite("Journal records")
struct JournalRecordTests {
    @Test("fields stand one after another; a value with line feeds is framed by its length")
    func fields() {
        var record = Journal.Record()
        let taken = [
            record.add("MESSAGE", "one line = é"), record.add("AUDIT_NOTE", "two\nlines"),
            record.add("TRADE_SEQ", "7"), record.add("EMPTY", ""),
        ]
        #expect(taken == [true, true, true, true])
        #expect(
            record.bytes
                == Array("MESSAGE=one line = é\nAUDIT_NOTE\n".utf8) + [9, 0, 0, 0, 0, 0, 0, 0]
                + Array("two\nlines\nTRADE_SEQ=7\nEMPTY=\n".utf8))
    }

    @Test(
        "field names that journald would drop are refused",
        arguments: ["", "_PID", "lower", "1ST", "A-B", "A B", "A=B", "É", String(repeating: "A", count: 65)])
    func badNames(_ name: String) {
        var record = Journal.Record()
        let taken = record.add(name, "x")
        #expect(!taken && record == Journal.Record())
    }
}
