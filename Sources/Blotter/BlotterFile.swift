import Audit
import Glibc
import Platform

/// The file of a store beside others: opened whatever has become of it, made anew, compared with its trail.
public enum BlotterFile {
    /// Its name in the state directory.
    public static let name = "blotter.sqlite"

    /// Opens the store; a file that is damaged is set aside as `….damaged`, and another begun.
    ///
    /// - Returns: the store, and what was wrong with the file before; `nil` where nothing was.
    public static func open(_ path: String) throws(BlotterError) -> (store: BlotterStore, damage: String?) {
        do throws(BlotterError) {
            return (try BlotterStore(path: path), nil)
        } catch {
            guard error.needsRebuild else { throw error }
            try setAside(path)
            return (try BlotterStore(path: path), error.description)
        }
    }

    /// Moves a file that cannot be used out of the way, in place of the one that was moved there before.
    public static func setAside(_ path: String) throws(BlotterError) {
        for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        guard rename(path, path + ".damaged") == 0 || errno == ENOENT else {
            throw .database(path, SQLiteError(code: 0, message: SystemError("rename", path).description))
        }
    }

    /// Makes the store anew from the whole trail, beside the one there is, and puts it in its place at the end.
    ///
    /// - Returns: the number of the last line.
    public static func rebuild(_ path: String, from directory: String) throws(BlotterError) -> UInt64 {
        let draft = path + ".new"
        for suffix in ["", "-wal", "-shm"] { unlink(draft + suffix) }
        let line = try make(draft, from: directory)
        for suffix in ["-wal", "-shm"] {
            unlink(draft + suffix)
            unlink(path + suffix)
        }
        guard rename(draft, path) == 0 else {
            throw .database(path, SQLiteError(code: 0, message: SystemError("rename", draft).description))
        }
        return line
    }

    private static func make(_ path: String, from directory: String) throws(BlotterError) -> UInt64 {
        var store = try BlotterStore(path: path)
        var sequel = store.sequel(of: directory)
        while try !store.catchUp(&sequel) {}
        try store.settle()
        return store.line
    }

    /// How a store compares with its trail.
    public enum Verdict: Sendable, Equatable {
        /// It has what the trail says up to its last line, and lacks so many lines behind it.
        case equal(line: UInt64, behind: UInt64)
        /// The trail that is kept begins with that line: what the store has from before cannot be made once more.
        case incomplete(first: UInt64)
        /// The first row that differs, in the store and as it follows from the trail.
        case differs(store: String, trail: String)
    }

    /// Makes the store once more, in memory, from the trail up to its last line, and compares every row.
    public static func verify(_ path: String, against directory: String) throws(BlotterError) -> Verdict {
        let reader = try BlotterReader(path: path)
        let line = try reader.line()
        var twin = try BlotterStore(path: ":memory:")
        var sequel = twin.sequel(of: directory)
        if line > 0 {
            _ = try twin.catchUp(&sequel, batch: 1)
            guard twin.line == 1 else { return .incomplete(first: twin.line) }
        }
        while twin.line < line {
            let batch = Int(min(512, line - twin.line))
            if try twin.catchUp(&sequel, batch: batch) && twin.line < line { break }
        }
        var own: [String] = [], derived: [String] = []
        try reader.dump { own.append($0) }
        try BlotterReader(twin).dump { derived.append($0) }
        for place in 0..<max(own.count, derived.count) {
            let pair = (
                place < own.count ? own[place] : "nothing", place < derived.count ? derived[place] : "nothing"
            )
            if pair.0 != pair.1 { return .differs(store: pair.0, trail: pair.1) }
        }
        var behind: UInt64 = 0
        while true {
            let before = twin.line
            let isEnd = try twin.catchUp(&sequel)
            behind += twin.line - before
            if isEnd { return .equal(line: line, behind: behind) }
        }
    }
}
