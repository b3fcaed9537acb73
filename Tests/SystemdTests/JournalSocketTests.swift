import Glibc
import TestSupport
import Testing

@testable import Systemd

@Suite("Journal socket")
struct JournalSocketTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func record(_ message: String) -> Journal.Record {
        var record = Journal.Record()
        record.add("MESSAGE", message)
        return record
    }

    @Test("a record arrives as one datagram")
    func arrives() throws {
        let journal = try JournalStandIn(directory.path + "/socket")
        let socket = JournalSocket(path: journal.path)
        #expect(socket.send(record("two\nlines")) == .taken)
        #expect(socket.send(Journal.Record()) == .taken)
        #expect(journal.receive() == ["MESSAGE": Array("two\nlines".utf8)])
        #expect(journal.receive() == nil)
    }

    @Test("a journal that stands still is told from one that reads, without waiting")
    func stopped() throws {
        let journal = try JournalStandIn(directory.path + "/socket")
        let socket = JournalSocket(path: journal.path)
        var sent = 0
        while socket.send(record("\(sent)")) == .taken { sent += 1 }
        #expect(sent > 0)
        #expect(socket.send(record("no")) == .busy)
        socket.wait(milliseconds: 1)
        #expect(socket.send(record("no")) == .busy)
        for index in 0..<sent { #expect(journal.receive() == ["MESSAGE": Array("\(index)".utf8)]) }
        socket.wait(milliseconds: 30_000)
        #expect(socket.send(record("yes")) == .taken)
    }

    @Test("a journal that is gone is unavailable, and is found again")
    func killed() throws {
        let journal = try JournalStandIn(directory.path + "/socket")
        let socket = JournalSocket(path: journal.path)
        #expect(socket.send(record("before")) == .taken)
        journal.kill()
        #expect(socket.send(record("during")) == .unavailable)
        socket.wait(milliseconds: 1)
        #expect(socket.send(record("during")) == .unavailable)
        try journal.start()
        #expect(socket.send(record("after")) == .taken)
        #expect(journal.receive() == ["MESSAGE": Array("after".utf8)])
    }

    @Test("a journal that was started again between two records loses none")
    func restarted() throws {
        let journal = try JournalStandIn(directory.path + "/socket")
        let socket = JournalSocket(path: journal.path)
        #expect(socket.send(record("before")) == .taken)
        journal.kill()
        try journal.start()
        #expect(socket.send(record("after")) == .taken)
        #expect(journal.receive() == ["MESSAGE": Array("after".utf8)])
    }

    @Test("a record over the size of a datagram goes as a file")
    func large() throws {
        let journal = try JournalStandIn(directory.path + "/socket")
        let text = String(repeating: "0123456789\n", count: 200_000)
        #expect(JournalSocket(path: journal.path).send(record(text)) == .taken)
        #expect(journal.receive() == ["MESSAGE": Array(text.utf8)])
    }

    @Test("a path that is none is unavailable", arguments: ["", "relative", "/nowhere/socket"])
    func badPath(_ path: String) {
        #expect(JournalSocket(path: path).send(record("x")) == .unavailable)
    }
}
