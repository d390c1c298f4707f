import ArgumentParser
import Page

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a run's page, report.html: one file, nothing loaded from anywhere."
    )

    @Argument(help: "A finished run folder of the whole market.") var folder: String

    func run() throws {
        let file = folder + "/report.html"
        try writePage(RunPage(folder: folder).html, to: file)
        print(file)
    }
}
