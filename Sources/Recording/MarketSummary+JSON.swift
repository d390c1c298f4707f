import Foundation
import InputFiles
import Primitives

/// A result as one JSON object: snake_case keys, figures in names set apart as the command line promises them.
extension MarketSummary {
    private static let names = [
        ("worst40_min_share", "worst_40_min_share"), ("assets_beyond90_pct", "assets_beyond_90_pct"),
        ("depth1pct_min_share", "depth_1pct_min_share"),
        ("deleveraged_top1pct_share", "deleveraged_top_1pct_share"),
    ]
    /// Promised keys that have no value in some runs: printed as null then.
    private static let nullable = ["first_deleveraging_seconds", "long_short_ratio"]

    public func json() throws -> String {
        var text = try Recording.json(self, nullable: Self.nullable)
        for (made, promised) in Self.names {
            text = text.replacing("\"\(made)\"", with: "\"\(promised)\"")
        }
        return text
    }

    /// - Throws: `InputError` naming file and key.
    public init(json: String, file: String = "summary.json") throws {
        var text = json
        for (made, promised) in Self.names {
            text = text.replacing("\"\(promised)\"", with: "\"\(made)\"")
        }
        self = try SummaryFile.decoder.decode(
            MarketSummary.self, from: Data(text.utf8), file: file, allowed: SummaryFile.allowed)
    }

    /// - Throws: `InputError` naming file and key.
    public init(file: String) throws { try self.init(json: SummaryFile.text(file), file: file) }
}
