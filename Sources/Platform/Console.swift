import Glibc

/// Plain text on the standard streams, past any buffer.
public enum Console {
    /// Writes to standard output; what cannot be written is lost, as with any closed pipe.
    public static func output(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// Writes to standard error.
    public static func error(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to file: Int32) {
        do throws(SystemError) {
            try DurableFile.writeAll(Array(text.utf8), to: file, named: "standard stream")
        } catch {
            // Nobody reads: there is nowhere to say so.
        }
    }
}
