import ArgumentParser
import Primitives
import Running

/// A command line answered inside another program: the same verbs, the same words, no stream and no signal of the process.
public struct EmbeddedCall: Sendable {
    /// What the command wrote as its result.
    public let results: String
    /// What it wrote beside it: warnings.
    public let notes: String
    public let end: Undertow.End

    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - isStopped: asked again and again, from any thread; true ends the work as Ctrl-C would.
    public init(
        _ arguments: [String], isStopped: @escaping @Sendable () -> Bool = { false },
        onProgress: Caller.OnProgress? = nil
    ) {
        let caller = Caller(isStopped: isStopped, onProgress: onProgress)
        end = Caller.$current.withValue(caller) { Undertow.answer(arguments) }
        (results, notes) = (caller.results, caller.notes)
    }

    /// The run that options of `run` ask for, checked as the command checks it; nil where something is wrong with them.
    public static func run(_ options: [String]) -> (run: ScenarioRun?, call: EmbeddedCall) {
        let caller = Caller(isStopped: { false }, onProgress: nil)
        var run: ScenarioRun?
        let end = Caller.$current.withValue(caller) {
            Undertow.end(of: { run = try RunCommand.parse(options).checkedRun() })
        }
        return (run, EmbeddedCall(results: caller.results, notes: caller.notes, end: end))
    }

    private init(results: String, notes: String, end: Undertow.End) {
        (self.results, self.notes, self.end) = (results, notes, end)
    }

    /// Which executable runs the points of ensembles and has the chart library beside it, from now on.
    public static func useProgram(_ path: String) { Program.use(path) }
}
