import Events
import Foundation
import InputFiles
import Primitives

/// The files of one event by name: those of its folder, and of the events it goes on from where its own are missing.
public struct EventFiles: Sendable {
    public struct File: Sendable, Hashable {
        public var text: String
        /// What errors name.
        public var path: String
        public init(text: String, path: String) {
            self.text = text
            self.path = path
        }
    }

    /// What an event's folder may hold, besides rulebooks of its own (`*.yaml`), tables its facts name and `*.md`.
    public static let known =
        ["scenario.yaml"] + EventTableKind.allCases.map(\.file)
        + ["facts.csv", "claims.csv", "controls.yaml"]
    /// Larger files are no event.
    static let mostBytes = 64 << 20

    public private(set) var files: [String: File] = [:]

    public init() {}

    /// - Parameters: `files` by name.
    public init(_ files: [String: File]) { self.files = files }

    /// The folder of a built-in event, or one on disk.
    ///
    /// - Throws: `InputError` for a file that is none of an event's or cannot be read.
    init(folder: String) throws {
        if let texts = BuiltInEvents.files(of: folder) {
            files = Dictionary(
                uniqueKeysWithValues: texts.map {
                    ($0.key, File(text: $0.value, path: folder + "/" + $0.key))
                })
            return
        }
        let names = try Self.names(in: folder)
        guard names.contains("scenario.yaml") else {
            let ofRun = Self.isFolder(folder + "/event") ? folder + "/event" : nil
            throw InputError(
                file: folder, found: "a folder without scenario.yaml",
                allowed:
                    "an event's folder, as `undertow scenarios export october-2025 --out NEW` writes one",
                nearest: ofRun)
        }
        for name in names where !name.hasSuffix(".md") && !name.hasPrefix(".") {
            let path = folder + "/" + name
            guard Self.known.contains(name) || name.hasSuffix(".yaml") || name.hasSuffix(".csv") else {
                throw Self.unknown(path, name)
            }
            files[name] = File(
                text: try readText(path, atMost: Self.mostBytes, "a file of an event"), path: path)
        }
        for name in files.keys.sorted() where !Self.known.contains(name) && name.hasSuffix(".csv") {
            guard isNamed(name) else { throw Self.unknown(files[name]!.path, name) }
        }
    }

    /// Whether scenario, facts, claims or controls speak of a table.
    private func isNamed(_ table: String) -> Bool {
        ["scenario.yaml", "facts.csv", "claims.csv", "controls.yaml"].contains {
            files[$0]?.text.contains(table) == true
        }
    }

    private static func unknown(_ path: String, _ name: String) -> InputError {
        InputError(
            file: path, found: "no file of an event",
            allowed:
                "\(known.joined(separator: ", ")), tables that facts or controls name, rulebooks as .yaml, notes as .md",
            nearest: nearestName(to: name, among: known))
    }

    /// The texts of all tables by file name: what a measure may name.
    public var tables: [String: String] {
        files.filter { $0.key.hasSuffix(".csv") }.mapValues(\.text)
    }

    /// Whether a name is that of an event's folder rather than of a YAML file.
    static func isFolder(_ name: String) -> Bool {
        if BuiltInEvents.names.contains(name) { return true }
        var isDirectory = ObjCBool(false)
        return FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory)
            && isDirectory.boolValue
    }

    private static func names(in folder: String) throws -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            throw InputError(
                file: folder, found: "a folder that cannot be read: \(plainWords(error))",
                allowed: "an event's folder")
        }
    }

    public subscript(_ name: String) -> File? { files[name] }

    /// The folder that errors name where a table is missing.
    var folder: String {
        let path = files["scenario.yaml"]?.path ?? ""
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? path
    }

    /// Goes on to another event's files: one with an assets.csv is an event of its own and keeps none of these, any other
    /// changes those it has.
    mutating func merge(_ other: EventFiles) {
        if other["assets.csv"] != nil {
            files = other.files
        } else {
            files.merge(other.files) { _, new in new }
        }
    }

    mutating func set(_ name: String, _ file: File) { files[name] = file }

    /// A hash of every table that decides a run; facts and claims do not.
    public var contentHash: StateHash {
        var hash = StateHash()
        for name in files.keys.sorted() where !Self.besides.contains(name) {
            hash.combine(StateHash.of(name))
            hash.combine(StateHash.of(files[name]!.text))
        }
        return hash
    }

    /// What is set beside a run and decides none; the settings are hashed as they are after all files and the command line.
    public static let besides = [
        "scenario.yaml", "facts.csv", "claims.csv", "controls.yaml", "scale-check.csv", "record.csv",
        "record-trading.csv",
    ]
}

extension EventFiles {
    /// The event that a run kept in its folder.
    ///
    /// - Throws: `InputError` where the run has none.
    public init(run folder: String) throws {
        let path = folder + "/event"
        guard Self.isFolder(path) else {
            throw InputError(
                file: path, found: "no such folder",
                allowed: "a folder written by `undertow run` of this version")
        }
        try self.init(folder: path)
    }
}
