import Anatomy
import CZlib
import Ensembles
import Examples
import Foundation
import InputFiles
import MarketData
import Primitives
import Scenarios
import Testing
import Validation

/// What measures may name.
private let october = MeasureNames(try! Scenario(ScenarioFile(named: "october-2025")))

/// Every reader of a user's file, each with a small file it reads, and what reading it gave.
struct Reader: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var isTable = true
    var read: @Sendable (String) throws -> String
    var testDescription: String { name }

    static let all: [Reader] = [
        Reader(
            name: "adl", text: "account,pnl_usd,effective_leverage,cap,score\na,100,2,1,0.5\nb,50,10,1,0.9\n",
            read: { "\(try DeleveragingEvent.read($0).winners)" }),
        Reader(
            name: "cascade", text: "drawdown_from,drawdown_to,notional_per_log\n0,0.05,5e10\n0.05,0.1,2e11\n",
            read: { "\(try TriggerDensity.read($0).segments)" }),
        Reader(
            name: "facts",
            text: "fact,measure,low,high,unit,role,source\nFall,fall_pct(asset=BTC),1,50,pct,held_out,own\n",
            read: { file in
                "\(try FactFile.read(file, names: october).map { ($0.name, $0.measure.text, $0.low, $0.high) })"
            }),
        Reader(
            name: "check",
            text:
                "id,venue,topic,revision,kind,inputs,expected,tolerance\nok,binance_usdm,t,,rule,{},{},1e-6\n",
            read: { file in
                "\(try ExampleFile.read(readText(file, atMost: 1 << 20, "a table"), file: file).map(\.id))"
            }),
        Reader(
            name: "klines",
            text: "open_time,open,high,low,close\n1760126340000,9,9,9,9\n1760126400000,9,9,9,9\n",
            read: { "\(try readPricePath($0).path.anchors)" }),
        Reader(
            name: "trades",
            text: "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"
                + "gemini,BTCUSD,1760126340000000,1,1,buy,9,1\n",
            read: { "\(try readPricePath($0).path.anchors)" }),
        Reader(
            name: "lobster", text: "34200.1,1,11,100,5000000,1\n34200.2,1,12,50,5000100,-1\n",
            read: { "\(try replayBook(format: .lobster, messages: $0))" }),
        Reader(
            name: "bitstamp",
            text: "id,timestamp,exchange.timestamp,price,volume,action,direction\n"
                + "1,1,1,34600.00,100000000,created,ask\n",
            read: { "\(try replayBook(format: .bitstamp, messages: $0))" }),
        Reader(
            name: "scenario", text: "extends: textbook-waterfall\nscenario: mine\n", isTable: false,
            read: { try Scenario(ScenarioFile(named: $0)).name }),
        Reader(
            name: "plan", text: "scenario: textbook-waterfall\nsweep: {seed: [1, 2]}\n", isTable: false,
            read: { "\(try SweepPlan(file: $0).points)" }),
        Reader(
            name: "rules plan", text: "scenario: october-2025\nseeds: [1, 2]\nrules: {a: {b.c: 1}}\n",
            isTable: false, read: { "\(try ComparisonPlan(file: $0).points)" }),
        Reader(
            name: "calibration",
            text: "scenario: october-2025\nfree: {news.move_pct: {from: -3, to: -1}}\n", isTable: false,
            read: { "\(try CalibrationPlan(file: $0) { text, _, _ in text }.parameters)" }),
    ]
}

/// A form that files have where they come from, and what must read like the plain one.
enum Form: String, CaseIterable {
    case crlf, byteOrderMark, blankLastLine, noLastLineEnd, gzip, twoMembers, zeroPaddedGzip, zip, storedZip
    case quotedCells, spacesAroundCells, headerAgain, blankLineInside

    static let ofTables: Set<Form> = [.quotedCells, .spacesAroundCells, .headerAgain, .blankLineInside]

    func bytes(_ text: String, hasHeader: Bool) -> [UInt8] {
        let lines = text.split(separator: "\n").map(String.init)
        func joined(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }
        switch self {
        case .crlf: return Array(text.replacing("\n", with: "\r\n").utf8)
        case .byteOrderMark: return [0xEF, 0xBB, 0xBF] + Array(text.utf8)
        case .blankLastLine: return Array((text + "\n").utf8)
        case .noLastLineEnd: return Array(text.dropLast().utf8)
        case .gzip: return deflated(Array(text.utf8), windowBits: 15 + 16)
        case .twoMembers:
            let bytes = Array(text.utf8)
            return deflated(Array(bytes[..<20]), windowBits: 15 + 16)
                + deflated(Array(bytes[20...]), windowBits: 15 + 16)
        case .zeroPaddedGzip:
            return deflated(Array(text.utf8), windowBits: 15 + 16) + [UInt8](repeating: 0, count: 300)
        case .zip: return zipped(Array(text.utf8), isDeflated: true)
        case .storedZip: return zipped(Array(text.utf8), isDeflated: false)
        case .quotedCells:
            return joined(
                lines.map {
                    $0.split(separator: ",", omittingEmptySubsequences: false)
                        .map { "\"\($0)\"" }.joined(separator: ",")
                })
        case .spacesAroundCells: return joined(lines.map { $0.replacing(",", with: " ,\t") })
        case .headerAgain: return joined(hasHeader ? lines + [lines[0]] : lines)
        case .blankLineInside: return joined([lines[0], "  "] + lines.dropFirst())
        }
    }
}

@Suite("Every reader of files")
struct EveryReaderTests {
    private func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
        let path = NSTemporaryDirectory() + "reader-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    @Test("A file reads alike in every form it comes in", arguments: Reader.all, Form.allCases)
    func forms(_ reader: Reader, _ form: Form) throws {
        if Form.ofTables.contains(form) && !reader.isTable { return }
        // What names the file in its answer would differ.
        let plain = try withFile(Array(reader.text.utf8)) { try reader.read($0) }
        let bytes = form.bytes(reader.text, hasHeader: reader.name != "lobster")
        let other = try withFile(bytes) { path in
            do { return try reader.read(path) } catch { return "\(error)" }
        }
        #expect(other == plain)
    }

    private func refusal(_ reader: Reader, _ path: String) -> InputError? {
        do {
            _ = try reader.read(path)
            return nil
        } catch { return error as? InputError }
    }

    @Test("What is no regular file is refused at once", arguments: Reader.all)
    func pipesDevicesFolders(_ reader: Reader) throws {
        let pipe = NSTemporaryDirectory() + "pipe-\(UUID().uuidString)"
        #expect(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        #expect(refusal(reader, pipe)?.found == "a pipe")
        #expect(refusal(reader, "/dev/zero")?.found == "a device")
        // An event is a folder, too; a folder that is none says what it lacks.
        #expect(
            refusal(reader, "/tmp")?.found
                == (reader.name == "scenario" ? "a folder without scenario.yaml" : "a folder"))
        #expect(refusal(reader, "/no/such/file")?.found == "no such file")
    }

    @Test(
        "Nothing is shown of a file that is of another kind", arguments: Reader.all,
        [
            "root:*:secret:0:99999:7::\ndaemon:*:20228:0:\n", "password: secret\nuser: secret\n", "secret\n",
            "secret,secret\n1,2\n", "secret: 1\nsecret: 2\n", "%secret: [\n", "\"secret\n",
            "- &secret x\n- *secrets\n",
        ])
    func privateFiles(_ reader: Reader, _ text: String) throws {
        let error = try withFile(Array(text.utf8)) { refusal(reader, $0) }
        let words = try #require(error).description
        // A table without a header has only its rows to be known by.
        #expect(!words.contains("secret") || reader.name == "lobster" && words.contains("6"), "\(words)")
    }

    @Test("A cell as large as a file is told in one line", arguments: ["adl", "facts", "klines", "scenario"])
    func hugeCells(_ name: String) throws {
        let reader = Reader.all.first { $0.name == name }!
        let huge = String(repeating: "x", count: 900_000)
        let text =
            name == "scenario"
            ? "extends: textbook-waterfall\nuniverse.majors: \(huge)\n"
            : reader.text.replacing("50", with: huge)
                .replacing("176012634", with: huge)
        let error = try withFile(Array(text.utf8)) { refusal(reader, $0) }
        let words = try #require(error).description
        #expect(words.utf8.count < 5000 && !words.contains("\n"))
    }
}

// MARK: Archives

private func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
    var stream = z_stream()
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1024)
    deflateInit2_(
        &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    let left = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            deflate(&stream, Z_FINISH)
            return Int(stream.avail_out)
        }
    }
    deflateEnd(&stream)
    return Array(output.dropLast(left))
}

/// An archive of one file and a folder, as archivers write it: lengths behind the data are not needed, the directory has them.
private func zipped(_ bytes: [UInt8], isDeflated: Bool) -> [UInt8] {
    let packed = isDeflated ? deflated(bytes, windowBits: -15) : bytes
    func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let checksum = Int(crc32(0, bytes, UInt32(bytes.count)))
    func entry(_ name: String, _ sum: Int, _ packed: Int, _ size: Int, _ method: Int) -> [UInt8] {
        little(method, 2) + little(0, 4) + little(sum, 4) + little(packed, 4) + little(size, 4)
            + little(name.utf8.count, 2) + little(0, 2)
    }
    func local(_ name: String, _ entry: [UInt8]) -> [UInt8] {
        little(0x0403_4B50, 4) + little(20, 2) + little(0, 2) + entry + Array(name.utf8)
    }
    func central(_ name: String, _ entry: [UInt8], _ offset: Int) -> [UInt8] {
        little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + entry + little(0, 10)
            + little(offset, 4) + Array(name.utf8)
    }
    let folder = entry("data/", 0, 0, 0, 0)
    let file = entry("data/a.csv", checksum, packed.count, bytes.count, isDeflated ? 8 : 0)
    let first = local("data/", folder)
    let body = first + local("data/a.csv", file) + packed
    let directory = central("data/", folder, 0) + central("data/a.csv", file, first.count)
    return body + directory + little(0x0605_4B50, 4) + little(0, 4) + little(2, 2) + little(2, 2)
        + little(directory.count, 4) + little(body.count, 4) + little(0, 2)
}
