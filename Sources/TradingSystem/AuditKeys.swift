import Audit
import Configuration
import Glibc

/// The keys of the audit log, from the files that the settings name or from systemd's credentials.
struct AuditKeys {
    /// Signs; `nil` for a log without checkpoints.
    let key: AuditSigningKey?
    /// The key that `key` takes over from.
    let previous: AuditSigningKey?

    /// Reads the keys.
    ///
    /// - Throws: `LaunchError.configuration` when a key cannot be used, or prod has none.
    static func load(
        _ settings: Settings, mode: Mode, environment: [String: String]
    ) throws(LaunchError) -> AuditKeys {
        // What a replay does proves nothing about the world, and its bytes are to be the same everywhere.
        guard mode != .replay else { return AuditKeys(key: nil, previous: nil) }
        let key = try key(settings.audit.key, credential: "audit_key", environment)
        let previous = try Self.key(settings.audit.previousKey, credential: "audit_key_previous", environment)
        if key == nil && settings.profile == .prod {
            throw .configuration(
                "audit.key: profile prod signs its audit log; make a key with `tradectl audit keygen FILE`")
        }
        return AuditKeys(key: key, previous: previous)
    }

    private static func key(
        _ path: String?, credential: String, _ environment: [String: String]
    ) throws(LaunchError) -> AuditSigningKey? {
        do throws(AuditKeyError) {
            if let path { return try AuditSigningKey.load(path: path) }
            guard let directory = environment["CREDENTIALS_DIRECTORY"] else { return nil }
            let path = directory + "/" + credential
            guard access(path, F_OK) == 0 else { return nil }
            return try AuditSigningKey.load(path: path, isCredential: true)
        } catch {
            throw .configuration("\(error)")
        }
    }
}
