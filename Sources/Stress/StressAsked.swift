import Desk
import Foundation
import InputFiles
import Primitives

/// What a stress test was asked: kept in its folder, so that an account can be explained later.
public struct StressAsked: Codable, Sendable {
    public var book: String
    /// As they were given, in the order of the answer; paths are not explained.
    public var shocks: [String]
    public var shockFile: String?
    /// Candles that coins followed by their betas.
    public var betas: [String]
    public var impact: String
    /// `VENUE:key=value`.
    public var rules: [String]
    public var day: String
    /// Of each shock: who was liquidated, and the deficits, to see that the book is still the same.
    public var liquidated: [Int]
    public var deficitsUsd: [Double]

    public static let file = "asked.json"

    enum CodingKeys: String, CodingKey {
        case book, shocks, betas, impact, rules, day, liquidated
        case shockFile = "shock_file"
        case deficitsUsd = "deficits_usd"
    }

    public init(
        book: String, shocks: [String], shockFile: String?, betas: [String], impact: String, rules: [String],
        day: String,
        _ result: StressResult
    ) {
        self.book = book
        self.shocks = shocks
        self.shockFile = shockFile
        self.betas = betas
        self.impact = impact
        self.rules = rules
        self.day = day
        let asked = result.scenarios.prefix(shocks.count)
        liquidated = asked.map(\.accountsLiquidated)
        deficitsUsd = asked.map(\.deficitUsd)
    }

    /// Whether a folder is that of a stress test.
    public static func isThere(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + file)
    }

    /// - Throws: `InputError` for a file that cannot be read.
    public init(folder: String) throws {
        let path = folder + "/" + Self.file
        self = try JSONDecoder().decode(
            StressAsked.self, from: try readData(path, atMost: 16 << 20), file: path,
            allowed: "what `undertow stress` of this version left")
    }
}
