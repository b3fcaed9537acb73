import Configuration
import ControlPlane
import Glibc
import Logging
import Platform
import Telemetry

/// What of the daemon only tells.
extension Daemon {
    /// Every metric as it stands, in the OpenMetrics text format.
    func exposition() -> String {
        sessionMetrics.refresh(current, killSwitch)
        return metrics.openMetricsText()
    }

    /// The metrics port, where one is configured; a replay goes without one that is taken.
    func startMetricsServer() throws(LaunchError) -> MetricsServer? {
        let wanted = settings.telemetry
        guard wanted.metricsSocket != nil || wanted.metricsAddress != nil else { return nil }
        do throws(SystemError) {
            let server = try MetricsServer(
                socket: wanted.metricsSocket, address: wanted.metricsAddress.map { ($0.address, $0.port) }
            ) { [weak self] in
                self?.exposition() ?? "# EOF\n"
            }
            log.info(
                "Metrics are served",
                metadata: [
                    "socket": "\(wanted.metricsSocket ?? "")",
                    "listen": "\(wanted.metricsAddress?.text ?? "")",
                ])
            return server
        } catch {
            guard options.mode == .replay else { throw .system("telemetry.metrics: \(error)") }
            log.warning("Replay without metrics port", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// The file of the spans, where one is configured.
    static func openTraces(
        _ settings: Settings, _ options: LaunchOptions
    ) throws(LaunchError) -> TraceSink? {
        guard let path = settings.telemetry.traceFile else { return nil }
        let resource = TraceSink.Resource(
            version: ProductVersion.current,
            instance: options.environment["INVOCATION_ID"] ?? "\(getpid())",
            environment: settings.profile.rawValue)
        do throws(SystemError) {
            return try TraceSink(
                path: path, maximumBytes: settings.telemetry.traceFileBytes, resource: resource)
        } catch {
            throw .system("telemetry.traces.file: \(error)")
        }
    }
}
