import ArgumentParser
import Foundation
import Page
import Primitives

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a run's page, report.html: one file, nothing loaded from anywhere."
    )

    @Argument(help: "A finished run folder of the whole market.") var folder: String

    func run() throws {
        let file = folder + "/report.html"
        let html = try RunPage(folder: folder).html
        do { try html.write(toFile: file, atomically: true, encoding: .utf8) } catch {
            throw InputError(
                file: file, found: "cannot be written: \(error.localizedDescription)",
                allowed: "a folder that can be written to")
        }
        print(file)
    }
}
