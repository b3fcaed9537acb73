extension Settings {
    /// Everything a decision can depend on, one `key = value` a line, sorted by the bytes of the key.
    ///
    /// Two configurations with the same text decide alike on the same events. Left out: paths, sockets, host,
    /// port, client id, telemetry, the speeds of replay and simulator, and what came later and has its default.
    public var canonicalText: String {
        let plain = Settings()
        return text(
            of: SettingsSchema.settings.filter { setting in
                setting.decides && !(setting.isLater && setting.tells(self, as: plain))
            })
    }

    /// Every setting as it stands, in the form of `canonicalText`, for operators. Holds no secret: none is a
    /// setting.
    public var effectiveText: String { text(of: SettingsSchema.settings) }

    /// The hash of `canonicalText`, for the audit log and for recordings.
    ///
    /// - Parameter sha256: lower-case hexadecimal SHA-256 of some bytes.
    public func decisionHash(_ sha256: ([UInt8]) -> String) -> String {
        sha256(Array(canonicalText.utf8))
    }

    private func text(of settings: [Setting]) -> String {
        settings.flatMap { $0.lines(self) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.key) = \($0.value)\n" }.joined()
    }
}

extension Setting {
    /// Whether it has the same value in both.
    fileprivate func tells(_ settings: Settings, as others: Settings) -> Bool {
        lines(settings).elementsEqual(lines(others)) { $0 == $1 }
    }
}
