import Glibc
import Platform
import TestSupport
import Testing

/// The two verifiers that share no code with ours: Python with `cryptography`, and a shell with openssl and jq.
enum IndependentVerifier {
    /// Where they are; `nil` when the folder is absent.
    static let folder: String? = {
        let package = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let data = getenv("TRADINGD_DATA").map { String(cString: $0) + "/../tools" }
        return [data, package + "/../shared/tools"].compactMap(\.self).first {
            access($0 + "/audit-verify.py", R_OK) == 0
        }
    }()

    static let hasPython = folder != nil && succeeds("python3 -c 'import cryptography'")
    static let hasShell = folder != nil && succeeds("command -v jq openssl awk sha256sum")
    static let pythonReason: Comment = "SKIPPED: audit-verify.py, python3 or its cryptography is not here"
    static let shellReason: Comment = "SKIPPED: audit-verify.sh, jq or openssl is not here"

    private static func succeeds(_ command: String) -> Bool {
        system("{ \(command); } >/dev/null 2>&1") == 0
    }

    /// One call of the Python verifier.
    struct Case {
        var files: [String]
        var anchors: [String] = []
    }

    /// Whether the Python verifier accepts each case; all of them run in one process.
    static func python(_ cases: [Case], vkey: String, _ directory: TemporaryDirectory) throws -> [Bool] {
        let driver = try directory.file(
            "driver.py",
            """
            import sys, runpy, io, contextlib
            for call in open(sys.argv[2]).read().splitlines():
                sys.argv = ["audit-verify.py"] + call.split("\\t")
                code = 0
                with contextlib.redirect_stdout(io.StringIO()):
                    try: runpy.run_path(sys.path[0] + "/tool.py", run_name="__main__")
                    except SystemExit as end: code = end.code or 0
                    except Exception: code = 1
                print(code)
            """)
        let tool = try #require(try DurableFile.read((folder ?? "") + "/audit-verify.py"))
        try directory.write(tool, to: "tool.py")
        let calls = cases.map { ([vkey] + $0.files + $0.anchors.flatMap { ["--anchor", $0] }) }
        let list = try directory.file(
            "calls", calls.map { $0.joined(separator: "\t") + "\n" }.joined())
        let output = directory.path + "/answers"
        // runpy's argument vector is replaced by the driver; the list is opened before that.
        try #require(system("python3 '\(driver)' . '\(list)' > '\(output)'") == 0)
        let answers = String(decoding: try directory.read("answers"), as: UTF8.self).split(separator: "\n")
        try #require(answers.count == cases.count)
        return answers.map { $0 == "0" }
    }

    /// Whether the shell verifier accepts a log of one segment.
    static func shell(vkey: String, segment: String, note: String) -> Bool {
        succeeds("bash '\(folder ?? "")/audit-verify.sh' '\(vkey)' '\(segment)' '\(note)'")
    }
}
