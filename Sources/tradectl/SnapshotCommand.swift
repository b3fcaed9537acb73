import ArgumentParser
import ExactJSON

/// `tradectl snapshot dom|delta|tape|footprint|orders|positions|risk|config`
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Shows what the daemon knows at this moment.",
        subcommands: [
            Dom.self, Delta.self, Tape.self, Footprint.self, Orders.self, Positions.self, Risk.self,
            Config.self,
        ])

    /// Options of every snapshot.
    struct Options: ParsableArguments {
        @OptionGroup var connection: ConnectionOptions

        @Option(help: "How many rows, bars, prints or orders.")
        var limit: Int?

        func call(_ method: String, _ symbol: String?) throws -> JSONValue {
            var members: [JSONValue.Member] = []
            members.add("symbol", symbol)
            members.add("limit", limit)
            return try connection.call("snapshot." + method, members)
        }
    }

    static func header(_ result: JSONValue, _ title: String) -> String {
        "\(result.cell("symbol")) \(title)   sequence \(result.cell("sequence"))   \(result.cell("ts"))\n"
            + streams(result)
    }

    /// How good the streams are that are not simply live; nothing where all are.
    static func streams(_ result: JSONValue) -> String {
        let members = result["streams"]?.objectValue ?? []
        let poor = members.filter { $0.value["quality"]?.stringValue.map { $0 != "live" } ?? false }
        return poor.map { "\($0.key) \($0.value.cell("quality")): \($0.value.cell("reason"))\n" }.joined()
    }

    struct Dom: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Depth of market: the ladder.")
        @Argument(help: "Instrument.") var symbol: String
        @OptionGroup var options: Options

        func run() throws {
            options.connection.show(try options.call("dom", symbol), DomView.text)
        }
    }

    struct Delta: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delta bars: trades by aggressor.")
        @Argument(help: "Instrument.") var symbol: String
        @OptionGroup var options: Options

        func run() throws {
            options.connection.show(try options.call("delta", symbol)) { result in
                var table = Table(
                    "<start", "open", "high", "low", "close", "volume", "buy", "sell", "?", "delta", "max",
                    "min",
                    "cum")
                let bars = result["bars"]?.arrayValue ?? []
                let keys = ["open", "high", "low", "close"]
                let prices = PriceColumn(bars.flatMap { bar in keys.map { bar.cell($0) } })
                for bar in bars {
                    table.add(
                        bar.time("start") + (bar["closed"]?.boolValue == true ? "" : "…"),
                        prices.text(bar.cell("open")), prices.text(bar.cell("high")),
                        prices.text(bar.cell("low")), prices.text(bar.cell("close")), bar.cell("volume"),
                        bar.cell("buy_volume"), bar.cell("sell_volume"), bar.cell("unknown_volume"),
                        bar.cell("delta"), bar.cell("max_delta"), bar.cell("min_delta"), bar.cell("cum_delta")
                    )
                }
                return SnapshotCommand.header(result, "delta") + table.text
            }
        }
    }

    struct Tape: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The newest prints and the session's totals.")
        @Argument(help: "Instrument.") var symbol: String
        @OptionGroup var options: Options

        func run() throws {
            options.connection.show(try options.call("tape", symbol)) { result in
                var table = Table("<time", "price", "size", "<side")
                for print in result["tape"]?["prints"]?.arrayValue ?? [] {
                    table.add(
                        print.time("ts"), print.cell("price"), print.cell("size"), print.cell("aggressor"))
                }
                let totals = result["tape"]?["totals"] ?? .null
                return SnapshotCommand.header(result, "tape") + table.text
                    + "\(totals.cell("trades")) trades   volume \(totals.cell("volume"))   "
                    + "buy \(totals.cell("buy_volume"))   sell \(totals.cell("sell_volume"))   "
                    + "delta \(totals.cell("delta"))   vwap \(totals.cell("vwap"))\n"
            }
        }
    }

    struct Footprint: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Volume by price of the newest bars.")
        @Argument(help: "Instrument.") var symbol: String
        @OptionGroup var options: Options

        func run() throws {
            options.connection.show(try options.call("footprint", symbol)) { result in
                let bars = result["bars"]?.arrayValue ?? []
                let text = bars.map(FootprintView.text).joined(separator: "\n")
                return SnapshotCommand.header(result, "footprint") + (bars.isEmpty ? "no trades yet\n" : text)
            }
        }
    }

    struct Orders: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Working orders and the newest finished ones.")
        @Argument(help: "Instrument; all without.") var symbol: String?
        @OptionGroup var options: Options

        func run() throws {
            options.connection.show(try options.call("orders", symbol)) { result in
                var table = Table(
                    "<order", "<symbol", "<side", "qty", "limit", "<status", "filled", "avg price", "<sent",
                    "<reason")
                let working = result["working"]?.arrayValue ?? []
                for order in working + (result["finished"]?.arrayValue ?? []) {
                    table.add(
                        order.cell("order_id"), order.cell("symbol"), order.cell("side"), order.cell("qty"),
                        order.cell("limit_price"), order.cell("status"), order.cell("filled_qty"),
                        order.cell("avg_price"), order.time("sent_at"), order.cell("reason"))
                }
                return table.text + "\(result.cell("working_total")) working\n"
            }
        }
    }

    struct Positions: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Holdings and results.")
        @Argument(help: "Instrument; all without.") var symbol: String?
        @OptionGroup var options: Options

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("symbol", symbol)
            options.connection.show(try options.connection.call("snapshot.positions", members)) { result in
                var table = Table(
                    "<symbol", "position", "avg price", "mark", "realized", "unrealized", "<currency", "fills"
                )
                for position in result["positions"]?.arrayValue ?? [] {
                    table.add(
                        position.cell("symbol"), position.cell("position"), position.cell("avg_price"),
                        position.cell("mark"), position.cell("realized_pnl"), position.cell("unrealized_pnl"),
                        position.cell("currency"), position.cell("fills"))
                }
                return table.text
            }
        }
    }

    struct Risk: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Limits, their use and the decisions so far.")
        @Argument(help: "Instrument; all without.") var symbol: String?
        @OptionGroup var connection: ConnectionOptions

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("symbol", symbol)
            connection.show(try connection.call("snapshot.risk", members), RiskView.text)
        }
    }

    struct Config: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every setting in force.")
        @OptionGroup var connection: ConnectionOptions

        func run() throws {
            connection.show(try connection.call("snapshot.config")) { result in
                let lines = (result["settings"]?.arrayValue ?? []).map { $0.cell + "\n" }.joined()
                return "hash \(result.cell("hash"))\n" + lines
            }
        }
    }
}
