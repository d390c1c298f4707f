import Clearing
import Foundation
import Primitives
import Rules
import Testing

@testable import Venues

/// The rulebook files: what they carry, and how a bad one is refused.
@Suite struct RulebookTests {
    @Test(arguments: Rulebook.builtInNames) func everyFileReadsOnEveryDayOfIts(_ name: String) throws {
        let file = try Rulebook.file(name)
        let days = Set(file.entries.compactMap(\.since) + [Rulebook.defaultDay, "2022-01-01", "2026-11-23"])
        for day in days.sorted() where day >= "2020" {
            let book = try Rulebook.named(name, on: day)
            expect(!book.markets.isEmpty && !book.waterfall.stages.isEmpty, "\(name) on \(day)")
        }
        for entry in file.entries {
            expect(!entry.sources.isEmpty, "\(name): \(entry.rule) names no source")
            // What is our own choice is said to be; what is an option is a choice the rest of the file can live with.
            for (key, allowed) in entry.options {
                for text in allowed {
                    let isNew = (try? Rulebook.named(name, on: "2026-11-23", overrides: [(key, text)])) != nil
                    let isOld = (try? Rulebook.named(name, overrides: [(key, text)])) != nil
                    // A deleveraging option may need a figure of another rule in force.
                    expect(isNew || isOld, "\(name): \(key)=\(text) is refused")
                }
            }
        }
    }

    /// The venues that are not modelled one by one: Bybit's rules, none of them more than an assumption.
    @Test(arguments: ["2022-01-01", "2025-10-10", "2026-06-01"])
    func otherIsBybitAssumed(_ day: String) throws {
        let (other, bybit) = (try Rulebook.named("other", on: day), try Rulebook.named("bybit", on: day))
        expect(other.name == "other" && other.rules.file.extends == "bybit")
        let settings = other.rules.entries.flatMap { $0.settings.map { "\($0.key)=\($0.texts)" } }
        expect(settings == bybit.rules.entries.flatMap { $0.settings.map { "\($0.key)=\($0.texts)" } })
        expect(settings.count > 40)
        expect(other.rules.entries.allSatisfy { $0.confidence == .assumption })
        expect(other.markets.map(\.spec.schedule) == bybit.markets.map(\.spec.schedule))
        expect(other.markets.map(\.spec.name) == bybit.markets.map(\.spec.name))
    }

    /// Conformance is found from what is read and acts, entry by entry; a setting that nothing reads is no rule of ours.
    @Test func builtIsWhatIsReadAndActs() throws {
        func built(_ name: String, _ rule: String) throws -> String {
            let file = try Rulebook.file(name)
            return zip(file.entries, try Rulebook.built(file)).first { $0.0.rule == rule }!.1
        }
        expect(try built("binance", "maintenance margin") == "yes")
        expect(try built("binance", "largest position").hasPrefix("no: initial margin of 100 %"))
        expect(try built("bybit", "slices in cross mode") == "in words")
        let index = "`index`, `index_outlier`, `index_silent_seconds` where venues make their own index"
        expect(try built("binance", "index price") == "yes; " + index)
        expect(try built("bitmex", "index weights") == "`index_weights` where venues make their own index")
        expect(try built("bybit", "deleveraging trigger").hasPrefix("yes; not `adl_stop_ratio`"))
        let extra = """

              - rule: nothing of ours
                words: a setting that no code knows
                confidence: C
                source: [U]
                set: {reads_nobody: 1}
            """
        let yaml = String(decoding: PackageResources.textbook_yaml, as: UTF8.self) + extra
        let error = #expect(throws: InputError.self) {
            try Rulebook.built(try RuleFile(yaml: yaml, file: "mine.yaml"))
        }
        expect(error?.key == "reads_nobody", "\(String(describing: error))")
    }

    /// A file that extends another: rules of its own take the place of those of their name; an unknown name is refused.
    @Test func extendingAFile() throws {
        let yaml = """
            name: mine
            title: Mine
            extends: textbook
            sources:
              U: our choice, docs/x.md
            rules:
              - rule: the rest
                words: as before, without fees
                confidence: C
                source: [U]
                set:
                  taker_fee: 0
                  maker_fee: 0
                  feed_selector: all
                  price_figures: 5
                  largest_market_order_usd: 4000000
                  largest_limit_order_usd: 40000000
                  margin_call_ratios: [3/2, 6/5]
            """
        let file = try RuleFile(yaml: yaml, file: "mine.yaml", extending: Rulebook.file)
        let book = try Rulebook(file)
        expect(book.markets[0].spec.takerFee == .zero)
        expect(try Rulebook.named("textbook").markets[0].spec.takerFee > .zero)
        expect(try file.entries.count == Rulebook.file("textbook").entries.count)
        let unknown = #expect(throws: InputError.self) {
            try RuleFile(
                yaml: yaml.replacing("extends: textbook", with: "extends: textbok"), file: "mine.yaml",
                extending: Rulebook.file)
        }
        expect(unknown?.nearest == "textbook", "\(String(describing: unknown))")
        #expect(throws: InputError.self) { try RuleFile(yaml: yaml, file: "mine.yaml") }
    }

    @Test func hundredMarketsAndMore() throws {
        for name in ["binance", "bybit", "okx"] { expect(try Rulebook.named(name).markets.count >= 100) }
        let bybit = try Rulebook.named("bybit")
        expect(bybit.markets.first { $0.spec.name == "BTC" }!.assumption == nil)
        expect(bybit.markets.first { $0.spec.name == "LINK" }!.assumption?.contains("Binance") == true)
    }

    /// Figures as the venues print them: notional or size, maintenance margin.
    @Test(
        arguments: [
            ("binance", "BTC", 2_500_000, 14_750), ("binance", "SOL", 600_000, 4525),
            ("bybit", "BTC", 1_500_000, 6990), ("hyperliquid", "BTC", 200_000_000, 3_125_000),
            ("hyperliquid", "DOGE", 30_000_000, 2_000_000), ("dydx", "ETH", 1_000_000, 12_000),
        ] as [(String, String, Int64, Double)])
    func maintenance(_ name: String, _ asset: String, _ notional: Int64, _ expected: Double) throws {
        let schedule = try Rulebook.named(name, assets: [asset]).markets[0].spec.schedule
        expect(abs(schedule.maintenance(Money(usd: notional)).dollars - expected) < 1e-4)
    }

    @Test func okxRowsGoByContracts() throws {
        let schedule = try Rulebook.named("okx", assets: ["BTC"]).markets[0].spec.schedule
        let notional = Money(usd: 1_000_000)
        expect(schedule.maintenance(notional, lots: Lots(1000)) == Money(usd: 4000))
        // One contract more and the whole position is in the next row.
        expect(schedule.maintenance(notional, lots: Lots(1001)) == Money(usd: 5000))
    }

    @Test func deribitRatesGrowWithSize() throws {
        let linear = try Rulebook.named("deribit", assets: ["BTC_USDC"], overrides: [("settlement", "USD")])
        let market = linear.markets[0].spec
        let lots = Lots(Int64(25 * market.unit.lotsPerCoin))
        // 1 % + 25 × 0.005 %, the table of the support page.
        expect(market.schedule.maintenance(Money(usd: 2_500_000), lots: lots) == Money(usd: 28_125))
        let inverse = try Rulebook.named("deribit").markets[0].spec
        // 25 BTC in units of 10^-10.
        expect(inverse.schedule.maintenance(Money(micros: 250_000_000_000)).micros == 2_812_500_000)
    }

    @Test func dydxRoundsTwiceAndGrowsWithOpenInterest() throws {
        let schedule = try Rulebook.named("dydx", assets: ["BTC"]).markets[0].spec.schedule
        // ceil(ceil(n × 2 %) × 60 %)
        expect(schedule.maintenance(Money(micros: 1)).micros == 1)
        expect(schedule.maintenance(Money(micros: 101)).micros == 2)
        let caps = OpenInterestCaps(lower: 1_000_000, upper: 2_000_000)
        expect(caps.initialPPM(base: 200_000, openInterest: 1_234_567) == 387_653)
        expect(caps.initialPPM(base: 200_000, openInterest: 2_500_000) == 1_000_000)
    }

    @Test func datedRevisions() throws {
        func window(_ day: String) throws -> Double {
            guard case .median(let mark) = try Rulebook.named("binance", assets: ["BTC"], on: day).markPrice
            else { return 0 }
            return mark.windowSeconds
        }
        expect(try window("2020-06-01") == 1800)
        expect(try window("2025-09-17") == 150)
        expect(try window("2025-09-18") == 30)
        expect(try Rulebook.named("bybit", assets: ["BTC"]).margin.basis == .entry)
        expect(try Rulebook.named("bybit", assets: ["BTC"], on: "2026-06-01").margin.basis == .mark)
        expect(try Rulebook.named("bybit", assets: ["BTC"], on: "2025-01-01").feed.selector == .latest)
        expect(try Rulebook.named("bybit", assets: ["BTC"]).feed.selector == .all)
    }

    /// Every market's brackets equal the recorded answer of the venue, row by row.
    @Test func tiersAgreeWithTheRecordedAnswer() throws {
        let shared = ProcessInfo.processInfo.environment["SHARED"] ?? "../shared"
        let path = shared + "/data/leverage-tiers/binance_leverage_tiers_2025-10-09.json.gz"
        guard FileManager.default.fileExists(atPath: path) else {
            print("skipped: \(path) is absent")
            return
        }
        let unzip = Process()
        unzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        unzip.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        unzip.standardOutput = pipe
        try unzip.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        unzip.waitUntilExit()
        struct Row: Decodable {
            var minNotional: Double
            var maintenanceMarginRate: Double
            var maxLeverage: Double
            var info: Info
            struct Info: Decodable { var cum: String }
        }
        let recorded = try JSONDecoder().decode([String: [Row]].self, from: data)
        let markets = try Rulebook.named("binance").markets
        expect(markets.count >= 100)
        for market in markets {
            let rows = try #require(recorded["\(market.spec.name)/USDT:USDT"], "\(market.spec.name)")
            let schedule = market.spec.schedule
            #expect(rows.count == schedule.tiers.count, "\(market.spec.name)")
            for (k, row) in rows.enumerated() {
                let tier = schedule.tiers[k]
                #expect(Double(tier.floor) == row.minNotional * 1e6, "\(market.spec.name) row \(k + 1)")
                #expect(
                    abs(tier.maintenanceRate.value - row.maintenanceMarginRate) < 1e-12,
                    "\(market.spec.name) row \(k + 1)")
                #expect(
                    abs(1 / tier.initialRate.value - row.maxLeverage) < 1e-6,
                    "\(market.spec.name) row \(k + 1)")
                #expect(
                    abs(schedule.maintenanceDeduction(row: k).dollars - (Double(row.info.cum) ?? -1)) < 0.01,
                    "\(market.spec.name) row \(k + 1)")
            }
        }
    }

    /// Bad figures: refused with the file, the key and what is allowed.
    @Test(arguments: [
        ("taker_fee", "-0.1", "taker_fee"), ("liquidation_fee", "1.5", "a rate from 0.0 to 1.0"),
        ("collateral_haircuts", "BTC=1.5", "0 <= haircut < 1"),
        ("collateral_haircuts", "BTC=-0.1", "haircut"),
        ("adl_score", "by_name", "profit_times_margin_ratio"),
        ("mark", "median_of_tree", "nearest known: `median_of_three`"),
        ("plan", "cancel_orders,partial_liqidation", "nearest known: `partial_liquidation`"),
        ("feed_selector", "newest", "latest"), ("feed_selectr", "latest", "nearest known: `feed_selector`"),
        ("margin_call_ratios", "6/5,3/2", "falling"), ("markets", "BTC tick=0.1 lot=0.001", "tiers"),
        ("markets", "BTC tick=0.1 lot=0.001 tiers=5:0.4:10", "start at 0"),
        ("markets", "BTC tick=0.1 lot=0.001 tiers=0:0.4:150;9:0.3:100", "rows `from"),
        ("markets", "BTC tick=0 lot=0.001 tiers=0:0.4:150", "above 0"),
        ("markets", "BTC tick=0.1 lot=0.001 tiers=0:40:2 ticks=3", "nearest known: `tick`"),
        ("markets", "BTC tick=0.1 lot=0.001 tiers=0:101:1", "below 100 %"),
        ("partial_from_row", "0", "from 1 to 16"), ("settlement", "DOGE", "allowed: USD"),
        ("feed_window_seconds", "0", "more than 0"),
        ("markets", "BTC tick=0.1 lot=0.001 tiers=0:1:300", "from 1 to 255"),
        ("tiers_by", "contracts", "allowed: notional"),
        ("largest_market_order_usd", "100000000000", "from 0 to"),
        ("settlement_x", "USD", "unknown setting"),
    ]) func badSettings(_ key: String, _ text: String, _ remedy: String) throws {
        // Lists are split at commas on the command line; here one market line is one text.
        var error: (any Error)?
        do { _ = try Rulebook.named("binance", assets: ["BTC"], overrides: [(key, text)]) } catch let e {
            error = e
        }
        let message = "\(error.map { "\($0)" } ?? "accepted")"
        expect(message.contains(remedy) && message.contains("binance.yaml"), "\(key)=\(text): \(message)")
    }

    /// A ledger that counts a coin cannot be held against dollars.
    @Test(arguments: [
        ("binance-coinm", "partial_above_usd"), ("deribit", "partial_above_usd"),
        ("bybit-inverse", "adl_threshold_usd"),
    ]) func dollarsOnALedgerOfACoin(_ name: String, _ key: String) throws {
        let error = #expect(throws: InputError.self) {
            _ = try Rulebook.named(name, assets: ["BTC"], overrides: [(key, "100")])
        }
        expect(
            error?.key == key && error?.allowed == "0 where contracts are settled in a coin",
            "\(String(describing: error))")
    }

    @Test func tiersThatFallAreRefused() throws {
        // 0.3 % after 0.4 %, and a floor that does not rise.
        for tiers in ["0:0.4:150,9:0.3:140", "0:0.4:150,9:0.5:100,9:0.6:90"] {
            let yaml = try fileText("hyperliquid").replacing("tiers=0:40,150M:20", with: "tiers=\(tiers)")
            let file = try RuleFile(yaml: yaml, file: "mine.yaml")
            let error = #expect(throws: InputError.self) { try Rulebook(file) }
            expect(
                error?.description.contains("tiers that start at 0, rise") == true,
                "\(String(describing: error))")
            expect(error?.line != nil && error?.key == "markets")
        }
    }

    private func fileText(_ name: String) throws -> String {
        String(decoding: PackageResources.hyperliquid_yaml, as: UTF8.self)
    }
}
