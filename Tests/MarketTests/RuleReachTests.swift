import Primitives
import Rules
import Testing
import Venues

/// What a rulebook sets acts: each setting, changed alone, changes what happens on its venue, unless the rulebook says that
/// it does not, or only where venues make their own index.
@Suite struct RuleReachTests {
    /// Which markets there are and how their tables are read: of one market there is nothing else to choose.
    private static let structure: Set<String> = [
        "settlement", "settlement_decimals", "other_markets", "tiers_by", "tier_rates_apply_to",
        "initial_rates_apply_to",
        // Its figure is a setting of its own, and two kinds may come to the same.
        "funding_cap",
    ]
    /// What these sessions do not reach: ticks of a dollar are whole dollars, which are always allowed; a pool that a market
    /// draws down while so little is in it.
    private static let unreached = [
        "dydx": ["price_figures", "markets"], "bybit": ["adl_threshold_usd"], "other": ["adl_threshold_usd"],
    ]

    /// A rulebook's sessions, each held when it was once asked for.
    private struct Sessions {
        let book: Rulebook
        let own: Bool
        private var known: [UInt64: UInt64] = [:]

        init(_ book: Rulebook, own: Bool) {
            self.book = book
            self.own = own
        }

        /// Whether any of some rulebooks makes a difference in the first so many sessions.
        mutating func differ(_ books: some Sequence<Rulebook>, sessions: UInt64 = 16) -> Bool {
            for seed in 1...sessions {
                let usual = known[seed] ?? RuleProbe.trace(book, seed: seed, ownIndex: own)
                known[seed] = usual
                if books.contains(where: { RuleProbe.trace($0, seed: seed, ownIndex: own) != usual }) {
                    return true
                }
            }
            return false
        }
    }

    @Test(arguments: Rulebook.builtInNames) func everySettingActsOrSaysSo(_ name: String) throws {
        let day = name == "bitmex" ? "2020-03-12" : Rulebook.defaultDay
        let book = try Rulebook.named(name, assets: ["BTC"], on: day)
        var (shared, own) = (Sessions(book, own: false), Sessions(book, own: true))
        let idle = book.idleSettings
        var acting = 0
        for setting in book.rules.entries.flatMap(\.settings) where !Self.structure.contains(setting.key) {
            let changed = Self.alternatives(setting, name, day)
            let key = setting.key
            if changed.isEmpty || Self.unreached[name]?.contains(key) == true { continue }
            if Rulebook.ownIndexSettings.contains(key) {
                let actsOnShared = shared.differ(changed.prefix(3), sessions: 2)
                let acts = own.differ(changed)
                #expect(!actsOnShared, "\(name): \(key) acts on a shared index")
                #expect(acts, "\(name): \(key) does nothing")
            } else if let reason = idle[key] {
                let acts =
                    shared.differ(changed.prefix(3), sessions: 2)
                    || own.differ(changed.prefix(3), sessions: 2)
                #expect(!acts, "\(name): \(key) acts although \(reason)")
            } else {
                // What few accounts meet needs many sessions.
                let acts = shared.differ(changed, sessions: 8) || own.differ(changed)
                #expect(acts, "\(name): \(key) does nothing")
            }
            acting += 1
        }
        #expect(acting > 20, "\(name): only \(acting) settings can be changed")
    }

    /// The rulebook with other values of one setting, as far as it can be read so.
    private static func alternatives(_ setting: RuleSetting, _ name: String, _ day: String) -> [Rulebook] {
        texts(setting, name, day).filter { $0 != setting.texts.joined(separator: ",") }.compactMap {
            try? Rulebook.named(name, assets: ["BTC"], on: day, overrides: [(setting.key, $0)])
        }
    }

    private static func texts(_ setting: RuleSetting, _ name: String, _ day: String) -> [String] {
        let text = setting.texts.joined(separator: ",")
        if setting.isList { return lists(setting, text) }
        if text == "true" || text == "false" { return [text == "true" ? "false" : "true"] }
        let parts = text.split(separator: "/").compactMap { Double($0) }
        guard let first = parts.first else {
            if setting.key == "funding_leg_hours" { return ["4"] }
            // The reader names what it would have taken.
            let refused = #expect(throws: InputError.self) {
                try Rulebook.named(name, assets: ["BTC"], on: day, overrides: [(setting.key, "nothing")])
            }
            return (refused?.allowed ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
                .filter { $0 != text }
        }
        let x = parts.count == 2 ? first / parts[1] : first
        return [2 * x, x / 2, x / 10, 0, x + 0.01, x + 1, 10 * x + 60, 1, 3000, x + 1e6, x + 1e8].filter {
            $0 != x
        }.map {
            $0 == $0.rounded() ? "\(Int64($0))" : "\($0)"
        }
    }

    private static func lists(_ setting: RuleSetting, _ text: String) -> [String] {
        switch setting.key {
        case "plan":
            return setting.texts.indices.map { i in
                var rest = setting.texts
                rest.remove(at: i)
                return rest.joined(separator: ",")
            }
        case "margin_call_ratios": return ["3/1,2/1"]
        case "collateral_haircuts":
            if setting.texts.isEmpty { return ["BTC=0.4"] }
            return setting.texts.indices.map { i in
                var all = setting.texts
                all[i] = all[i].split(separator: "=")[0] + "=0.4"
                return all.joined(separator: ",")
            }
        case "index_weights": return ["coinbase=0.1,kraken=0.9"]
        case "markets":
            return [
                text.replacing("tick=0.1", with: "tick=0.5").replacing(
                    "tick=0.5 contract", with: "tick=1 contract"
                )
                .replacing("decimals=5", with: "decimals=6")
            ]
        default: return [text.replacing("BTC=10", with: "BTC=9").replacing("BTC=8", with: "BTC=9")]
        }
    }
}
