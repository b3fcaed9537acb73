import Audit
import Configuration
import ControlPlane
import Platform
import Systemd

extension AuditIdentity {
    /// Who writes: with a new name for a log that is started.
    ///
    /// A replay has constants everywhere, so that two replays write the same bytes.
    static func of(_ settings: Settings, mode: Mode) -> AuditIdentity {
        let hash = settings.decisionHash(sha256Hex)
        let profile = settings.profile.rawValue
        let nobody = "00000000-0000-0000-0000-000000000000"
        if mode == .replay {
            return AuditIdentity(
                origin: "tradingd.local/\(profile)/\(nobody)", build: ProductVersion.current,
                configHash: hash,
                machineID: "replay", bootID: "replay")
        }
        let log = firstLine(of: "/proc/sys/kernel/random/uuid") ?? freshUUID()
        return AuditIdentity(
            origin: "tradingd.local/\(profile)/\(log)", build: ProductVersion.current,
            configHash: hash,
            machineID: MachineIdentity.machine ?? "unknown",
            bootID: MachineIdentity.boot ?? "unknown")
    }

    private static func firstLine(of path: String) -> String? {
        guard let bytes = try? DurableFile.read(path, limit: 4_096) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        return line.isEmpty ? nil : line
    }

    /// A random UUID (version 4) where the kernel's is hidden, as under systemd's `ProcSubset=pid`.
    private static func freshUUID() -> String {
        var random = SystemRandomNumberGenerator()
        let high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: digits - text.count) + text
        }
        return [
            hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
            hex(low & 0xFFFF_FFFF_FFFF, 12),
        ].joined(separator: "-")
    }
}
