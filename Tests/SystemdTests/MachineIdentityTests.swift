import Platform
import Systemd
import Testing

@Suite("Machine identity")
struct MachineIdentityTests {
    @Test("the boot is the kernel's own name for it, in 32 hex digits")
    func boot() throws {
        let bytes = try DurableFile.read("/proc/sys/kernel/random/boot_id") ?? []
        let kernel = String(decoding: bytes.filter { $0 != 0x2D && $0 != 0x0A }, as: UTF8.self)
        #expect(MachineIdentity.boot == kernel && kernel.utf8.count == 32)
    }

    @Test("the machine's id is that of its file, or there is none")
    func machine() throws {
        let bytes = try DurableFile.read("/etc/machine-id") ?? []
        let named = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        #expect(MachineIdentity.machine == (named.utf8.count == 32 ? named : nil))
    }
}
