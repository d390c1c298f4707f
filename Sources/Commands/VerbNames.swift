import ArgumentParser
import Primitives

/// Refuses a verb that is none, with those that are: the parser would only count arguments it did not expect.
enum VerbNames {
    static func check(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = Undertow.self
        var path = "undertow"
        for word in arguments {
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
            guard let next = verbs.first(where: { $0._commandName == word }) else {
                let names = verbs.map { $0._commandName }
                throw InputError(
                    file: path == "undertow" ? "command line" : path,
                    found: word.isEmpty ? "nothing" : "`\(word)`",
                    allowed: names.joined(separator: ", "), nearest: nearestName(to: word, among: names))
            }
            command = next
            path += " " + word
        }
    }
}
