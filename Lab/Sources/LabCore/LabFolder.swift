import Foundation

/// The folder of a lab: one file a run. A file is whole or not there: it is renamed into place.
public struct LabFolder: Sendable {
    public let path: String

    /// - Throws: where the folder cannot be made.
    public init(_ path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(
            atPath: path + "/runs", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private func file(_ id: Int) -> URL { URL(fileURLWithPath: "\(path)/runs/\(id).json") }

    func save(_ run: SavedRun) throws {
        try JSONEncoder().encode(run).write(to: file(run.info.id), options: .atomic)
    }

    func remove(_ id: Int) { try? FileManager.default.removeItem(at: file(id)) }

    /// By number; and the names of files that are not such a run, which are left alone.
    func runs() -> (saved: [SavedRun], unread: [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/runs")) ?? []
        var saved: [SavedRun] = []
        var unread: [String] = []
        for name in names where name.hasSuffix(".json") {
            let data = FileManager.default.contents(atPath: path + "/runs/" + name)
            if let run = data.flatMap({ try? JSONDecoder().decode(SavedRun.self, from: $0) }) {
                saved.append(run)
            } else {
                unread.append(name)
            }
        }
        return (saved.sorted { $0.info.id < $1.info.id }, unread.sorted())
    }

    /// Of all files, those that cannot be read among them: a new run takes none of their names.
    var largestNumber: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/runs")) ?? []
        return names.compactMap { Int($0.prefix { $0 != "." }) }.max() ?? 0
    }

    /// A document of the lab's own, like its alerts. One that cannot be read is put aside, not written over.
    func read<T: Decodable>(_ name: String, _ type: T.Type) -> T? {
        let file = "\(path)/\(name).json"
        guard let data = FileManager.default.contents(atPath: file) else { return nil }
        if let value = try? JSONDecoder().decode(type, from: data) { return value }
        try? FileManager.default.removeItem(atPath: file + ".unread")
        try? FileManager.default.moveItem(atPath: file, toPath: file + ".unread")
        return nil
    }

    func write(_ name: String, _ value: some Encodable) throws {
        try JSONEncoder().encode(value).write(
            to: URL(fileURLWithPath: "\(path)/\(name).json"), options: .atomic)
    }
}
