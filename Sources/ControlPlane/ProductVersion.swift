/// Version of the product, semver; one for the daemon and its tool.
public enum ProductVersion {
    /// The version.
    public static let current = "0.10.0"
}
