import Glibc
import Platform

/// All layers of one configuration.
struct SettingsLayers {
    let files: SettingsFiles
    let environment: [String: String]
    let flags: [SettingsOverride]
    /// Whether limits must be given where the profile asks for that.
    var insistsOnLimits = true

    /// The checked result.
    func settings() throws(ConfigurationError) -> Settings {
        var problems = ProblemList()
        let base = document(SettingsFiles.base, "no such file", &problems)
        let choice = ProfileChoice(flags: flags, environment: environment, base: base, path: basePath)
        var resolution = Resolution(settings: Settings(profile: choice.profile ?? .dev), problems: problems)
        if let base { resolution.apply(base, file: basePath) }
        if let profile = choice.profile { applyProfile(profile, choice.origin, to: &resolution) }
        applyEnvironment(to: &resolution)
        for flag in flags { resolution.apply(flag.value, to: flag.key, origin: flag.origin) }
        if let profile = choice.profile {
            resolution.settings.profile = profile
            let place = files.path(of: SettingsFiles.profile(profile))
            SettingsRules(place: place, insistsOnLimits: insistsOnLimits).check(&resolution)
        }
        if let error = resolution.problems.error { throw error }
        return resolution.settings
    }

    private var basePath: String { files.path(of: SettingsFiles.base) }

    private func applyProfile(_ profile: Profile, _ origin: String, to resolution: inout Resolution) {
        let name = SettingsFiles.profile(profile), path = files.path(of: name)
        let missing = "no such file (profile \(profile.rawValue) comes from \(origin))"
        guard let root = document(name, missing, &resolution.problems) else { return }
        resolution.apply(root, file: path)
        guard let own = root.value(of: "env"), let text = own.text, let named = Profile(rawValue: text),
            named != profile
        else { return }
        let message = "must be \(profile.rawValue) in this file"
        resolution.problems.add(ConfigurationProblem(.conflict, "\(path):\(own.line)", "env", message))
    }

    private func applyEnvironment(to resolution: inout Resolution) {
        for setting in SettingsSchema.settings {
            guard let name = setting.environment, let text = environment[name], !text.isEmpty else {
                continue
            }
            resolution.apply(text, to: setting.key, origin: "environment \(name)")
        }
    }

    /// The root of a file; `nil` when it has none, which is then reported.
    private func document(_ name: String, _ missing: String, _ problems: inout ProblemList) -> YAMLNode? {
        let path = files.path(of: name)
        guard let bytes = bytes(name, path, missing, &problems) else { return nil }
        do throws(YAMLError) {
            let document = try YAMLDocument(bytes)
            for duplicate in document.duplicates { problems.add(Self.problem(duplicate, path)) }
            return document.root
        } catch {
            problems.add(Self.problem(error, path))
            return nil
        }
    }

    private func bytes(
        _ name: String, _ path: String, _ missing: String, _ problems: inout ProblemList
    ) -> [UInt8]? {
        do throws(SystemError) {
            if let bytes = try files.read(name) { return bytes }
            problems.add(ConfigurationProblem(.file, path, "", missing))
        } catch {
            problems.add(ConfigurationProblem(.file, path, "", "cannot be read: \(error.reason)"))
        }
        return nil
    }

    private static func problem(_ error: YAMLError, _ path: String) -> ConfigurationProblem {
        ConfigurationProblem(.syntax, "\(path):\(error.line)", "", error.message)
    }
}

/// Which profile is in force, and who says so.
struct ProfileChoice {
    /// `nil` when the name is not one, or the file that might name it cannot be read; reported elsewhere.
    let profile: Profile?
    /// Where the name stands.
    let origin: String

    /// Flags, then `PROFILE`, then settings.yaml, then dev.
    init(flags: [SettingsOverride], environment: [String: String], base: YAMLNode?, path: String) {
        if let flag = flags.last(where: { $0.key == "env" }) {
            self.init(flag.value, flag.origin)
        } else if let text = environment["PROFILE"], !text.isEmpty {
            self.init(text, "environment PROFILE")
        } else if let node = base?.value(of: "env") {
            self.init(node.text, "\(path):\(node.line)")
        } else {
            self.init(base == nil ? nil : Profile.dev.rawValue, "the default")
        }
    }

    private init(_ name: String?, _ origin: String) {
        profile = name.flatMap(Profile.init(rawValue:))
        self.origin = origin
    }
}

extension SystemError {
    /// What went wrong, without the path and the call.
    fileprivate var reason: String {
        code == EFBIG ? "larger than 1 MiB" : String(cString: strerror(code))
    }
}
