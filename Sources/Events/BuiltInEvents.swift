/// The events that come with the program: folders of data only, embedded while building. A new one is a new folder below
/// `Resources`.
public enum BuiltInEvents {
    private static let files: [String: [String: String]] = {
        var found: [String: [String: String]] = [:]
        for (path, text) in EmbeddedFiles.all {
            let parts = path.split(separator: "/", maxSplits: 1)
            precondition(parts.count == 2, "a file outside an event's folder: \(path)")
            found[String(parts[0]), default: [:]][String(parts[1])] = text
        }
        return found
    }()

    /// In the alphabet's order.
    public static let names = files.keys.sorted()

    /// The texts of an event by file name; nil if there is no such event.
    public static func files(of name: String) -> [String: String]? { files[name] }

    /// Whether a path that an error names is one of a built-in event.
    public static func isBuiltIn(path: String) -> Bool {
        guard let folder = path.split(separator: "/").first else { return false }
        return files[String(folder)] != nil
    }
}
