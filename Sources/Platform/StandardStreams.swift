import Glibc

/// Standard input, output and error.
public enum StandardStreams {
    /// Opens `/dev/null` in the place of each that is closed, so that no socket or file of ours gets its number and then
    /// our log.
    public static func ensureOpen() {
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
            let null = open("/dev/null", O_RDWR)
            if null >= 0 && null != stream {
                dup2(null, stream)
                close(null)
            }
        }
    }
}
