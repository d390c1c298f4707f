import Primitives
import Recording
import Scenarios

/// Runs that may be told of together: of one event under the same settings, each seed once.
public enum AlikeRuns {
    /// - Throws: `InputError` naming the first setting or file in which a run differs from the first, or the run that stands
    ///   twice.
    public static func check(_ runs: [FinishedRun]) throws {
        guard let first = runs.first, runs.count > 1 else { return }
        let files = try EventFiles(run: first.folder).files
        for run in runs.dropFirst() {
            try checkSettings(run, first)
            try checkFiles(run, try EventFiles(run: run.folder).files, first, files)
        }
        for (i, run) in runs.enumerated() {
            guard let same = runs[..<i].first(where: { isSame($0, run) }) else { continue }
            throw InputError(
                file: run.folder, key: "seed",
                found: "\(run.summary.seed) at scale \(run.scale), as in \(same.folder)",
                allowed: "each run once: runs of other seeds")
        }
    }

    private static func isSame(_ a: FinishedRun, _ b: FinishedRun) -> Bool {
        a.summary.seed == b.summary.seed && a.scale == b.scale
    }

    private static func checkSettings(_ run: FinishedRun, _ first: FinishedRun) throws {
        let (own, others) = (run.manifest.settings, first.manifest.settings)
        for key in Set(own.keys).union(others.keys).sorted() {
            let (found, allowed) = (own[key]?.text, others[key]?.text)
            if found == allowed { continue }
            if let x = found.flatMap(Double.init), x == allowed.flatMap(Double.init) { continue }
            throw InputError(
                file: run.folder + "/manifest.json", key: "settings.\(key)", found: words(found),
                allowed: "\(words(allowed)), as in \(first.folder): runs of one event under the same settings"
            )
        }
        guard run.manifest.inputHashes.values.sorted() == first.manifest.inputHashes.values.sorted() else {
            throw InputError(
                file: run.folder + "/manifest.json", key: "input_hashes",
                found: words(run.manifest.indexPath),
                allowed: "\(words(first.manifest.indexPath)), as in \(first.folder): the same index path")
        }
    }

    private static func words(_ text: String?) -> String { text.map { "`\($0)`" } ?? "nothing" }

    private static func checkFiles(
        _ run: FinishedRun, _ own: [String: EventFiles.File], _ first: FinishedRun,
        _ others: [String: EventFiles.File]
    ) throws {
        for name in Set(own.keys).union(others.keys).sorted() where !EventFiles.besides.contains(name) {
            if own[name]?.text == others[name]?.text { continue }
            throw InputError(
                file: run.folder + "/event/" + name,
                found: own[name] == nil ? "no such file" : "another table",
                allowed: "\(others[name] == nil ? "no such file" : "the same"), as in \(first.folder)/event")
        }
    }
}
