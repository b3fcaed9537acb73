import TradingModel

/// Every setting there is: the reader, the set of known keys, the canonical text and the reference are made
/// from these tables and from nothing else.
enum SettingsSchema {
    /// Settings that belong together in the reference.
    struct Section: Sendable {
        /// First part of the keys; empty for keys without a dot.
        let name: String
        let summary: String
        let settings: [Setting]
    }

    static let sections = [
        general, instruments, providers, feed, telemetry, execution, simulation, risk, trips, strategy,
        orderFlow, replay,
        simulator,
        control, audit, recorder, state,
    ]

    static let settings = sections.flatMap(\.settings)

    /// The setting a dotted key means, and the name in it.
    static func find(_ key: String) -> (setting: Setting, name: String)? {
        for setting in settings {
            if let name = KeyName.match(key, setting.key) { return (setting, name) }
        }
        return nil
    }

    private static let general = Section(
        name: "", summary: "",
        settings: [
            .value(
                "env", \.profile, Texts.profile, environment: "PROFILE",
                "The profile, unless `--profile` or `PROFILE` says otherwise. A profile file may repeat it, not "
                    + "change it."
            ),
            .value("symbols", \.symbols, Texts.names, "Instruments the simulator or the IBKR feed delivers."),
        ])

    private static let instruments = Section(
        name: "instruments",
        summary: "One mapping per instrument, under its name as in the data (`XAUUSD`, `EUR.USD`). "
            + "Market data needs none; an order without one is refused.",
        settings: [
            .instrument(
                "tick_size", \.tickSize, Decimals.price(.positive), need: .required,
                "Smallest price step of our own orders."),
            .instrument(
                "lot_size", \.lotSize, Decimals.quantity(.positive), need: .required,
                "Smallest quantity step."),
            .instrument(
                "multiplier", \.multiplier, Decimals.quantity(.positive),
                "Units of the underlying one contract stands for."),
            .instrument("currency", \.currency, Texts.currency, "Currency of the price."),
        ])

    private static let telemetry = Section(
        name: "telemetry", summary: "",
        settings: [
            .value(
                "telemetry.log_level", \.telemetry.logLevel, .choice, decides: false,
                environment: "LOG_LEVEL",
                "Least important level that is written."),
            .entry(
                "telemetry.levels.<COMPONENT>", \.telemetry.levels, .choice, decides: false,
                "The same for one component (`risk`, `trading`, `feed` …), where it differs."),
            .value(
                "telemetry.metrics.socket", \.telemetry.metricsSocket, Texts.socket.optional, decides: false,
                "Unix socket on which `GET /metrics` is answered; without it there is none."),
            .value(
                "telemetry.metrics.listen", \.telemetry.metricsAddress, Texts.loopback.optional,
                decides: false, "Loopback address and TCP port on which `GET /metrics` is answered."),
            .value(
                "telemetry.traces.file", \.telemetry.traceFile, Texts.directory.optional, decides: false,
                "File that gets the spans of every order as OTLP JSON, a request a line."),
            .value(
                "telemetry.traces.max_bytes", \.telemetry.traceFileBytes, .whole(65_536...4_294_967_296),
                decides: false,
                "Size at which that file is moved to `FILE.1`, in the place of the one before."),
        ])

    private static let replay = Section(
        name: "replay", summary: "",
        settings: [
            .value(
                "replay.speed", \.replay.speed, Decimals.replaySpeed, decides: false,
                environment: "REPLAY_SPEED", "`max`, or times the recorded speed."),
            .value(
                "replay.on_malformed", \.replay.onMalformed, .choice,
                "What becomes of a malformed record: counted and left out, or the end of the replay."),
            .value(
                "replay.reorder_window", \.replay.reorderWindow, Durations.kind(0...3_600_000_000_000),
                "How far back the time of a record may go and still be put in order."),
        ])

    private static let simulator = Section(
        name: "simulator", summary: "",
        settings: [
            .value("simulator.seed", \.simulator.seed, .whole(0...UInt64.max), "Seed of the prices."),
            .value(
                "simulator.speed", \.simulator.speed, Decimals.price(.positive), decides: false,
                "Times real time."),
            .value(
                "simulator.start_price", \.simulator.startPrice, Decimals.price(.positive), "First mid price."
            ),
            .value(
                "simulator.events_per_second", \.simulator.eventsPerSecond, .whole(1...1_000_000),
                "Events a second of simulated time, per symbol."),
        ])

    private static let control = Section(
        name: "control", summary: "",
        settings: [
            .value(
                "control.socket", \.control.socket, Texts.socket.optional, decides: false,
                environment: "TRADINGD_SOCKET",
                "Path of the control socket; without it the place of the profile."),
            .value(
                "control.max_clients", \.control.maxClients, .whole(1...1_024), decides: false,
                "Connections at a time."),
        ])

    private static let audit = Section(
        name: "audit", summary: "",
        settings: [
            .value(
                "audit.durability", \.audit.durability, .choice,
                "What an order waits for before it leaves: its record written (survives the process) or on the "
                    + "disk (survives a power failure). Always `disk` under prod."),
            .value(
                "audit.directory", \.audit.directory, Texts.directory.optional, decides: false,
                "Audit log of mode ibkr; other modes have a folder inside. Default: the place of the profile."
            ),
            .value(
                "audit.segment_bytes", \.audit.segmentBytes, .whole(65_536...4_294_967_296), decides: false,
                "Size at which a new file is begun."),
            .value(
                "audit.key", \.audit.key, Texts.directory.optional, decides: false,
                "File of the Ed25519 key that signs checkpoints, made by `tradectl audit keygen`; without it systemd's "
                    + "credential `audit_key`. Prod does not start without a key; a replay signs nothing."),
            .value(
                "audit.previous_key", \.audit.previousKey, Texts.directory.optional, decides: false,
                "File of the key that `audit.key` takes over from, for one start; without it systemd's credential "
                    + "`audit_key_previous`."),
            .value(
                "audit.reserve_bytes", \.audit.reserveBytes, .whole(0...1_073_741_824), decides: false,
                "Room kept for a full disk, so that what stops trading can still be written."),
            .value(
                "audit.compress", \.audit.compress, Texts.toggle, decides: false,
                "Whether closed files are compressed (gzip)."),
            .value(
                "audit.retention_days", \.audit.retentionDays, .whole(0...36_500), decides: false,
                "Days after which a closed file is deleted; 0 keeps every file."),
        ])

    private static let recorder = Section(
        name: "recorder",
        summary: "The journal of everything a session is told from outside: see docs/journal.md.",
        settings: [
            .value(
                "recorder.enabled", \.recorder.isEnabled, Texts.toggle.optional, decides: false,
                "Whether sessions are recorded. Default: those of modes sim and ibkr, not replays."),
            .value(
                "recorder.directory", \.recorder.directory, Texts.directory.optional, decides: false,
                "Journals of mode ibkr; other modes have a folder inside. Default: `journal` in the state "
                    + "directory of the mode."),
            .value(
                "recorder.segment_bytes", \.recorder.segmentBytes, .whole(65_536...4_294_967_296),
                decides: false, "Size at which a new file is begun."),
            .value(
                "recorder.budget_bytes", \.recorder.budgetBytes, .whole(131_072...1_099_511_627_776),
                decides: false,
                "Size of all journals of the directory together; the oldest are removed for a new one."),
        ])

    private static let state = Section(
        name: "state", summary: "",
        settings: [
            .value(
                "state.directory", \.state.directory, Texts.directory.optional, decides: false,
                "Directory of what survives a restart; without it the place of the profile.")
        ])
}
