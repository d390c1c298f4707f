import ArgumentParser
import Foundation
import Page

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a run's page, report.html: one file, nothing loaded from anywhere.",
        discussion: HelpExamples.text("report RUN", "report RUN --with attribution.json story.json"))

    @Argument(help: "A finished run folder with a recording.") var folder: String
    @Option(
        name: .customLong("with"), parsing: .upToNextOption,
        help:
            "What attribute, fragility, compare PLAN or explain printed with --json: sections of the page. Such files in the run's folder are sections without being named."
    )
    var answers: [String] = []

    func run() throws {
        let file = folder + "/report.html"
        try writePage(
            pageHTML(
                folder: folder, answers: PageAnswers(files: answers + PageAnswers.files(in: folder)),
                library: .installed), to: file)
        print(file)
    }
}

extension ChartLibrary {
    /// Where `make assets` of this checkout put it, or beside the executable.
    static var installed: ChartLibrary? {
        ChartLibrary(in: folders(beside: Program.path)) { file in
            Undertow.complain(
                "\(file) is not the chart library expected (`make assets`); charts are plain SVG")
        }
    }
}
