import Configuration
import Testing

@Suite("Hostile YAML")
struct HostileYAMLTests {
    @Test(
        "refuses what is not plain YAML, with file and line",
        arguments: [
            (
                "a: 1\na: 2\nb: 1\nb: 1",
                [
                    "2: duplicate key \"a\", first given in line 1",
                    "4: duplicate key \"b\", first given in line 3",
                    "1: a: unknown key", "3: b: unknown key",
                ]
            ),
            ("symbols: &a [A]", ["1: anchors are not allowed"]),
            ("\nsymbols: *a", ["2: aliases are not allowed"]),
            ("symbols: !!seq [A]", ["1: tags are not allowed"]),
            ("symbols: [A]\n---\nsymbols: [B]", ["2: only one document is allowed"]),
            ("[a, b]: 1", ["1: a key must be plain text"]),
            ("? {a: 1}\n: 1", ["1: a key must be plain text"]),
            ("risk:\n\tmax_size: 1", ["2: a tab cannot indent, use spaces"]),
            (
                "risk:\n  max_size: 1\n fx: 2",
                ["3: did not find expected key (while parsing a block mapping)"]
            ),
            (
                "symbols: [A\nenv: dev",
                ["2: did not find expected ',' or ']' (while parsing a flow sequence)"]
            ),
            (
                "env: dev\nsymbols: \"A",
                ["2: found unexpected end of stream (while scanning a quoted scalar)"]
            ),
            ("env: dev\nsymbols: \u{0}", ["2: control characters are not allowed"]),
            ("env: dev\nsymbols: \u{7}", ["2: control characters are not allowed"]),
            ("# a\n%TAG !a! b\n---\n", ["2: directives are not allowed"]),
            ("<<: {a: 1}", ["1: <<: unknown key"]),
        ])
    func refused(_ yaml: String, _ messages: [String]) {
        #expect(problems(yaml) == messages.map { "config/settings.yaml:\($0)" })
    }

    @Test(
        "takes what is harmless",
        arguments: [
            "", "\n\n", "# nothing\n", "---\n", "---\nenv: dev\n...\n", "{}", "\u{FEFF}env: dev",
            "env: dev\r\nsymbols: [A]\r\n",
        ])
    func harmless(_ yaml: String) {
        #expect(problems(yaml) == [])
    }

    @Test("huge nesting ends at its bound", arguments: ["[", "{a: ", "- ", "? ", "[{a: "])
    func nesting(_ opening: String) {
        let yaml = "symbols:\n  " + String(repeating: opening, count: 1_000_000 / opening.utf8.count)
        #expect(problems(yaml).count == 1)
        let deep = "symbols: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(problems(deep) == ["config/settings.yaml:1: nested deeper than 32 levels"])
    }

    @Test("an alias bomb ends at its first anchor")
    func aliasBomb() {
        var yaml = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (name, before) in zip("bcdefghi", "abcdefgh") {
            yaml +=
                "\(name): &\(name) [" + [String](repeating: "*\(before)", count: 9).joined(separator: ", ")
                + "]\n"
        }
        #expect(problems(yaml) == ["config/settings.yaml:1: anchors are not allowed"])
    }

    @Test("a problem of one file does not hide those of the others")
    func independent() {
        #expect(
            problems("env: dev\na: [", ["dev": "x: 1"], environment: ["LOG_LEVEL": "loud"]).dropFirst() == [
                "environment LOG_LEVEL: telemetry.log_level: must be one of debug, info, notice, warning, error, critical"
            ])
        #expect(
            problems("a: [", ["dev": "x: 1"], profile: "dev").dropFirst() == [
                "config/profiles/dev.yaml:1: x: unknown key"
            ])
    }

    @Test("duplicates are bounded")
    func manyDuplicates() {
        let found = problems(String(repeating: "a: 1\n", count: 200_000))
        #expect(found == ["config/settings.yaml:202: too many duplicate keys"])
    }

    @Test("many keys are read in one pass")
    func manyKeys() throws {
        let sizes = (0..<4_000).map { "    S\($0): \($0 + 1)" }.joined(separator: "\n")
        #expect(try load("strategy:\n  sizes:\n" + sizes).strategy.sizes.count == 4_000)
        let more = sizes + (0..<97).map { "\n    T\($0): 1" }.joined()
        #expect(
            problems("strategy:\n  sizes:\n" + more) == [
                "config/settings.yaml:3: strategy.sizes: must have at most 4096 names"
            ])
    }
}
