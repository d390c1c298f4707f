import Primitives

extension Scenario {
    /// The scenario of a run once more: its settings as the manifest keeps them, its event as the folder does.
    ///
    /// - Throws: `InputError` where the folder has no event, or settings and event do not fit.
    public init(manifest settings: [String: Setting], folder: String) throws {
        try self.init(
            ScenarioFile(
                settings: settings, files: EventFiles(run: folder), name: folder + "/manifest.json"))
    }
}
