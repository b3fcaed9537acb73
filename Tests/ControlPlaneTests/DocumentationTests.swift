import Platform
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Documentation")
struct DocumentationTests {
    /// The part of `docs/control-api.md` between the marks of that name.
    private func section(_ name: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try #require(try DurableFile.read("/\(root)/docs/control-api.md"))
        let text = String(decoding: bytes, as: UTF8.self)
        let start = try #require(text.firstRange(of: "<!-- \(name):begin -->\n"))
        let end = try #require(text.firstRange(of: "<!-- \(name):end -->"))
        return String(text[start.upperBound..<end.lowerBound])
    }

    @Test("holds the method table as it is")
    func methods() throws {
        let text = MethodTable.documentation()
        #expect(try RepositoryFile.section("methods", of: "docs/control-api.md", madeAs: text) == text)
    }

    @Test("holds the error codes as they are")
    func errors() throws {
        #expect(try section("errors") == MethodTable.errorDocumentation())
    }
}
