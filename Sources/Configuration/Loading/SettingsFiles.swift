import Platform

/// Where the YAML files of a configuration come from.
struct SettingsFiles {
    /// The base file, below `place`.
    static let base = "settings.yaml"

    /// The directory, as messages show it.
    let place: String
    /// Reads a file by its path below `place`; `nil` when it does not exist.
    let read: (String) throws(SystemError) -> [UInt8]?

    /// The file of a profile, below `place`.
    static func profile(_ profile: Profile) -> String { "profiles/\(profile.rawValue).yaml" }

    /// Files in a directory.
    static func directory(_ path: String) -> SettingsFiles {
        let place = withoutTrailingSlash(path)
        return SettingsFiles(place: place) { name throws(SystemError) in
            try DurableFile.read(join(place, name), limit: YAMLDocument.maximumBytes)
        }
    }

    /// Files in memory, by path.
    static func texts(_ texts: [String: String], place: String) -> SettingsFiles {
        SettingsFiles(place: place) { name in texts[name].map { Array($0.utf8) } }
    }

    /// The first of `places` with a base file.
    ///
    /// - Throws: one problem, when none has one.
    static func first(of places: [String]) throws(ConfigurationError) -> SettingsFiles {
        for place in places {
            let files = directory(place)
            do throws(SystemError) {
                if try files.read(base) != nil { return files }
            } catch {
                // It is there and cannot be read: the loader reports why.
                return files
            }
        }
        let message = "no \(base) in \(places.joined(separator: " or ")), give the directory with --config"
        throw ConfigurationError(problems: [ConfigurationProblem(.file, "", "", message)])
    }

    /// `name` as messages show it.
    func path(of name: String) -> String { Self.join(place, name) }

    private static func join(_ place: String, _ name: String) -> String {
        place.hasSuffix("/") ? place + name : "\(place)/\(name)"
    }

    private static func withoutTrailingSlash(_ path: String) -> String {
        guard !path.isEmpty else { return "." }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
