/// How IBKR's farms are, as far as the gateway tells.
struct FarmBoard {
    /// A farm and how it is.
    typealias Line = ClientStatus.Farm

    /// Farms kept; a text that is not as expected cannot fill the memory.
    static let most = 64

    /// In the order in which they were first told of.
    private(set) var lines: [Line] = []

    /// The gateway has told of a farm.
    ///
    /// - Parameter text: names it after its last colon; without one the farm has no name.
    mutating func take(_ kind: GatewayCode.Farm, _ state: GatewayCode.FarmState, text: String) {
        let name = Self.name(text)
        if let index = lines.firstIndex(where: { $0.kind == kind && $0.name == name }) {
            lines[index].state = state
        } else if lines.count < Self.most {
            lines.append(Line(kind: kind, name: name, state: state))
        }
    }

    /// Whether contracts and market rules cannot be had.
    var isDefinitionsBroken: Bool {
        lines.contains { $0.kind == .definitions && $0.state == .broken }
    }

    /// Another session: what was told is void.
    mutating func forget() { lines = [] }

    private static func name(_ text: String) -> String {
        guard let colon = text.lastIndex(of: ":") else { return "" }
        return String(text[text.index(after: colon)...].drop { $0 == " " }.prefix(40))
    }
}
