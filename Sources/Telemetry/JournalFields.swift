import Logging

/// Which metadata becomes which field of the journal: the one table, also printed in `docs/telemetry.md`.
public enum JournalFields {
    /// Metadata key and field, in the order of the documentation. Everything else goes into `TRADE_JSON`.
    public static let table: [(key: String, field: String, meaning: String)] = [
        ("trace.id", "TRACE_ID", "the decision, W3C trace id"),
        ("span.id", "SPAN_ID", "the step of it"),
        ("symbol", "TRADE_SYMBOL", "instrument"),
        ("order.id", "TRADE_ORDER_ID", "our id of the order"),
        ("signal.id", "TRADE_SIGNAL_ID", "number of the signal's event"),
        ("broker.id", "TRADE_BROKER_ID", "the venue's id of the order"),
        ("strategy", "TRADE_STRATEGY", "who wanted it"),
        ("side", "TRADE_SIDE", "`buy`, `sell`"),
        ("qty", "TRADE_QTY", "quantity of the order, or of this fill"),
        ("price", "TRADE_PRICE", "limit of the order, or price of this fill"),
        ("code", "TRADE_CODE", "the control that refused"),
        ("uid", "TRADE_UID", "who called"),
        ("method", "TRADE_METHOD", "what was called"),
        ("session", "TRADE_SESSION", "number of the session"),
        ("audit.seq", "AUDIT_SEQ", "number of the audit line"),
        ("audit.size", "AUDIT_SIZE", "lines under a checkpoint"),
        ("audit.root", "AUDIT_ROOT", "root hash of a checkpoint"),
        ("audit.note", "AUDIT_NOTE", "a signed checkpoint, byte for byte"),
        ("config.hash", "CONFIG_HASH", "hash of all a decision can depend on"),
        ("errno", "ERRNO", "number of a failed system call"),
    ]

    private static let byKey = Dictionary(uniqueKeysWithValues: table.map { ($0.key, $0.field) })

    /// The field of a metadata key; `nil` where it has none.
    static func field(_ key: String) -> String? { byKey[key] }
}
