import Foundation
import Primitives
import Testing

@testable import InputFiles

struct LineReaderTests {
    private func lines(_ path: String) throws -> [String] {
        let reader = try LineReader(path: path)
        var found: [String] = []
        while let line = try reader.next() {
            #expect(line.number == found.count + 1)
            found.append(line.text)
        }
        return found
    }

    @Test func plainAndGzipReadAlike() throws {
        let text = "\u{FEFF}a,b\r\n\nžluť\nlast"
        let expected = ["a,b", "", "žluť", "last"]
        #expect(try withFile(text, lines) == expected)
        #expect(try withFile(gzip(text), lines) == expected)
        #expect(try withFile(gzip("a\nb") + gzip("c\n"), lines) == ["a", "bc"])
        #expect(try withFile("", lines) == [])
        #expect(try withFile("x", lines) == ["x"])
    }

    @Test func linesAcrossChunksStayWhole() throws {
        let expected = (0..<50_000).map { "row \($0 * 7919)" }
        #expect(try withFile(gzip(expected.joined(separator: "\n")), lines) == expected)
        #expect(try withFile(expected.joined(separator: "\n"), lines) == expected)
    }

    @Test func truncatedAndDamagedGzipAreRefused() throws {
        let whole = gzip((0..<5000).map { "\($0 * $0)" }.joined(separator: "\n"))
        for length in [3, 20, whole.count / 2, whole.count - 1] {
            let error = try withFile(Array(whole[..<length])) { path in inputError { _ = try lines(path) } }
            #expect(error?.found.contains("middle of compressed data") == true, "cut to \(length)")
        }
        var damaged = whole
        damaged[whole.count - 6] ^= 0xFF
        #expect(
            try withFile(damaged) { path in inputError { _ = try lines(path) } }?.found.contains("damaged")
                == true)
        #expect(try withFile(whole + [1, 2, 3]) { path in inputError { _ = try lines(path) } } != nil)
    }

    @Test func notTextIsRefusedWithItsLine() throws {
        for bad: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
            let error = try withFile(Array("good\n".utf8) + bad + [10]) { path in
                inputError { _ = try lines(path) }
            }
            #expect(error?.line == 2)
        }
    }

    @Test func overlongLinesAreRefused() throws {
        let most = [UInt8](repeating: 65, count: LineReader.longestLine)
        #expect(try withFile(most + [10, 66]) { try lines($0).count } == 2)
        let error = try withFile([66, 10, 65] + most + [10]) { path in inputError { _ = try lines(path) } }
        #expect(error?.line == 2)
        let zipped = gzip(String(repeating: "A", count: 20 << 20))
        #expect(try withFile(zipped) { path in inputError { _ = try lines(path) } }?.line == 1)
    }

    @Test func missingFileAndFolderAreRefused() {
        #expect(inputError { _ = try LineReader(path: "/does/not/exist") }?.found == "no such file")
        #expect(inputError { _ = try LineReader(path: "/") }?.found == "a folder")
    }
}
