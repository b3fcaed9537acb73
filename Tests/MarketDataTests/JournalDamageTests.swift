import Platform
import TestSupport
import Testing
import TradingModel

@testable import MarketData

@Suite("Damaged journals")
struct JournalDamageTests {
    let directory: TemporaryDirectory
    let events: [MarketEvent]
    let image: JournalImage

    init() throws {
        directory = try TemporaryDirectory()
        events = delivered(try simulatedEvents(400))
        image = JournalImage.of(events, perBlock: 100)
    }

    private func tail(of file: String) throws -> JournalTornTail? {
        let reader = try JournalReader(files: [file])
        var batch: ContiguousArray<MarketEvent> = []
        while try reader.next(into: &batch) {}
        return reader.tornTail
    }

    @Test("cut off anywhere, is read up to the last whole block, and says how much was left out")
    func cut() throws {
        let start = journalHeader().bytes.count
        for count in stride(from: start, through: image.bytes.count, by: 61) {
            let file = try directory.file("a.tdj", Array(image.bytes[..<count]))
            let whole =
                image.blocks.dropFirst().filter { $0 <= count }.count + (count == image.bytes.count ? 1 : 0)
            let read = try journalEvents([file])
            #expect(read.count == whole * 100)
            let end = whole == 0 ? start : whole == 4 ? image.bytes.count : image.blocks[whole]
            let expected =
                end == count
                ? nil : JournalTornTail(file: file, blocks: whole, offset: end, bytes: count - end)
            #expect(try tail(of: file) == expected)
        }
        let tails = Locked<[JournalTornTail]>([])
        var options = HistoricalLoaderOptions()
        options.onTornTail = { tail in tails.withLock { $0.append(tail) } }
        let file = try directory.file("a.tdj", Array(image.bytes.dropLast(10)))
        #expect(load([file], options).events.count == 300)
        #expect(tails.withLock { $0.count } == 1)
    }

    @Test("zeros, or a damaged block, at the end are a torn tail")
    func badEnd() throws {
        var bytes = image.bytes
        bytes[bytes.count - 1] ^= 1
        #expect(try tail(of: try directory.file("a.tdj", bytes))?.blocks == 3)
        let zeros = image.bytes + [UInt8](repeating: 0, count: 100_000)
        let torn = try tail(of: try directory.file("b.tdj", zeros))
        #expect(torn?.blocks == 4 && torn?.bytes == 100_000)
    }

    @Test("a damaged block in the middle is an error with file, block and byte")
    func badMiddle() throws {
        for offset in [0, 4, 20, 60, 64, 500] {
            var bytes = image.bytes
            bytes[image.blocks[1] + offset] ^= 0x40
            let file = try directory.file("a.tdj", bytes)
            let error = #expect(throws: JournalError.self) { try journalEvents([file]) }
            guard case .block(file, 2, let place, _)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(place == image.blocks[1])
            let loaded = load([file])
            #expect(loaded.error == error.map { .journal($0) })
            #expect(loaded.events.count == 100)
        }
    }

    @Test("a block that is missing or stands twice is told")
    func moved() throws {
        let second = image.bytes[image.blocks[1]..<image.blocks[2]]
        var without = image.bytes
        without.removeSubrange(second.indices)
        var twice = image.bytes
        twice.insert(contentsOf: second, at: image.blocks[2])
        for bytes in [without, twice] {
            let file = try directory.file("a.tdj", bytes)
            #expect(throws: JournalError.self) { try journalEvents([file]) }
        }
    }

    @Test("a header that is cut off, damaged or of another version is refused")
    func header() throws {
        let header = journalHeader().bytes
        for count in [8, 63, 64, header.count - 1] {
            let file = try directory.file("a.tdj", Array(header[..<count]))
            #expect(throws: JournalError.header(file: file, reason: "ends within its header")) {
                try JournalReader(files: [file])
            }
        }
        for (offset, reason) in [
            (70, "the checksum of its header is wrong"), (8, "has a foreign byte order"),
            (12, "is of version 2; this program reads tradingd.journal/1"), (0, "is no journal"),
        ] {
            var bytes = header
            bytes[offset] = offset == 12 ? 2 : bytes[offset] ^ 0x80
            let file = try directory.file("a.tdj", bytes)
            #expect(throws: JournalError.header(file: file, reason: reason)) {
                try JournalReader(files: [file])
            }
        }
    }

    @Test("whatever bytes it is given, the reader ends in order", arguments: [0, 1, 2, 3])
    func hostile(_ part: UInt64) throws {
        let seed = TestSeed.value("TRADINGD_TEST_SEED")
        var random = TestRandom(seed: seed &+ part &* 7_919)
        let every = JournalImage.of(try everyKind(), perBlock: 5)
        for round in 0..<300 {
            let image = round % 2 == 0 ? every : self.image
            var bytes = image.bytes
            for _ in 0...random.below(4) { Self.damage(&bytes, image, &random) }
            // Half of them with checksums that are right again: then only what is told can be wrong.
            if random.below(2) == 0 { Self.seal(&bytes, image.blocks) }
            let file = try directory.file("h.tdj", bytes)
            _ = try? journalEvents([file])
            _ = load([file])
            _ = load([file, file])
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ image: JournalImage, _ random: inout TestRandom) {
        guard !bytes.isEmpty else { return }
        let place = Int(random.below(UInt64(bytes.count)))
        let block = image.blocks[Int(random.below(UInt64(image.blocks.count)))]
        switch random.below(6) {
        case 0: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1: bytes[place] = [0, 0x7F, 0x80, 0xFF][Int(random.below(4))]
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.below(200))))
        case 3:
            let header = block + Int(random.below(64))
            if header < bytes.count { bytes[header] = UInt8(random.below(256)) }
        case 4:
            // The first bytes of some record: kind, marks, instrument, distance.
            let record = block + 64 * Int(1 + random.below(8)) + Int(random.below(64))
            if record < bytes.count { bytes[record] = UInt8(random.below(256)) }
        default:
            let word = block + 64 + 8 * Int(random.below(64))
            guard word + 8 <= bytes.count else { return }
            let value: UInt64 = [0, 1, .max, 1 << 63, 1 << 40][Int(random.below(5))]
            withUnsafeBytes(of: value.littleEndian) { for index in 0..<8 { bytes[word + index] = $0[index] } }
        }
    }

    /// Makes the checksums of the blocks right, as far as the blocks are there.
    private static func seal(_ bytes: inout [UInt8], _ blocks: [Int]) {
        for place in blocks where place + 64 <= bytes.count {
            guard let header = bytes.withUnsafeBytes({ JournalBlockHeader($0.bytes, at: place) }) else {
                continue
            }
            let end = place + header.blockBytes
            guard end <= bytes.count else { continue }
            let sum = bytes.withUnsafeBytes {
                JournalChecksum.of(
                    UnsafeRawBufferPointer(rebasing: $0[place..<end]),
                    leavingOut: JournalBlockHeader.checksumPlace)
            }
            withUnsafeBytes(of: sum.littleEndian) {
                for index in 0..<4 { bytes[place + 60 + index] = $0[index] }
            }
        }
    }
}
