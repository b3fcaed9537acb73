import Logging
import Platform
import Synchronization

/// The least important level that is logged: one for all, and one of its own for each component that has one. Changeable
/// at any time, from any thread.
public final class LogLevels: Sendable {
    /// The level in force for one component; asking costs one atomic load.
    final class Cell: Sendable {
        private let index: Atomic<Int>

        init(_ level: Logger.Level) { index = Atomic(level.index) }

        var level: Logger.Level {
            get { Logger.Level.ascending[index.load(ordering: .relaxed)] }
            set { index.store(newValue.index, ordering: .relaxed) }
        }
    }

    private struct State {
        var standard: Logger.Level
        var own: [String: Logger.Level] = [:]
        var cells: [String: Cell] = [:]
    }

    /// Components that may have a level of their own.
    public static let mostOwn = 64
    private static let mostCells = 256

    private let state: Locked<State>

    /// Levels with `standard` for every component that is not in `own`.
    public init(_ standard: Logger.Level = .info, own: [String: Logger.Level] = [:]) {
        state = Locked(State(standard: standard, own: own))
    }

    /// The level of components without one of their own.
    public var standard: Logger.Level {
        get { state.withLock { $0.standard } }
        set {
            state.withLock { state in
                state.standard = newValue
                for (component, cell) in state.cells where state.own[component] == nil {
                    cell.level = newValue
                }
            }
        }
    }

    /// The level in force for `component`.
    public func level(of component: String) -> Logger.Level {
        state.withLock { $0.own[component] ?? $0.standard }
    }

    /// Gives `component` a level of its own; `nil` takes it back.
    ///
    /// - Returns: false when `mostOwn` components have one already.
    @discardableResult
    public func set(_ level: Logger.Level?, for component: String) -> Bool {
        state.withLock { state in
            if level != nil, state.own[component] == nil, state.own.count >= Self.mostOwn { return false }
            state.own[component] = level
            state.cells[component]?.level = level ?? state.standard
            return true
        }
    }

    /// Every component that has logged or has a level of its own, by name, with the level in force.
    public var components: [(component: String, level: Logger.Level, isOwn: Bool)] {
        state.withLock { state in
            Set(state.cells.keys).union(state.own.keys).sorted().map { component in
                (component, state.own[component] ?? state.standard, state.own[component] != nil)
            }
        }
    }

    /// What loggers of `component` ask.
    func cell(_ component: String) -> Cell {
        state.withLock { state in
            if let cell = state.cells[component] { return cell }
            let cell = Cell(state.own[component] ?? state.standard)
            // One beyond the bound keeps the level it was made with.
            if state.cells.count < Self.mostCells { state.cells[component] = cell }
            return cell
        }
    }
}

extension Logger.Level {
    /// All levels, made once: `allCases` would allocate for each question.
    static let ascending = allCases

    /// Position in `ascending`.
    var index: Int { Self.ascending.firstIndex(of: self) ?? 0 }
}
