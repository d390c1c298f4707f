import ArgumentParser
import Foundation
import Primitives

/// Becomes `undertow-lab`, a program of its own: it has a server, which this one need not carry.
struct LabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "A market in the browser: play, stop, fork, compare, look inside.",
        discussion: """
            Serves a page on this machine, http://127.0.0.1:8090/, until it is interrupted. `make lab` builds it.
            Options: --port N, --no-browser, --memory 8G, --book FOLDER, --captures FOLDER, --history FILE, --webhook URL, --folder FOLDER, --host ADDRESS with --token TOKEN.
            """ + HelpExamples.text("lab", "lab --port 9000 --no-browser --memory 4G"))

    @Argument(
        parsing: .captureForPassthrough,
        help: "Options of the lab; `undertow lab --help` says more where it is built.")
    var options: [String] = []

    func run() throws {
        guard !Caller.current.isEmbedded else {
            throw InputError(
                file: "undertow lab", found: "a call inside another program",
                allowed: "the command line: it becomes the lab's program")
        }
        let programs = Self.places
        guard let program = programs.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            if options.contains(where: { ["--help", "-h"].contains($0) }) {
                throw CleanExit.helpRequest(self)
            }
            throw InputError(
                file: "undertow lab", found: "no undertow-lab in \(programs.joined(separator: " or "))",
                allowed: "one that `make lab` built")
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + options).map { strdup($0) }
        words.append(nil)
        execv(program, &words)
        throw InputError(
            file: program, found: String(cString: strerror(errno)), allowed: "a program for this machine")
    }

    /// Beside this program, or in the checkout that it was built in; never from the working folder, which may be anybody's.
    private static var places: [String] {
        let own = URL(fileURLWithPath: Program.path)
            .resolvingSymlinksInPath()
        let beside = own.deletingLastPathComponent().appendingPathComponent("undertow-lab").path
        guard let build = own.path.range(of: "/.build/", options: .backwards) else { return [beside] }
        return [beside, own.path[..<build.lowerBound] + "/Lab/.build/release/undertow-lab"]
    }
}
