import CSystemd

/// The machine and its boot, as systemd names them: 32 hex digits each.
///
/// Source: `machine-id(5)`, `sd_id128_get_machine(3)`, which reads past what a unit's sandbox hides.
public enum MachineIdentity {
    /// The machine; `nil` where it has no id.
    public static var machine: String? { text(sd_id128_get_machine) }

    /// This boot of it; `nil` where the kernel does not tell.
    public static var boot: String? { text(sd_id128_get_boot) }

    private static func text(_ get: (UnsafeMutablePointer<sd_id128_t>?) -> Int32) -> String? {
        var id = sd_id128_t()
        guard get(&id) == 0 else { return nil }
        return withUnsafeBytes(of: id) { bytes in
            bytes.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
        }
    }
}
