import ArgumentParser
import Foundation
import InputFiles
import Primitives
import Recording

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "A run's recording as CSV files, for a spreadsheet, pandas or DuckDB.",
        discussion: """
            One file a table, names instead of numbers, times in ISO 8601 (UTC), an empty cell where there is no value. columns.csv says
            what every column counts. Amounts are in the currency of `settlement`.
            """ + HelpExamples.text("export RUN --to tables"))

    @Argument(help: "A run folder with a recording.", completion: .directory) var folder: String
    @Option(
        parsing: .unconditional, help: "The folder to make; it must not exist.",
        transform: Allowed.path("--to"))
    var to: String
    @Flag(help: "Only the folder.") var quiet = false

    func run() throws {
        guard !FileManager.default.fileExists(atPath: to) else {
            throw InputError(file: "--to", found: "`\(to)`, which exists", allowed: "a new folder")
        }
        _ = try Manifest.read(folder: folder)
        try makeFolder(to, option: "--to")
        let caller = Caller.current
        caller.watchSignals()
        let isQuiet = quiet
        let files = try RecordingExport.write(
            folder: folder, to: to, onTable: { if !isQuiet { caller.note("export: \($0)\n") } },
            isInterrupted: { caller.isStopped })
        if !quiet {
            for file in files { caller.note("\(file.name.padded(24))\(file.rows) rows\n") }
        }
        print(to)
    }
}
