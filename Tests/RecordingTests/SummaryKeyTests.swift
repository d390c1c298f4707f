import Foundation
import Primitives
import Testing

@testable import Recording

@Suite("Keys of a summary") struct SummaryKeyTests {
    /// A summary in which everything that may be absent is there.
    private static var whole: MarketSummary {
        var s = MarketSummary()
        (s.title, s.simulatedUntilUtc, s.depthHalfBackUtc) = ("a", "b", "c")
        (s.longShortRatio, s.firstDeleveragingSeconds) = (1, 2)
        (s.fallPct, s.fallTimeUtc, s.regainedByMidnightPct) = (["BTC": 1], ["BTC": "a"], ["BTC": 1])
        (s.gainsUsd, s.fragility, s.collateralLowUsd) = (["longs": 1], ["start": 1], ["USDE": ["okx": 1]])
        (s.scaleNotes, s.capsHit, s.imposed, s.majors) = (["a"], ["b"], ["c"], ["BTC"])
        s.worstAssets = [.init(asset: "BTC", venue: "okx", fallPct: 1)]
        s.lending = [
            "aave": .init(liquidatedUsd: 1, badDebtUsd: 1, liquidations: 1, borrowers: 1, debtUsd: 1)
        ]
        s.cohorts = ["whales": .init(asset: "BTC", beforeCoins: 1, lowCoins: 1, afterCoins: 1)]
        var venue = MarketVenueResult()
        (venue.fallPct, venue.regainedByMidnightPct, venue.firstDeleveragingSeconds) = (
            ["BTC": 1], ["BTC": 1], 1
        )
        s.byVenue = ["okx": venue]
        s.measures = [MeasuredFigure("trading(asset=BTC)", unit: "USD", .value, 1, why: "")]
        s.anatomy.accountsByGeneration = [1]
        s.anatomy.largest = [
            .init(
                rootUtc: "", firstAsset: "", accounts: 1, usd: 1, generations: 1, venues: 1,
                crossesAssets: true)
        ]
        s.anatomy.falls = [
            "BTC": .init(fallLog: 1, newsLog: 1, forcedLog: 1, otherLog: 1, amplification: 1, forcedShare: 1)
        ]
        return s
    }

    private static let listed = Set(SummaryKey.all.flatMap(\.paths))

    /// Every path of a JSON value; names of what is listed under any name are `*`.
    private static func paths(_ value: Any, _ path: String = "") -> Set<String> {
        if let list = value as? [Any] {
            return list.reduce(into: list.isEmpty ? [path] : []) { $0.formUnion(paths($1, path + "[]")) }
        }
        guard let object = value as? [String: Any] else { return [path] }
        let start = path.isEmpty ? "" : path + "."
        let isByName = !path.isEmpty && listed.contains { $0 == start + "*" || $0.hasPrefix(start + "*.") }
        return object.reduce(into: []) { $0.formUnion(paths($1.value, start + (isByName ? "*" : $1.key))) }
    }

    private static func paths(of summary: MarketSummary) throws -> Set<String> {
        paths(try JSONSerialization.jsonObject(with: Data(summary.json().utf8)))
    }

    @Test func everyKeyIsDocumentedAndNoneThatIsGone() throws {
        let found = try Self.paths(of: Self.whole)
        #expect(found.subtracting(Self.listed).sorted() == [], "keys without a definition")
        #expect(Self.listed.subtracting(found).sorted() == [], "definitions without a key")
        #expect(Self.listed.count == SummaryKey.all.reduce(0) { $0 + $1.paths.count }, "a key defined twice")
    }

    /// The sample above leaves nothing out: a property that is absent there would go unseen.
    @Test func theSampleIsWhole() {
        for (name, children) in [
            ("summary", Mirror(reflecting: Self.whole).children),
            ("venue", Mirror(reflecting: Self.whole.byVenue["okx"]!).children),
            ("anatomy", Mirror(reflecting: Self.whole.anatomy).children),
        ] {
            for child in children {
                let mirror = Mirror(reflecting: child.value)
                let isEmpty =
                    mirror.children.isEmpty
                    && [.optional, .collection, .dictionary].contains(mirror.displayStyle)
                #expect(!isEmpty, "\(name).\(child.label ?? "")")
            }
        }
    }

    @Test func unitsAreThoseOfTheNames() {
        for key in SummaryKey.all {
            #expect(!key.unit.isEmpty && !key.meaning.isEmpty, "\(key.path)")
            for (ending, unit) in [
                ("_usd", "USD"), ("_pct", "%"), ("_share", "share"), ("_utc", "UTC"), ("_coins", "coins"),
                ("_log", "log"), ("_mb", "MB"), ("_seconds", "s"),
            ] where key.path.replacing(".*", with: "").hasSuffix(ending) && !key.path.hasSuffix("_micro_usd")
            {
                #expect(key.unit == unit, "\(key.path)")
            }
        }
    }

    @Test func theDocumentIsTheList() throws {
        let written = try DocumentPart("keys", of: "summary.md").text
        #expect(
            written == SummaryKey.markdown,
            "between the marks `<!-- keys -->` of docs/summary.md must stand:\n\(SummaryKey.markdown)")
    }
}
