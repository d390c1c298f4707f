import Foundation
import Primitives
import Testing

@testable import InputFiles

@Suite("Tables")
struct TableRowsTests {
    private func rows(_ text: String) throws -> [[String]] {
        try tableRows(text, file: "t.csv").map(\.cells)
    }

    @Test(
        "Cells as RFC 4180 has them",
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("\"a, b\",c", [["a, b", "c"]]),
            ("\"say \"\"no\"\"\",\n", [["say \"no\"", ""]]),
            ("\"two\r\nlines\",x\r\ny,z\r\n", [["two\nlines", "x"], ["y", "z"]]),
            (" a , \" b \" ,\n", [["a", " b ", ""]]),
            ("5\" pipe,x\n", [["5\" pipe", "x"]]),
            ("\n\n a\n \t\nb\n\n", [["a"], ["b"]]), ("", []), (",\n", [["", ""]]),
        ] as [(String, [[String]])])
    func cells(_ text: String, _ expected: [[String]]) throws { #expect(try rows(text) == expected) }

    @Test(
        "A quote that is wrong is refused with its line",
        arguments: [("a\n\"b\n", "without an end"), ("a\n\"b\"c,d\n", "closing quote")])
    func quotes(_ text: String, _ words: String) {
        let error = inputError { _ = try rows(text) }
        #expect(error?.line == 2 && error?.found.contains(words) == true, "\(String(describing: error))")
    }

    @Test("Columns stand in any order among others; what is missing is named")
    func columns() throws {
        let table = try ColumnTable(text: "# ours\nz,b,a\n0,2,1\n", file: "t.csv", columns: ["a", "b"])
        #expect(table.rows.map(\.texts) == [["1", "2"]] && table.rows[0].line == 3)
        let error = inputError {
            _ = try ColumnTable(text: "a,prise\n", file: "t.csv", columns: ["a", "price"])
        }
        #expect(error?.key == "price" && error?.nearest == "prise" && error?.found == "the columns a,prise")
        let other = inputError { _ = try ColumnTable(text: "a\n1,2\n", file: "t.csv", columns: ["a"]) }
        #expect(other?.line == 2)
    }

    @Test("A row that begins with # is one where the first column is a name")
    func comments() throws {
        let text = "# ours\naccount\n#1\n"
        let names = try withFile(text) {
            try ColumnTable($0, columns: ["account"], comments: .aboveHeader).rows
        }
        #expect(names.map(\.texts) == [["#1"]])
        #expect(try withFile(text) { try ColumnTable($0, columns: ["account"]).rows.isEmpty })
    }
}

@Suite("Archives")
struct ArchiveTests {
    /// `a` with `x,1\n`, stored, and how to spoil it.
    private let one: [UInt8] = {
        let data = Array("x,1\n".utf8)
        // CRC-32 of the four bytes, from `crc32`.
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in data {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        sum = ~sum
        func little(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        let entry =
            little(0, 6) + little(sum, 4) + little(4, 4) + little(4, 4) + little(1, 2) + little(0, 2)
        let local = little(0x0403_4B50, 4) + little(20, 2) + little(0, 2) + entry + [97] + data
        let central =
            little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + entry + little(0, 10)
            + little(0, 4) + [97]
        return local + central + little(0x0605_4B50, 4) + little(0, 4) + little(1, 2) + little(1, 2)
            + little(UInt32(central.count), 4) + little(UInt32(local.count), 4) + little(0, 2)
    }()

    private func text(_ bytes: [UInt8]) throws -> String {
        try withFile(bytes) { try readText($0, atMost: 100, "a text") }
    }

    @Test func oneFileIsReadAndAnySpoiltByteOfItRefused() throws {
        #expect(try text(one) == "x,1\n")
        for i in [14, 31, 32, 34] {
            var spoilt = one
            spoilt[i] ^= 1
            // What stands before the data is told again in the directory.
            if i == 14 {
                #expect(try text(spoilt) == "x,1\n")
            } else {
                #expect(inputError { _ = try text(spoilt) } != nil, "byte \(i)")
            }
        }
    }

    @Test func whatIsNoArchiveOfOneFileIsRefused() throws {
        for length in [4, 30, 35, one.count - 23, one.count - 1] {
            #expect(inputError { _ = try text(Array(one[..<length])) } != nil, "\(length) bytes")
        }
        // Two in the directory; encrypted; packed another way; a directory that lies elsewhere.
        let directory = 35
        for (at, value) in [
            (one.count - 12, 2), (directory + 8, 1), (directory + 10, 9), (one.count - 6, 200),
        ] {
            var bytes = one
            bytes[at] = UInt8(value)
            #expect(inputError { _ = try text(bytes) } != nil, "byte \(at)")
        }
    }

    @Test func aTextTooLargeUnpackedIsRefused() throws {
        let error = inputError { _ = try text(gzip(String(repeating: "a", count: 101))) }
        #expect(error?.found == "more than 100 bytes")
    }
}

@Suite("Plain words")
struct PlainWordsTests {
    private struct Shape: Codable { var a: [Double] }

    @Test func whatSystemsThrowIsSaidWithoutTheirNames() {
        var errors: [any Error] = [
            CocoaError(.fileWriteOutOfSpace), CocoaError(.fileNoSuchFile), CocoaError(.fileWriteUnknown),
            NSError(domain: NSPOSIXErrorDomain, code: Int(ENOSPC)),
            NSError(domain: "GRDB.DatabaseError", code: 13),
        ]
        for json in ["{", "{}", "{\"a\": 1}", "{\"a\": [\"x\"]}", "{\"a\": null}"] {
            do { _ = try JSONDecoder().decode(Shape.self, from: Data(json.utf8)) } catch {
                errors.append(error)
            }
        }
        do { _ = try JSONEncoder().encode(Shape(a: [.nan])) } catch { errors.append(error) }
        #expect(errors.count == 11)
        for error in errors {
            let words = plainWords(error)
            for raw in ["Error", "Domain", "Swift", "Context", "codingPath", "SQL", "unforeseen", "\n"] {
                #expect(!words.contains(raw), "\(words)")
            }
        }
        #expect(plainWords(errors[3]) == "no free space" && plainWords(errors[4]) == "no free space")
    }

    @Test func afileInTheWayOfAFolderIsNamed() throws {
        let isNamed = try withFile("x") { path in inputError { try makeFolder(path + "/a/b") }?.file == path }
        #expect(isNamed)
        #expect(inputError { try makeFolder("") } != nil)
    }

    /// A relative name of one letter, for which Foundation's path of what is above it ends the process.
    @Test func aFolderMayHaveANameOfOneLetter() throws {
        let name = "Ω"
        try makeFolder(name)
        defer { try? FileManager.default.removeItem(atPath: name) }
        var isFolder: ObjCBool = false
        #expect(FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) && isFolder.boolValue)
        try makeFolder(name + "//")
    }
}
