import FuzzerDriver
import Glibc
import WireFuzzing

/// Throws random bytes at the codec of the TWS socket: `scripts/fuzz`. Arguments are libFuzzer's.
@main
struct WireFuzzer {
    static func main() {
        let code = fuzzer_run(CommandLine.argc, CommandLine.unsafeArgv) { bytes, count in
            WireProperty.check(UnsafeBufferPointer(start: bytes, count: count))
            return 0
        }
        exit(code)
    }
}
