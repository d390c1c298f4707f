import Analysis
import ArgumentParser
import Primitives
import Recording
import Validation

struct AnatomyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anatomy",
        abstract: "What happened and why: waves, cascade tree, branching ratio, amplification, who paid.",
        discussion:
            "With several runs of one scenario each figure has its median and range. The interval of one run is a bootstrap over its minutes, and only the branching ratio has one. Where the event's index is given nobody's sales move it: the ratio is 0 and every tree one account."
            + HelpExamples.text("anatomy RUN", "anatomy RUN --json"))

    @Argument(help: "Folders of finished runs of one scenario.") var runs: [String]
    @Flag(help: "One JSON object on standard output.") var json = false

    func run() throws {
        guard !runs.isEmpty else {
            throw InputError(
                file: "anatomy", found: "no run", allowed: "at least one folder of a finished run")
        }
        let finished = try runs.map { try FinishedRun(folder: $0) }
        for other in finished where other.scenario != finished[0].scenario {
            throw InputError(
                file: other.folder, found: "a run of \(other.scenario)",
                allowed: "\(finished[0].scenario), as the first run")
        }
        try AlikeRuns.check(finished)
        let anatomy = try RunAnatomy(finished)
        print(json ? try Recording.json(anatomy) : anatomy.text)
    }
}
