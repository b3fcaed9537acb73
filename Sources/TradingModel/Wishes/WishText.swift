/// Members of what an operator asks for as one line, `key=value` separated by spaces: what a notice carries.
struct WishText {
    private var members: [(key: String, value: String)] = []

    /// - Parameter keys: those that may be there, each at most once.
    init?(_ text: String, keys: [String]) {
        for part in text.split(separator: " ", omittingEmptySubsequences: false) {
            guard let member = Self.member(part), keys.contains(member.key),
                !members.contains(where: { $0.key == member.key })
            else { return nil }
            members.append(member)
        }
    }

    subscript(key: String) -> String? { members.first { $0.key == key }?.value }

    /// The member as `read` understands it: outer `nil` where it is there and cannot be understood.
    func optional<Value>(_ key: String, _ read: (String) -> Value?) -> Value?? {
        guard let text = self[key] else { return .some(nil) }
        return read(text).map { .some($0) }
    }

    /// A value by its name.
    func named<Value: CaseIterable>(_ key: String, _ name: (Value) -> StaticString) -> Value? {
        guard let text = self[key] else { return nil }
        return Value.allCases.first { name($0).matches(text) }
    }

    /// One line of the members that are there.
    static func line(_ members: [(key: String, value: String?)]) -> String {
        members.compactMap { member in member.value.map { "\(member.key)=\($0)" } }.joined(separator: " ")
    }

    /// The two sides of the first `=`; `nil` without one.
    static func member(_ part: Substring) -> (key: String, value: String)? {
        let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return sides.count == 2 ? (String(sides[0]), String(sides[1])) : nil
    }

    /// An exact decimal.
    static func price(_ text: String) -> Price? { try? Price(text) }
}

extension SystemNotice {
    /// What an operator asks for about orders, member by member; empty for other notices.
    public var wishMembers: [(key: String, value: String)] {
        guard kind == .orderRequested || kind == .cancelRequested || kind == .modifyRequested else {
            return []
        }
        return detail.split(separator: " ").compactMap(WishText.member)
    }
}
