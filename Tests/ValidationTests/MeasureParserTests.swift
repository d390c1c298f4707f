import Primitives
import Testing

@testable import Validation

@Suite("Measures as they are written")
struct MeasureParserTests {
    @Test(arguments: [
        ("fall_pct(asset=BTC)", "fall_pct(asset=BTC)"),
        ("  fall_pct ( asset = BTC ,venue=x ) ", "fall_pct(asset=BTC, venue=x)"),
        ("liquidated_usd", "liquidated_usd"), ("liquidated_usd()", "liquidated_usd"),
        ("mean_fall_pct(venues = x+ y, rank= 5 - 30)", "mean_fall_pct(venues=x+y, rank=5-30)"),
    ])
    func spacesAreFree(text: String, written: String) throws { #expect(try call(text).text == written) }

    @Test func argumentsAreReadByTheirKind() throws {
        let group = try call("mean_fall_pct(venues=x+y, rank=5-30, kind=coin)").values
        #expect(group["venues"] == .list(["x", "y"]) && group["rank"] == .ranks(5...30))
        #expect(group["kind"] == .text("coin"))
        #expect(try call("beyond_pct(fall=90, rank=51-)").values["rank"] == .ranks(51...Int.max))
        #expect(try call("beyond_pct(fall=90, rank=7)").values["rank"] == .ranks(7...7))
        #expect(try call("apart_assets").values["times"] == .number(2))
        let times: [(String, Moment)] = [
            ("low", .low), ("news", .news), ("start", .start), ("end", .end), ("reference", .reference),
            ("midnight", .midnight), ("00:01Z", .clock(60)), ("21:36:05Z", .clock(77_765)),
            ("1970-01-02T00:00Z", .time(86_400)),
        ]
        for (text, moment) in times {
            #expect(try call("price_usd(asset=BTC, at=\(text))").values["at"] == .moment(moment), "\(text)")
        }
    }

    /// What is wrong, and what an error must then mention.
    static let faults: [(String, [String])] = [
        ("", ["no measure"]),
        ("fal_pct(asset=BTC)", ["unknown measure `fal_pct`", "nearest known: `fall_pct`"]),
        ("btc_fall_pct", ["unknown measure", "scenarios measures"]),
        ("fall_pct", ["fall_pct without `asset`", "fall_pct(asset, [venue]"]),
        ("fall_pct(BTC)", ["`BTC`", "argument=value"]), ("fall_pct(asset=)", ["argument=value"]),
        ("fall_pct(asset=BTC,)", ["argument=value"]), ("fall_pct(asset=BTC=ETH)", ["argument=value"]),
        ("fall_pct(asset=BTC", ["quotes around it"]), ("fall_pct asset=BTC", ["`name` or"]),
        ("fall_pct(asset=BTC))", ["`name` or"]), ("(asset=BTC)", ["`name` or"]),
        ("fall_pct(aset=BTC)", ["unknown argument `aset`", "nearest known: `asset`"]),
        ("fall_pct(asset=BTC, asset=ETH)", ["`asset` twice"]),
        ("fall_pct(asset=BTX)", ["`asset=BTX`", "BTC, ETH, ALT, USDX, TOTAL", "nearest known: `BTC`"]),
        ("fall_pct(asset=BTC, venue=q)", ["`venue=q`", "x, y, z"]),
        ("mean_fall_pct(venues=x+q)", ["`venues=q`"]), ("mean_fall_pct(venues=x+x)", ["`x` twice"]),
        ("mean_fall_pct(venues=x+)", ["`venues=`"]), ("mean_fall_pct(venues=x, rank=30-5)", ["5-30 or 51-"]),
        ("mean_fall_pct(venues=x, rank=0)", ["5-30 or 51-"]),
        ("mean_fall_pct(venues=x, kind=gold)", ["coin, stable"]),
        ("mean_fall_pct(venues=x, without=DOGE)", ["`without=DOGE`"]),
        ("liquidated_usd(side=lnog)", ["long, short", "nearest known: `long`"]),
        ("liquidated_usd(after=lw)", ["21:36Z", "nearest known: `low`"]),
        ("liquidated_usd(after=25:00Z)", ["21:36Z"]), ("liquidated_usd(after=21:36)", ["21:36Z"]),
        ("liquidated_usd(after=2026-02-30T10:00Z)", ["2025-10-10T21:36Z"]),
        ("worst_share(minutes=0)", ["from 1 to"]), ("worst_share(minutes=ten)", ["a number"]),
        ("worst_share(minutes=nan)", ["a number"]), ("takeover_usd(by=luck)", ["vault, fund"]),
        ("gross_leverage(at=noon)", ["start, end"]), ("rank_correlation(table=low.csv)", ["lows.csv"]),
    ]

    @Test(arguments: faults)
    func faultsAreNamed(text: String, mentions: [String]) throws {
        let error = #expect(throws: InputError.self) {
            try MeasureCall(text, file: "facts.csv", line: 7, names: SyntheticRun.names)
        }
        let said = try #require(error).description
        #expect(said.hasPrefix("facts.csv:7: `measure`: "), "\(said)")
        for mention in mentions { #expect(said.contains(mention), "\(said)") }
    }

    /// A table that a measure names is read where the measure is.
    @Test func aTableOfFallsMustBeOne() throws {
        func names(_ text: String) -> MeasureNames {
            MeasureNames(
                assets: [.init(name: "A", kind: "coin", rank: 1)], venues: ["x"], tables: ["t.csv": text])
        }
        for (text, mention) in [
            ("venue,asset,fall_pct\nx,A,1\n", "`guess`"),
            ("venue,asset,fall_pct,guess\nx,A,deep,1\n", "t.csv:2"),
            ("venue,asset,fall_pct,guess\nx,A,1,1\nx,AA,1,1\n", "t.csv:3: `asset`: found `AA`"),
            ("venue,asset,fall_pct,guess\nxx,A,1,1\n", "t.csv:2: `venue`: found `xx`"),
            ("venue,asset,fall_pct,guess\nxx,A,1,1\n", "nearest known: `x`"),
        ] {
            let error = #expect(throws: InputError.self) {
                try MeasureCall("rank_correlation(table=t.csv)", file: "f", names: names(text))
            }
            #expect(try #require(error).description.contains(mention))
        }
        let none = #expect(throws: InputError.self) {
            try MeasureCall("rank_correlation(table=t.csv)", file: "f", names: .init(assets: [], venues: []))
        }
        #expect(try #require(none).allowed.contains("the event has none"))
    }
}
