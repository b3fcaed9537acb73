import ExactJSON
import Glibc
import Platform

/// What the figures were taken on.
public struct Machine: Sendable {
    /// Model of the processor.
    public let processor: String
    /// Cores of the machine.
    public let cores: Int
    /// Cores the suite may use, as the kernel writes them, e.g. `0`.
    public let coresAllowed: String
    /// Release of the kernel.
    public let kernel: String
    /// Version of the compiler.
    public let swift: String
    /// Processes that were running or ready on average in the last minute.
    public let load: Double

    /// Asks the kernel.
    ///
    /// - Parameter swift: version of the compiler, from the build.
    public init(swift: String) {
        processor = Self.field("model name", in: "/proc/cpuinfo") ?? "unknown"
        cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        coresAllowed = Self.field("Cpus_allowed_list", in: "/proc/self/status") ?? "unknown"
        kernel =
            Self.text("/proc/sys/kernel/osrelease").split(separator: "\n").first.map(String.init) ?? "unknown"
        load = Self.text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? 0
        self.swift = swift
    }

    /// The machine as one JSON object in one line, without line feed.
    public var line: String {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.key("machine")
        json.beginObject()
        json.key("cpu")
        json.string(processor)
        json.key("cores")
        json.integer(cores)
        json.key("cores_allowed")
        json.string(coresAllowed)
        json.key("kernel")
        json.string(kernel)
        json.key("swift")
        json.string(swift)
        json.key("load")
        json.raw { $0.append(contentsOf: Figure.text(load).utf8) }
        json.endObject()
        json.endObject()
        return json.text
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? DurableFile.read(path)).flatMap { $0 } ?? [], as: UTF8.self)
    }

    /// The value of the first `name: value` or `name<tab>: value`.
    private static func field(_ name: String, in path: String) -> String? {
        for line in text(path).split(separator: "\n") where line.hasPrefix(name) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
        }
        return nil
    }
}
