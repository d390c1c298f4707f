import Agents
import Clearing
import Events
import Primitives
import Venues

/// What no single setting can say: whether everything that is put on one ledger together fits a 64-bit number of its units,
/// with room for prices to rise, and whether the markets can quote the prices at the start.
extension WorldBuilder {
    /// A quarter of the largest whole number: prices may still double, and sums of two such amounts fit.
    private static let mostUnits = Double(Int64.max) / 4

    /// What decides an amount: the setting first that most likely does.
    private struct Part {
        var places: [Place]
        var usd: Double

        init(keys: [String], usd: Double) {
            places = keys.map { .setting($0) }
            self.usd = usd
        }

        init(_ row: EventTable.Row, _ column: String, keys: [String] = [], usd: Double) {
            places = [.cell(row, column)] + keys.map { .setting($0) }
            self.usd = usd
        }
    }

    /// What may be named as too much: a setting, or a cell of a table.
    private enum Place {
        case setting(String)
        case cell(EventTable.Row, String)
    }

    private func isOwn(_ place: Place) -> Bool {
        switch place {
        case .setting(let path): !BuiltInEvents.isBuiltIn(path: scenario.setting(path).file)
        case .cell(let row, let column): !BuiltInEvents.isBuiltIn(path: row.cells[column]!.file)
        }
    }

    private func refuse(_ place: Place, _ allowed: String) -> InputError {
        switch place {
        case .setting(let path): scenario.refuse(path, allowed)
        case .cell(let row, let column): row.refuse(column, allowed)
        }
    }

    /// - Throws: `InputError` at the setting that puts most on a ledger that cannot hold it.
    func checkLedgers() throws {
        try checkPrices()
        for e in venueIDs {
            let isSpot = isSpot(e)
            let parts = try isSpot ? agentParts(e) : perpetualParts(e)
            let total = parts.reduce(0) { $0 + $1.usd }
            let most = Self.mostUnits / (isSpot ? 1e6 : settlementUnits(e))
            guard total <= most else {
                let largest = parts.max { $0.usd < $1.usd }!
                // A coin's ledger counts more coins where the coin is cheaper. Named is what the user has set.
                var places = largest.places
                if !isSpot { places.append(.cell(venues.assets[venues.marketAssets[e][0]].row, "price_usd")) }
                throw refuse(
                    places.first(where: isOwn) ?? places[0],
                    "a world that fits: with it the ledger of \(names[e]) would hold \(rounded(total)) USD; it can hold \(rounded(most))"
                )
            }
        }
    }

    private func rounded(_ usd: Double) -> String { "\(Int(min(usd / 1e9, 1e15))) bn" }

    private func checkPrices() throws {
        for e in venues.perpetualIDs {
            for (m, a) in venues.marketAssets[e].enumerated() {
                let spec = venues.rulebooks[e].markets[m].spec
                let ticks = venues.assets[a].priceUSD * spec.unit.ticksPerUSD
                guard ticks >= 20, ticks * 2 <= Double(spec.maxTicks) else {
                    throw venues.assets[a].row.refuse(
                        "price_usd",
                        "a price of \(venues.assets[a].name) from \(20 / spec.unit.ticksPerUSD) to \(Double(spec.maxTicks / 2) / spec.unit.ticksPerUSD) USD, which \(names[e]) can quote with room to move"
                    )
                }
            }
        }
    }

    private func perpetualParts(_ e: VenueID) throws -> [Part] {
        let share = openInterest.shareOfVenue(e)
        let venue = scenario.event.venue(names[e])!
        let open = booksOfExchange[e].indices.reduce(0) { $0 + openInterest.usd(e, $1) }
        // Accounts hold at most seven times their notional (a leverage of .15), their reserves beside it.
        let reserve = 1 + scenario.number("accounts.reserve_share")
        var parts = agentParts(e)
        parts.append(
            Part(keys: ["universe.open_interest_usd", "accounts.reserve_share"], usd: open * 7 * reserve))
        parts.append(
            Part(
                venue.row, "fund_usd", keys: ["rules.fund_multiple"],
                usd: venue.fundUSD * scenario.number("rules.fund_multiple") * share))
        parts.append(Part(venue.row, "vault_usd", usd: venue.vaultUSD * share))
        if names[e] == scenario.text("accounts.large_short_venue") {
            parts.append(
                Part(keys: ["accounts.large_short_usd"], usd: 2 * scenario.number("accounts.large_short_usd"))
            )
        }
        return parts
    }

    /// What the agents are given, by the settings that decide it.
    private func agentParts(_ e: VenueID) -> [Part] {
        var all: [Endowment] = []
        for endowment in AgentList.registered.agents.flatMap({ $0.endowments(e, opening) }) {
            if let i = all.firstIndex(where: { $0.keys == endowment.keys }) {
                all[i].usd += endowment.usd
            } else {
                all.append(endowment)
            }
        }
        return all.map { Part(keys: $0.keys, usd: $0.usd) }
    }
}
