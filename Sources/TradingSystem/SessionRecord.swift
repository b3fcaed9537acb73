import Configuration
import ControlPlane
import ExactJSON
import Strategies
import TradingModel

/// What an auditor has to know of a session before its decisions: versions, strategies, instruments and the settings they
/// depend on.
struct SessionRecord {
    let session: UInt32
    let mode: Mode
    let settings: Settings

    /// Most bytes the settings may take in the line; a line holds 65,200 altogether.
    static let settingsLimit = 49_152
    /// Most bytes the instruments may take in the line.
    static let instrumentsLimit = 8_192

    /// Writes the data of `session.start`.
    ///
    /// `settings` is the canonical text whose SHA-256 is `config`; what is too long for a line is `null`, with its length
    /// beside it.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        writeIdentity(to: &json)
        json.key("account")
        json.string(account)
        writeStrategies(to: &json)
        writeInstruments(to: &json)
        writeSettings(to: &json)
        json.endObject()
    }

    /// Where the session trades: the account that the settings name for ibkr, empty where they name none, else `sim`.
    var account: String { mode == .ibkr ? settings.providers.ibkr.account ?? "" : "sim" }

    /// Writes `session profile mode version config` into an open object.
    func writeIdentity(to json: inout JSONWriter) {
        json.key("session")
        json.integer(session)
        json.key("profile")
        json.string(settings.profile.rawValue)
        json.key("mode")
        json.string(mode.rawValue)
        json.key("version")
        json.string(ProductVersion.current)
        json.key("config")
        json.string(settings.decisionHash(sha256Hex))
    }

    private func writeStrategies(to json: inout JSONWriter) {
        let strategy = Wiring.strategy(settings)
        json.key("strategies")
        json.beginArray()
        json.beginObject()
        json.key("name")
        json.string(strategy.id.name)
        json.key("version")
        json.integer(strategy.version)
        json.key("enabled")
        json.bool(settings.strategy.isEnabled)
        json.endObject()
        json.endArray()
    }

    private func writeInstruments(to json: inout JSONWriter) {
        var list = JSONWriter()
        list.beginArray()
        for instrument in Wiring.instruments(settings) {
            list.beginArray()
            list.string(instrument.symbol.name)
            list.priceText(instrument.tickSize)
            list.quantityText(instrument.lotSize)
            list.quantityText(instrument.multiplier)
            list.string(instrument.currency)
            list.endArray()
        }
        list.endArray()
        Self.write("instruments", "instruments_bytes", list, limit: Self.instrumentsLimit, to: &json)
    }

    private func writeSettings(to json: inout JSONWriter) {
        var text = JSONWriter()
        text.string(settings.canonicalText)
        Self.write("settings", "settings_bytes", text, limit: Self.settingsLimit, to: &json)
    }

    private static func write(
        _ key: StaticString, _ bytesKey: StaticString, _ value: JSONWriter, limit: Int,
        to json: inout JSONWriter
    ) {
        json.key(key)
        if value.bytes.count <= limit {
            json.raw { $0.append(contentsOf: value.bytes) }
        } else {
            json.null()
            json.key(bytesKey)
            json.integer(value.bytes.count)
        }
    }
}
