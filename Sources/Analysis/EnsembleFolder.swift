import Ensembles
import Foundation
import GRDB
import InputFiles
import Primitives
import Recording

/// The folder of a sweep or a calibration: the plan it was begun with, a folder a point, tables at the end.
public struct EnsembleFolder: Sendable {
    public let path: String
    /// Two of them would take each other's points away.
    private let lock: FolderLock

    /// Opens or makes the folder; a plan other than the one it was begun with is refused.
    ///
    /// - Parameter plan: the plan's file.
    /// - Throws: `InputError` for another plan, for other files in the folder, or where it cannot be written.
    public init(_ path: String, plan: String) throws {
        self.path = path
        let files = FileManager.default
        let copy = path + "/plan.yaml"
        let text = try readText(plan, atMost: 16 << 20, "a plan (YAML)")
        try makeFolder(path)
        do {
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            lock = try FolderLock(path)
            if files.fileExists(atPath: copy) {
                guard try String(contentsOfFile: copy, encoding: .utf8) == text else {
                    throw InputError(
                        file: "--out", found: "\(path), which was begun with another plan",
                        allowed: "the plan in \(copy), or another folder")
                }
                return
            }
            guard try files.contentsOfDirectory(atPath: path).isEmpty else {
                throw InputError(
                    file: "--out", found: "\(path), which holds other files",
                    allowed: "an empty or a new folder")
            }
            try text.write(toFile: copy, atomically: true, encoding: .utf8)
        } catch let error as InputError {
            throw error
        } catch {
            throw InputError(
                file: "--out", found: "\(path): \(plainWords(error))",
                allowed: "a folder that can be written")
        }
    }

    /// Of the point with this number, from 1.
    public func folder(_ number: Int) -> String {
        let digits = String(number)
        return "\(path)/points/" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    /// What a point's run printed as JSON; nil without the figures that every run prints.
    public static func result(_ folder: String) -> [String: Any]? {
        guard let data = try? readData(folder + "/result.json"),
            let result = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any],
            result["state_hash"] is String, result["seed"] is NSNumber, result["fall_pct"] is [String: Any],
            result["liquidated_long_usd"] is NSNumber
        else { return nil }
        return result
    }

    /// Writes `results.csv` and `results.sqlite` with the same rows; texts and numbers, nothing for what is missing.
    ///
    /// - Throws: `InputError` where they cannot be written.
    public func writeTables(_ columns: [String], _ rows: [[Cell]]) throws {
        let part = path + "/results.sqlite.part"
        try? FileManager.default.removeItem(atPath: part)
        do {
            try Self.csv(columns, rows).write(
                toFile: path + "/results.csv", atomically: true, encoding: .utf8)
            let queue = try DatabaseQueue(path: part)
            try queue.write { db in
                try db.execute(
                    sql: "CREATE TABLE results (\(columns.map { "\"\($0)\"" }.joined(separator: ", ")))")
                let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
                let insert = try db.makeStatement(sql: "INSERT INTO results VALUES (\(marks))")
                for row in rows { try insert.execute(arguments: StatementArguments(row.map(\.value))) }
            }
            try queue.close()
            try? FileManager.default.removeItem(atPath: path + "/results.sqlite")
            try FileManager.default.moveItem(atPath: part, toPath: path + "/results.sqlite")
        } catch {
            throw InputError(
                file: path, found: "the tables cannot be written: \(plainWords(error))",
                allowed: "a folder with free space; the points that are done stay")
        }
    }

    /// Writes one table or page of the folder, whole or not at all.
    ///
    /// - Throws: `InputError` where it cannot be written.
    public func write(_ text: String, to name: String) throws {
        do { try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8) } catch {
            throw InputError(
                file: path + "/" + name, found: "cannot be written: \(plainWords(error))",
                allowed: "a folder with free space; the points that are done stay")
        }
    }

    /// A header and rows as comma-separated text.
    static func csv(_ columns: [String], _ rows: [[Cell]]) -> String {
        let lines = [columns.map(\.csvCell)] + rows.map { $0.map(\.csv) }
        return lines.map { $0.joined(separator: ",") + "\n" }.joined()
    }

    public enum Cell: Sendable, Equatable {
        case text(String)
        case number(Double)
        case none

        /// As typed in a plan: a number where it is one.
        public init(typed text: String) { self = Double(text).map(Cell.number) ?? .text(text) }

        var csv: String {
            switch self {
            case .text(let text): text.csvCell
            case .number(let x): x == x.rounded() && abs(x) < 1e15 ? "\(Int64(x))" : "\(x)"
            case .none: ""
            }
        }
        var value: (any DatabaseValueConvertible)? {
            switch self {
            case .text(let text): text
            case .number(let x): x == x.rounded() && abs(x) < 1e15 ? Int64(x) : x
            case .none: nil
            }
        }
    }
}
