import ArgumentParser
import Foundation
import Validation

struct ClaimsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "What the press said of the day, beside the record and a run.",
        discussion: "What the run did not see is not judged." + HelpExamples.text("claims RUN"))

    @Argument(help: "A finished run folder of an event that has claims, such as october-2025.") var folder:
        String
    @Option(help: "Writes the page there; without it the page is printed.") var write: String?

    func run() throws {
        let page = try ClaimPage(FinishedRun(folder: folder)).markdown
        if let write {
            try writePage(page, to: write)
            print(write)
        } else {
            print(page, terminator: "")
        }
    }
}
