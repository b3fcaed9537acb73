import Configuration
import ControlPlane
import Risk
import TradingModel

/// What a call wants killed or released.
struct KillTarget {
    let scope: KillScope
    /// `nil` where none was named.
    let level: KillLevel?

    /// - Throws: `invalidParams` for a scope that means nobody: a slip must not look like a kill.
    ///
    /// - Parameter latches: what holds: that may be named though the settings do not know it any more.
    init(
        _ call: RPCCall, _ settings: Settings, _ latches: KillLatches = KillLatches()
    ) throws(RPCError) {
        level = call.string("level").flatMap { KillLevel(name: $0) }
        let text = call.string("scope") ?? "all"
        guard let scope = KillScope(text: text),
            latches.latch(scope) != nil || Self.isKnown(scope, settings)
        else {
            throw .invalidParams([
                ParameterIssue(
                    "scope", "none of all, symbol:NAME and strategy:NAME with a name of the settings")
            ])
        }
        self.scope = scope
    }

    private static func isKnown(_ scope: KillScope, _ settings: Settings) -> Bool {
        switch scope {
        case .all: true
        case .strategy(let strategy): strategy.name == settings.strategy.name
        case .symbol(let symbol):
            settings.instruments[symbol.name] != nil || settings.symbols.contains(symbol.name)
                || settings.risk.whitelist.contains(symbol.name)
        }
    }
}
