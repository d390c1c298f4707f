import Foundation
import PackagePlugin

/// Puts every file below a target's folder `Resources` into the program as text: a file added there is found by its name,
/// and no Swift names it.
@main
struct EmbedFiles: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = target.directoryURL.appending(path: "Resources")
        let files = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.isRegularFileKey])?
            .compactMap { $0 as? URL }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
            .sorted { $0.path < $1.path }
        guard let files, !files.isEmpty else {
            Diagnostics.error("\(target.name): no files below \(folder.path)")
            return []
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding the files of \(target.name)",
                executable: try context.tool(named: "embed").url,
                arguments: [folder.path, output.path] + files.map(\.path), inputFiles: files,
                outputFiles: [output])
        ]
    }
}
