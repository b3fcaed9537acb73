import Glibc

/// Plain text on the standard streams, past any buffer.
public enum Console {
    /// Writes to standard output. What a closed pipe does not take is lost; any other loss, such as a full disk, ends the
    /// process with 74 and a message: half a report must not look like a whole one.
    public static func output(_ text: String) {
        do throws(SystemError) {
            try write(text, to: STDOUT_FILENO)
        } catch {
            guard error.code != EPIPE else { return }
            Self.error("\(error)\n")
            exit(74)
        }
    }

    /// Writes to standard error; what cannot be written there is lost.
    public static func error(_ text: String) {
        do throws(SystemError) {
            try write(text, to: STDERR_FILENO)
        } catch {
            // Nobody reads: there is nowhere to say so.
        }
    }

    private static func write(_ text: String, to file: Int32) throws(SystemError) {
        try DurableFile.writeAll(Array(text.utf8), to: file, named: "standard output")
    }
}
