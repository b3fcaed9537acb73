import Glibc
import Platform

/// The process behind a socket, as the kernel knows it: also of a daemon that answers no more.
public enum DaemonProcess {
    /// Name of the program.
    private static let program = "tradingd"

    /// The process that listens at `path`.
    ///
    /// - Returns: `nil` where the kernel tells of none, or of one that is not a daemon of ours.
    public static func listening(at path: String) -> pid_t? {
        do throws(SystemError) {
            let socket = try UnixSocket.open(flags: SOCK_NONBLOCK)
            try UnixSocket.connect(socket.number, to: path)
            let process = try Peer(socket: socket.number).pid
            return process > 1 && name(of: process) == program ? process : nil
        } catch {
            return nil
        }
    }

    /// What the kernel calls a process.
    private static func name(of process: pid_t) -> String? {
        do throws(SystemError) {
            guard let bytes = try DurableFile.read("/proc/\(process)/comm", limit: 64) else { return nil }
            return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        } catch {
            return nil
        }
    }
}
