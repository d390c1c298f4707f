import Foundation
import InputFiles
import MarketData
import Primitives
import Recording
import Scenarios

extension ScenarioRun {
    /// What the run's folder says of it before it begins.
    ///
    /// - Parameter inputs: content hashes of the files read beside the scenario, by path.
    public func manifest(_ inputs: [String: String]) -> Manifest {
        var manifest = Manifest()
        manifest.undertow = Manifest.version
        manifest.scenario = scenario.name
        manifest.title = title
        manifest.seed = seed
        manifest.scale = scale
        manifest.threads = threads
        manifest.record = record.rawValue
        manifest.untilUtc = until?.description
        manifest.indexPath = indexPathFile
        manifest.book = bookFolder
        manifest.changes = changes.isEmpty ? nil : changes.map(\.text)
        manifest.inputHashes = inputs
        manifest.settings = scenario.file.settings.mapValues {
            Manifest.Value(
                text: $0.text, file: $0.file, source: $0.source, role: $0.role, low: $0.low, high: $0.high)
        }
        manifest.startedUtc = Date().ISO8601Format()
        return manifest
    }

    /// A hash of everything that decides the run and its folder: a run that records less has a folder of its own,
    /// so that it does not take the place of one that recorded more.
    ///
    /// - Parameter inputs: content hashes of the files read beside the scenario, by path.
    public func identity(_ inputs: [String: String]) -> StateHash {
        var hash = StateHash()
        for key in scenario.file.settings.keys.sorted() {
            hash.combine(StateHash.of(key + "=" + scenario.file.settings[key]!.text))
        }
        hash.combine(scenario.file.files.contentHash.value)
        for (_, content) in inputs.sorted(by: { $0.key < $1.key }) { hash.combine(StateHash.of(content)) }
        hash.combine(StateHash.of(record.rawValue))
        hash.combine(seed)
        hash.combine(scale)
        hash.combine(until?.nanoseconds ?? 0)
        for change in changes { hash.combine(StateHash.of(change.text)) }
        return hash
    }

    /// A 64-bit hash of a file's bytes.
    ///
    /// - Throws: `InputError` if the file cannot be read.
    public static func contentHash(_ file: String) throws -> String {
        var hash = StateHash()
        for byte in try readData(file) { hash.combine(UInt64(byte)) }
        return hash.hex
    }

    /// The folder of the run with its first manifest, and its recorder if it has one; nil where no folder is wanted.
    ///
    /// - Throws: `InputError` if the folder cannot be written.
    public func open<R>(
        _ manifest: Manifest, _ inputs: [String: String], recorder: (String) throws -> R
    ) throws -> (folder: RunFolder, recorder: R?)? {
        guard let out else { return nil }
        let folder = try RunFolder(
            under: out, scenario: scenario.name, seed: seed, identity: identity(inputs))
        try writing(folder.path) { try manifest.write(folder: folder.path) }
        do {
            try scenario.export(to: folder.path + "/event")
            return (folder, record == .off ? nil : try recorder(folder.path))
        } catch {
            let end = RunEnd(
                now: scenario.start, planned: lastMoment, isInterrupted: false,
                record: RecordOutcome(failure: plainWords(error)))
            _ = try finish(folder, manifest, end, summaries: [], page: nil)
            throw unwritable(folder.path, "\(plainWords(error))")
        }
    }

    /// Writes the folder's last files, the manifest after the summaries so that it promises nothing that is not there; a
    /// page is drawn from a manifest that is.
    ///
    /// - Returns: what could not be written; the manifest says so, too.
    /// - Throws: `InputError` if the manifest cannot be written.
    public func finish(
        _ folder: RunFolder, _ manifest: Manifest, _ end: RunEnd, summaries: [(name: String, text: String)],
        page: ((String) throws -> String)?
    ) throws -> String? {
        var manifest = manifest
        var failure = end.failure
        end.complete(&manifest)
        folder.giveRoom()
        func write(_ name: String, _ text: () throws -> String) {
            do { try folder.write(text(), to: name) } catch {
                let reason = "\(name) could not be written: \(plainWords(error))"
                failure = failure ?? reason
                if manifest.status != .failed {
                    manifest.status = .failed
                    manifest.completeness = reason + "; every row of the run is there"
                }
            }
        }
        for (name, text) in summaries { write(name) { text } }
        try writing(folder.path) { try manifest.write(folder: folder.path) }
        if let page, manifest.status == .finished {
            write("report.html") { try page(folder.path) }
            if manifest.status == .failed {
                try writing(folder.path) { try manifest.write(folder: folder.path) }
            }
        }
        return failure
    }

    /// A failure to write becomes an error that names the folder.
    private func writing<T>(_ folder: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as InputError {
            throw error
        } catch {
            throw unwritable(folder, plainWords(error))
        }
    }

    private func unwritable(_ folder: String, _ reason: String) -> InputError {
        InputError(
            file: folder, key: "--out", found: "a folder that cannot be written: \(reason)",
            allowed: "a writable folder with free space")
    }
}

extension Manifest {
    /// With what only the end knows.
    public func ended(_ stateHash: String, wallSeconds: Double) -> Manifest {
        var manifest = self
        manifest.stateHash = stateHash
        manifest.wallSeconds = wallSeconds
        return manifest
    }
}
