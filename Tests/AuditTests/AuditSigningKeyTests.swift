import Glibc
import Platform
import TestSupport
import Testing

@testable import Audit

@Suite("Key files")
struct AuditSigningKeyTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/audit.key" }

    init() throws { directory = try TemporaryDirectory() }

    @Test("a saved key is loaded again, and only its owner may read the file")
    func savesAndLoads() throws {
        let key = AuditSigningKey.generate()
        try key.save(path: path)
        let loaded = try AuditSigningKey.load(path: path)
        #expect(loaded.verificationKey(origin: "a") == key.verificationKey(origin: "a"))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("an existing file is never written over")
    func neverOverwrites() throws {
        try AuditSigningKey.generate().save(path: path)
        let before = try directory.read("audit.key")
        #expect(throws: AuditKeyError.system(SystemError("open", path, code: EEXIST))) {
            try AuditSigningKey.generate().save(path: path)
        }
        #expect(try directory.read("audit.key") == before)
    }

    @Test("every mode that lets others in is refused", arguments: [0o604, 0o640, 0o660, 0o601, 0o610, 0o777])
    func refusesExposed(_ mode: mode_t) throws {
        try AuditSigningKey.generate().save(path: path)
        chmod(path, mode)
        #expect(throws: AuditKeyError.exposed(path: path, mode: mode)) {
            try AuditSigningKey.load(path: path)
        }
    }

    @Test("a credential may be read by its group, not be written by it nor read by others")
    func credentials() throws {
        try AuditSigningKey.generate().save(path: path)
        chmod(path, 0o440)
        _ = try AuditSigningKey.load(path: path, isCredential: true)
        #expect(throws: AuditKeyError.exposed(path: path, mode: 0o440)) {
            try AuditSigningKey.load(path: path)
        }
        for mode in [0o444, 0o460, 0o441] as [mode_t] {
            chmod(path, mode)
            #expect(throws: AuditKeyError.exposed(path: path, mode: mode)) {
                try AuditSigningKey.load(path: path, isCredential: true)
            }
        }
    }

    @Test("links, directories, pipes and missing files are refused without waiting")
    func refusesOtherKinds() throws {
        try AuditSigningKey.generate().save(path: path)
        let link = directory.path + "/link"
        symlink(path, link)
        #expect(throws: AuditKeyError.symbolicLink(path: link)) { try AuditSigningKey.load(path: link) }
        #expect(throws: AuditKeyError.notAFile(path: directory.path)) {
            try AuditSigningKey.load(path: directory.path)
        }
        let pipe = directory.path + "/pipe"
        mkfifo(pipe, 0o600)
        #expect(throws: AuditKeyError.notAFile(path: pipe)) { try AuditSigningKey.load(path: pipe) }
        let none = directory.path + "/none"
        #expect(throws: AuditKeyError.system(SystemError("open", none, code: ENOENT))) {
            try AuditSigningKey.load(path: none)
        }
    }

    @Test("content that is not one line of base64 with 32 bytes is refused")
    func refusesContent() throws {
        let good = Base64.encode([UInt8](repeating: 7, count: 32))
        let short = Base64.encode([UInt8](repeating: 7, count: 31))
        let long = Base64.encode([UInt8](repeating: 7, count: 33))
        for text in ["", "\n", good, good + "\n\n", good + " \n", " " + good, short + "\n", long + "\n"] {
            _ = try directory.file("audit.key", text)
            #expect(throws: AuditKeyError.wrongLength(path: path)) { try AuditSigningKey.load(path: path) }
        }
        for count in [0, 31, 33, 64] {
            #expect(throws: AuditKeyError.wrongLength(path: nil)) {
                try AuditSigningKey(seed: [UInt8](repeating: 1, count: count))
            }
        }
    }

    @Test("base64 takes its one canonical form and nothing else")
    func base64() {
        for (text, bytes) in [
            ("", []), ("Zg==", [0x66]), ("Zm8=", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]),
        ]
            as [(String, [UInt8])]
        {
            #expect(Base64.encode(bytes) == text && Base64.decode(text) == bytes)
        }
        for text in ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zm 9", "Zg==Zg==", "Zm9v\n", "-_=="] {
            #expect(Base64.decode(text) == nil, "\(text)")
        }
    }
}
