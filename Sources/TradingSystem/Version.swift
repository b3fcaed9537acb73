/// Version of the product, semver.
public enum Version {
    /// The version.
    public static let current = "0.3.0"
}
