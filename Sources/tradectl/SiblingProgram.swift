import Glibc
import Platform

/// Another program of ours, run in the place of this one.
enum SiblingProgram {
    /// Where `name` is: beside this program, else in a directory of `PATH`.
    ///
    /// - Throws: exit code 4 when it is nowhere.
    static func path(of name: String) throws(Failure) -> String {
        let path = ProcessEnvironment.variables["PATH"] ?? "/usr/bin:/bin"
        let directories = [ownDirectory].compactMap { $0 } + path.split(separator: ":").map(String.init)
        for directory in directories where access("\(directory)/\(name)", X_OK) == 0 {
            return "\(directory)/\(name)"
        }
        throw Failure("\(name) is neither beside this program nor on PATH: --\(name) says where", exitCode: 4)
    }

    private static var ownDirectory: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
        return DurableFile.directoryName(String(decoding: bytes, as: UTF8.self))
    }

    /// Runs it with this program's streams and environment, and waits.
    ///
    /// - Returns: its exit code; 128 and the number of the signal that ended it.
    static func run(_ program: String, _ arguments: [String]) throws(SystemError) -> Int32 {
        var list = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for text in list { free(text) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, program, nil, nil, &list, environ)
        guard code == 0 else { throw SystemError("posix_spawn", program, code: code) }
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("waitpid", program) }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
    }
}
