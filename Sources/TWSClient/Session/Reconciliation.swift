import TWSProtocol

/// Which answers of a reconciliation are awaited.
///
/// The ends of open orders, positions and completed orders say not which request they answer, so there are never two
/// requests of a kind under way: one that begins anew waits for the end of the earlier answer and asks then.
struct Reconciliation {
    /// What is asked for.
    struct Kinds: OptionSet {
        static let openOrders = Kinds(rawValue: 1)
        static let executions = Kinds(rawValue: 2)
        static let positions = Kinds(rawValue: 4)
        static let completedOrders = Kinds(rawValue: 8)
        static let all: Kinds = [.openOrders, .executions, .positions, .completedOrders]

        let rawValue: UInt8
    }

    /// Asked for, the end has not come.
    private(set) var underWay: Kinds = []
    /// Still to be asked for, once the end of the earlier answer is there.
    private(set) var wanted: Kinds = []

    /// Whether every answer is in.
    var isComplete: Bool { wanted.isEmpty && underWay.isEmpty }

    /// Begins, or begins anew.
    mutating func begin() { wanted = .all }

    /// What to ask for now; taken as asked.
    mutating func takeDue() -> Kinds {
        let due = wanted.subtracting(underWay)
        wanted.subtract(due)
        underWay.formUnion(due)
        return due
    }

    /// The end of an answer has come.
    mutating func ended(_ kind: Kinds) { underWay.subtract(kind) }

    /// Nothing more is asked until the next beginning: the link is lost.
    mutating func interrupted() { wanted = [] }

    /// The socket is gone, and what was asked with it.
    mutating func forget() { self = Reconciliation() }
}
