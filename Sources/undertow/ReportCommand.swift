import ArgumentParser
import Foundation
import Page

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a run's page, report.html: one file, nothing loaded from anywhere."
    )

    @Argument(help: "A finished run folder of the whole market.") var folder: String
    @Option(
        name: .customLong("with"), parsing: .upToNextOption,
        help: "What attribute, fragility, compare PLAN or explain printed with --json: sections of the page.")
    var answers: [String] = []

    func run() throws {
        let file = folder + "/report.html"
        try writePage(
            RunPage(folder: folder, answers: PageAnswers(files: answers), library: .installed).html, to: file)
        print(file)
    }
}

extension ChartLibrary {
    /// Where `make assets` of this checkout put it, or the folder `assets` of the working directory.
    static var installed: ChartLibrary? {
        var folder = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent()
        var folders = ["assets"]
        for _ in 0..<4 {
            folders.append(folder.appendingPathComponent("assets").path)
            folder.deleteLastPathComponent()
        }
        return ChartLibrary(in: folders)
    }
}
