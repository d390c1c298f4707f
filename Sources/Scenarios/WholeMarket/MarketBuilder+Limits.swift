import Clearing
import Primitives
import Venues

/// What no single setting can say: whether everything that is put on one ledger together fits a 64-bit number of its units,
/// with room for prices to rise, and whether the markets can quote the prices at the start.
extension MarketBuilder {
    /// A quarter of the largest whole number: prices may still double, and sums of two such amounts fit.
    private static let mostUnits = Double(Int64.max) / 4

    /// What decides an amount: the setting first that most likely does.
    private struct Part {
        var keys: [String]
        var usd: Double
    }

    /// - Throws: `InputError` at the setting that puts most on a ledger that cannot hold it.
    func checkLedgers() throws {
        try checkPrices()
        for e in names.indices {
            let isSpot = e >= venues.rulebooks.count
            let parts = try isSpot ? spotParts(e) : perpetualParts(e)
            let total = parts.reduce(0) { $0 + $1.usd }
            let most = Self.mostUnits / (isSpot ? 1e6 : settlementUnits(e))
            guard total <= most else {
                let largest = parts.max { $0.usd < $1.usd }!
                // A coin's ledger counts more coins where the coin is cheaper. Named is what the user has set.
                let keys = largest.keys + (isSpot ? [] : ["universe.prices"])
                let own = keys.first { !BuiltIn.scenarios.contains(scenario.setting($0).file) }
                throw scenario.refuse(
                    own ?? keys[0],
                    "a world that fits: with it the ledger of \(names[e]) would hold \(rounded(total)) USD; it can hold \(rounded(most))"
                )
            }
        }
    }

    private func rounded(_ usd: Double) -> String { "\(Int(min(usd / 1e9, 1e15))) bn" }

    private func checkPrices() throws {
        for e in venues.rulebooks.indices {
            for (m, a) in venues.marketAssets[e].enumerated() {
                let spec = venues.rulebooks[e].markets[m].spec
                let ticks = venues.assets[a].priceUSD * spec.unit.ticksPerUSD
                guard ticks >= 20, ticks * 2 <= Double(spec.maxTicks) else {
                    throw scenario.refuse(
                        "universe.prices",
                        "a price of \(venues.assets[a].name) from \(20 / spec.unit.ticksPerUSD) to \(Double(spec.maxTicks / 2) / spec.unit.ticksPerUSD) USD, which \(names[e]) can quote with room to move"
                    )
                }
            }
        }
    }

    private func perpetualParts(_ e: Int) throws -> [Part] {
        let books = booksOfExchange[e].map { Int($0) }
        let share = openInterest.shareOfVenue(e)
        let funds = try scenario.figures("venues.fund_usd", known: Scenario.perpetualVenues)
        let vaults = try scenario.figures("venues.vault_usd", known: Scenario.perpetualVenues)
        let open = books.indices.reduce(0) { $0 + openInterest.usd(e, $1) }
        // Accounts hold at most seven times their notional (a leverage of .15), their reserves beside it.
        let reserve = 1 + scenario.number("accounts.reserve_share")
        var parts = commonParts(books, ladders: 24, depths: 101, patient: 2, absorptions: 2)
        parts.append(
            Part(
                keys: ["universe.open_interest_usd", "accounts.reserve_share"], usd: open * (4 + 7 * reserve))
        )
        parts.append(
            Part(
                keys: ["venues.fund_usd", "rules.fund_multiple"],
                usd: (funds[names[e]] ?? 0) * scenario.number("rules.fund_multiple") * share))
        parts.append(Part(keys: ["venues.vault_usd"], usd: (vaults[names[e]] ?? 0) * share))
        if names[e] == "hyperliquid" {
            parts.append(
                Part(keys: ["accounts.large_short_usd"], usd: 2 * scenario.number("accounts.large_short_usd"))
            )
        }
        return parts
    }

    private func spotParts(_ e: Int) -> [Part] {
        // Coins are worth as much again as the dollars.
        var parts = commonParts(
            booksOfExchange[e].map { Int($0) }, ladders: 24, depths: 602, patient: 3, absorptions: 3)
        if names[e] == "coinbase" {
            for key in ["holders.long_term_usd", "holders.whales_usd", "example.dip_buyer_usd"] {
                parts.append(Part(keys: [key], usd: scenario.number(key)))
            }
        }
        return parts
    }

    /// What the agents are given, by the setting that decides it.
    private func commonParts(
        _ books: [Int], ladders: Double, depths: Double, patient: Double, absorptions: Double
    ) -> [Part] {
        let capital = scenario.number("arbitrage.capital_share")
        return [
            Part(
                keys: ["liquidity.depth_1pct_usd"],
                usd: books.reduce(0) { $0 + depthUSD($1) * depths + ladderUSD($1) * ladders }),
            Part(
                keys: ["liquidity.absorption_usd", "arbitrage.capital_share"],
                usd: books.reduce(0) { $0 + absorptionUSD($1) * absorptions * capital }),
            Part(
                keys: ["patient.demand_at_5pct_usd", "patient.exponent"],
                usd: books.reduce(0) { $0 + patientUSD($1) * patient }),
        ]
    }
}
