import Foundation
import GRDB
import Primitives
import Recording
import Scenarios
import Testing
import Validation

@testable import Page

/// A run folder damaged in every way we can think of is refused with the place, or read; it never ends the process.
@Suite("Damaged run folders")
struct DamagedFolderTests {
    private static let folders = [RecordedFolder.market, RecordedFolder.venue]

    /// Everything that reads a run folder.
    private static let readers: [(name: String, read: @Sendable (String) throws -> Void)] = [
        ("page", { _ = try pageHTML(folder: $0) }),
        (
            "claims",
            {
                let run = try FinishedRun(folder: $0)
                guard run.scenario == "october-2025" else { return }  // nothing is kept of others
                _ = try ClaimPage(run).markdown
            }
        ),
        ("side by side", { _ = SideBySide([try FinishedRun(folder: $0)]).text }),
        ("hashes", { _ = try RecordedHashes(folder: $0) }),
        ("recording", { try readRecording($0 + "/run.sqlite") { _ in } }),
        (
            "facts",
            {
                let run = try FinishedRun(folder: $0)
                let facts = try EventRecord(run).facts
                _ = try FactRow.rows(facts, [try RunRecord(run)]).map(\.verdict)
            }
        ),
        (
            "scenario",
            {
                let manifest = try Manifest.read(folder: $0)
                let settings = manifest.settings.mapValues {
                    Setting(
                        text: $0.text, file: $0.file, line: nil, source: $0.source, low: $0.low,
                        high: $0.high,
                        role: $0.role)
                }
                _ = try Scenario(
                    ScenarioFile(
                        settings: settings, files: EventFiles(run: $0), name: $0 + "/manifest.json"))
            }
        ),
    ]

    /// The first refusal of each reader; any other error is a failure.
    private func refusals(_ folder: String, _ what: String) -> [String: InputError] {
        var found: [String: InputError] = [:]
        for (name, read) in Self.readers {
            do { try read(folder) } catch let error as InputError {
                #expect(error.description.count < 600, "\(what), \(name): \(error)")
                found[name] = error
            } catch { Issue.record("\(what), \(name): \(type(of: error)) \(error)") }
        }
        return found
    }

    private func change(_ folder: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: folder + "/run.sqlite")
        // A view over a table that is away for a moment is no reason to refuse.
        try queue.write { try $0.execute(sql: "PRAGMA legacy_alter_table = ON; " + sql) }
        try queue.close()
    }

    @Test(arguments: folders) func wholeFoldersAreRead(folder: String) throws {
        #expect(refusals(folder, "whole").isEmpty)
        #expect(try RecordedFolder.tables(folder).count >= 5)
    }

    @Test(arguments: folders) func everyValueOfEveryColumn(folder: String) throws {
        for (table, columns) in try RecordedFolder.tables(folder) where table != "about" {
            for (column, type) in columns {
                for (value, isText) in [
                    ("NULL", false), ("'no figure'", true), ("x'00ff10'", false), ("9e999", false),
                ] where value != "9e999" || type == "REAL" {
                    try RecordedFolder.copy(folder) { copy in
                        // A copy of the table has no constraint that would refuse the damage.
                        try change(
                            copy,
                            """
                            CREATE TABLE copy AS SELECT * FROM \(table); DROP TABLE \(table);
                            ALTER TABLE copy RENAME TO \(table);
                            UPDATE \(table) SET "\(column)" = \(value) WHERE rowid = (SELECT max(rowid) FROM \(table))
                            """)
                        let what = "\(table).\(column) = \(value)"
                        let found = refusals(copy, what)
                        guard try isFilled(copy, table), value != "NULL", !(isText && type == "TEXT") else {
                            return
                        }
                        let error = try #require(found["recording"], "\(what) was read")
                        #expect(error.key?.hasPrefix("\(table).\(column), row ") == true, "\(what): \(error)")
                    }
                }
            }
        }
    }

    private func isFilled(_ folder: String, _ table: String) throws -> Bool {
        try DatabaseQueue(path: folder + "/run.sqlite").read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)")! > 0
        }
    }

    @Test(arguments: [
        (RecordedFolder.market, "minutes", "open_interest_usd"), (RecordedFolder.market, "assets", "asset"),
        (RecordedFolder.market, "events", "venue_id"), (RecordedFolder.venue, "minutes", "open_interest_usd"),
        (RecordedFolder.venue, "minute_hashes", "state_hash"),
    ])
    func nothingWhereSomethingMustBe(folder: String, table: String, column: String) throws {
        try RecordedFolder.copy(folder) { copy in
            try change(
                copy,
                """
                CREATE TABLE copy AS SELECT * FROM \(table); DROP TABLE \(table); ALTER TABLE copy RENAME TO \(table);
                UPDATE \(table) SET "\(column)" = NULL WHERE rowid = 2
                """)
            let error = try #require(refusals(copy, column)["recording"])
            #expect(error.key == "\(table).\(column), row 2")
            #expect(error.found == "NULL")
        }
    }

    @Test(arguments: folders) func missingTablesColumnsAndRows(folder: String) throws {
        for (table, columns) in try RecordedFolder.tables(folder) where table != "about" {
            try RecordedFolder.copy(folder) { copy in
                try change(copy, "DROP TABLE \(table)")
                #expect(refusals(copy, "no \(table)")["recording"]?.key == table)
            }
            try RecordedFolder.copy(folder) { copy in
                try change(copy, "DELETE FROM \(table)")
                let found = refusals(copy, "empty \(table)")
                if table == "minutes" { #expect(found["page"]?.found == "no rows") }
            }
            try RecordedFolder.copy(folder) { copy in
                try change(copy, "DELETE FROM \(table) WHERE rowid = (SELECT min(rowid) FROM \(table))")
                let found = refusals(copy, "\(table) without a row")
                // What other rows name must be there.
                if ["assets", "books", "stages"].contains(table), table != "stages" {
                    #expect(found["recording"]?.allowed.contains(table) == true, "\(table): \(found)")
                }
            }
            let column = columns[columns.count - 1].name
            try RecordedFolder.copy(folder) { copy in
                try change(copy, "ALTER TABLE \(table) RENAME COLUMN \"\(column)\" TO other")
                #expect(
                    refusals(copy, "no \(table).\(column)")["recording"]?.key == "\(table).\(column)")
            }
        }
    }

    @Test(arguments: folders) func filesThatAreNoDatabase(folder: String) throws {
        for (name, bytes) in [
            ("empty", Data()), ("text", Data("no database at all, but long enough to look like one".utf8)),
            ("cut", try Data(contentsOf: URL(fileURLWithPath: folder + "/run.sqlite")).prefix(5000)),
        ] {
            try RecordedFolder.copy(folder) { copy in
                try bytes.write(to: URL(fileURLWithPath: copy + "/run.sqlite"))
                let found = refusals(copy, name)
                #expect(found["page"] != nil && found["recording"] != nil, "\(name): \(found)")
            }
        }
    }

    @Test(arguments: folders, ["summary.json", "manifest.json"])
    func everyKeyOfTheFiles(folder: String, file: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
        let whole = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for key in whole.keys.sorted() {
            for (name, value) in [
                ("removed", nil), ("null", NSNull()), ("text", "<b>"), ("number", -3.5),
                ("object", ["x": ["y": 1]]),
            ] as [(String, Any?)] {
                try RecordedFolder.copy(folder) { copy in
                    var damaged = whole
                    damaged[key] = value
                    try JSONSerialization.data(withJSONObject: damaged).write(
                        to: URL(fileURLWithPath: "\(copy)/\(file)"))
                    _ = refusals(copy, "\(file): \(key) \(name)")
                }
            }
        }
        for text in ["", "{", "[]", "null", "{\"seed\":1}", "\u{feff}{}", "not JSON"] {
            try RecordedFolder.copy(folder) { copy in
                try text.write(toFile: "\(copy)/\(file)", atomically: true, encoding: .utf8)
                let error = try #require(refusals(copy, "\(file): \(text)")["side by side"])
                #expect(error.file.hasSuffix(file))
            }
        }
    }

    @Test func theKeyAtFaultIsNamed() throws {
        try RecordedFolder.copy(RecordedFolder.market) { copy in
            let file = copy + "/summary.json"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacing("\"state_hash\":", with: "\"state_hash\":7,\"other\":").write(
                toFile: file, atomically: true, encoding: .utf8)
            let error = try #require(refusals(copy, "hash")["page"])
            #expect(error.key == "state_hash" && error.found == "a value that is not a text", "\(error)")
        }
    }

    @Test func settingsOfTheManifest() throws {
        let manifest = try Manifest.read(folder: RecordedFolder.market)
        for key in manifest.settings.keys.sorted() {
            try RecordedFolder.copy(RecordedFolder.market) { copy in
                var damaged = manifest
                damaged.settings[key] = nil
                try damaged.write(folder: copy)
                _ = refusals(copy, "without \(key)")
                damaged.settings[key] = manifest.settings[key]
                damaged.settings[key]!.text = "</script><b>"
                try damaged.write(folder: copy)
                _ = refusals(copy, "\(key) of another kind")
            }
        }
    }
}
