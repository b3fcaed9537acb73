import Glibc
import Platform

/// Files of the repository that are made from the code: a test compares them, or writes them where `TRADINGD_WRITE_DOCS` is
/// set.
public enum RepositoryFile {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    /// Whether the files are to be written instead of compared.
    public static var isWriting: Bool { getenv("TRADINGD_WRITE_DOCS") != nil }

    /// What a file holds.
    public static func read(_ name: String) throws -> String {
        String(decoding: try DurableFile.read("\(root)/\(name)") ?? [], as: UTF8.self)
    }

    /// What a file holds, once it has been written where that is asked for.
    public static func content(of name: String, madeAs text: String) throws -> String {
        if isWriting { try DurableFile.replace("\(root)/\(name)", with: Array(text.utf8), mode: 0o644) }
        return try read(name)
    }

    /// The part of a page between the marks of that name, once it has been written where that is asked for.
    ///
    /// - Returns: `nil` when the page has no such marks.
    public static func section(_ mark: String, of name: String, madeAs text: String) throws -> String? {
        let page = try read(name)
        guard let start = page.firstRange(of: "<!-- \(mark):begin -->\n")?.upperBound,
            let end = page.firstRange(of: "<!-- \(mark):end -->")?.lowerBound
        else { return nil }
        guard isWriting else { return String(page[start..<end]) }
        _ = try content(of: name, madeAs: page[..<start] + text + page[end...])
        return text
    }
}
