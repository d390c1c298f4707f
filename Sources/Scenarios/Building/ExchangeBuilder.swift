import Clearing
import Exchanges
import Foundation
import Primitives
import Rules
import Venues

/// Builds the empty venues of a whole-market scenario: rulebooks, markets, spot books.
struct ExchangeBuilder {
    let scenario: Scenario
    let assets: [AssetRow]
    /// Assets with contracts: the first so many coins.
    let contracts: Set<AssetID>
    var rulebooks: [Rulebook] = []
    /// By perpetual exchange: the public name and, by market, the asset.
    var names: [String] = []
    var marketAssets: [[AssetID]] = []
    var spotMarkets: [[SpotMarket]] = []
    var spotAssets: [[AssetID]] = []

    var perpetualIDs: Identifiers<VenueID> { VenueID.first(rulebooks.count) }

    /// An agent here stands for many accounts: the venues' limits on one order do not bind it.
    private static let largestOrder = Money(usd: 1_000_000_000_000)

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        assets = scenario.event.assets
        let rows = assets
        contracts = Set(
            scenario.event.assetIDs.filter { rows[$0].kind == .coin }.prefix(
                scenario.integer("universe.assets")))
        for venue in scenario.event.perpetuals where venue.openInterestShare > 0 { try addPerpetual(venue) }
        for venue in scenario.event.spots { addSpot(venue) }
    }

    private mutating func addPerpetual(_ venue: VenueRow) throws {
        let listings = scenario.event.listings.filter {
            $0.venue == venue.name && contracts.contains($0.asset)
        }
        guard !listings.isEmpty else {
            throw venue.row.refuse(
                "venue",
                "a venue with a listing of one of the \(contracts.count) coins with contracts (universe.assets)"
            )
        }
        let file = try ruleFile(venue)
        let settings = file.entries.flatMap(\.settings)
        // A coin-margined venue is one exchange per coin: each coin is a ledger of its own.
        if settings.contains(where: { $0.key == "settlement" }),
            settings.contains(where: { $0.key == "settlement_decimals" })
        {
            for listing in listings {
                let name = assets[listing.asset].name
                let book = try rulebook(file, venue, [listing], settlement: name)
                guard case .coin = book.settlement else {
                    throw listing.row.refuse(
                        "asset", "a coin that \(venue.name)'s rulebook settles in itself")
                }
                add(book, as: venue, [listing])
            }
        } else {
            add(try rulebook(file, venue, listings, settlement: nil), as: venue, listings)
        }
    }

    /// The rulebook's file: the event's own, or a built-in one.
    private func ruleFile(_ venue: VenueRow) throws -> RuleFile {
        if venue.rulebook.hasSuffix(".yaml") {
            guard let own = scenario.event.files[venue.rulebook] else {
                throw venue.row.refuse(
                    "rulebook",
                    "a .yaml of the event's folder, or " + Rulebook.builtInNames.joined(separator: ", "),
                    nearest: nearestName(
                        to: venue.rulebook,
                        among: Rulebook.builtInNames + scenario.event.files.files.keys.sorted()))
            }
            return try RuleFile(yaml: own.text, file: own.path, extending: Rulebook.file)
        }
        guard Rulebook.builtInNames.contains(venue.rulebook) else {
            throw venue.row.refuse(
                "rulebook",
                "a .yaml of the event's folder, or " + Rulebook.builtInNames.joined(separator: ", "),
                nearest: nearestName(to: venue.rulebook, among: Rulebook.builtInNames))
        }
        return try Rulebook.file(venue.rulebook)
    }

    /// The first of many names.
    private static func list(_ names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }

    private func rulebook(
        _ file: RuleFile, _ venue: VenueRow, _ listings: [ListingRow], settlement: String?
    ) throws -> Rulebook {
        let known = Set(file.entries.flatMap { $0.settings.map(\.key) })
        var overrides: [(key: String, text: String)] = []
        if let settlement { overrides.append(("settlement", settlement)) }
        if !scenario.flag("contagion.own_book_collateral") && known.contains("collateral_price") {
            overrides.append(("collateral_price", "index"))
        }
        for option in venue.rules.split(separator: ";") {
            let parts = option.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            guard parts.count == 2 else {
                throw venue.row.refuse("rules", "`setting=value`, several with `;` between, not `\(option)`")
            }
            overrides.append((parts[0], parts[1]))
        }
        let all: Rulebook
        do { all = try Rulebook(file, on: scenario.rulesDay, overrides: overrides) } catch {
            // What the cell set is told at the cell.
            guard let key = error.key, venue.rules.contains(key) else { throw error }
            throw venue.row.refuse("rules", "`\(key)`: \(error.allowed)", nearest: error.nearest)
        }
        for listing in listings
        where settlement == nil && !all.markets.contains(where: { $0.spec.name == listing.market }) {
            throw listing.row.refuse(
                listing.row.text("market").isEmpty ? "asset" : "market",
                "a market of \(venue.name)'s rulebook: \(Self.list(all.markets.map(\.spec.name)))",
                nearest: nearestName(to: listing.market, among: all.markets.map(\.spec.name)))
        }
        return try Rulebook(
            file, assets: listings.map(\.market), on: scenario.rulesDay, overrides: overrides)
    }

    private mutating func add(_ rulebook: Rulebook, as venue: VenueRow, _ listings: [ListingRow]) {
        var book = rulebook
        book.name = venue.name
        scenario.changeRules(&book)
        for m in book.markets.indices {
            var market = book.markets[m]
            let listing = listings[m]
            let asset = assets[listing.asset]
            // A contract on a thousand coins: the same ticks and lots, counted per coin.
            market.spec.unit.ticksPerUSD *= listing.coinsPerUnit
            market.spec.unit.lotsPerCoin /= listing.coinsPerUnit
            coarsen(&market, listing.mostTicks, price: asset.priceUSD)
            market.maxMarketOrder = Self.largestOrder
            market.maxLimitOrder = Self.largestOrder
            if case .coin = book.settlement {
                market.maxMarketOrder = Money(micros: Int64.max / 16)
                market.maxLimitOrder = market.maxMarketOrder
            }
            // A harmful move of a volatile coin is larger: its trigger waits further away.
            market.spec.triggerWeight = max(0.1, min(asset.beta, 4))
            book.markets[m] = market
        }
        rulebooks.append(book)
        names.append(venue.name)
        marketAssets.append(listings.map(\.asset))
    }

    private func coarsen(_ market: inout MarketRules, _ most: Double, price: Double) {
        while price * market.spec.unit.ticksPerUSD > most && !market.spec.unit.isInverse {
            market.spec.unit.ticksPerUSD /= 10
            market.spec.unit.microsPerTickLot *= 10
            market.priceGrid = .everyTick
        }
        let ticks = price * market.spec.unit.ticksPerUSD
        market.spec.maxTicks = Int32(min(Double(1 << 22), max(64, ticks * 4)))
        if ticks * 4 > Double(1 << 22) { market.spec.maxTicks = 1 << 22 }
    }

    // MARK: Spot

    private mutating func addSpot(_ venue: VenueRow) {
        var markets: [SpotMarket] = []
        var found: [AssetID] = []
        for listing in scenario.event.listings where listing.venue == venue.name {
            let asset = assets[listing.asset]
            let unit = spotUnit(asset, listing.mostTicks)
            let highest = asset.priceUSD * unit.ticksPerUSD * 4
            markets.append(
                SpotMarket(
                    name: asset.name, unit: unit, maxTicks: Int32(min(highest, Double(1 << 22))),
                    makerFee: .zero, takerFee: Rate(nearest: listing.takerFee)))
            found.append(listing.asset)
        }
        spotMarkets.append(markets)
        spotAssets.append(found)
    }

    /// Four to five figures of the price; of a collateral asset the unit of clearing's ledger.
    private func spotUnit(_ asset: AssetRow, _ most: Double) -> ContractUnit {
        if asset.kind == .collateral || asset.kind == .stable {
            return asset.priceUSD > 100
                ? ContractUnit(microsPerTickLot: 100, ticksPerUSD: 100, lotsPerCoin: 100)
                : ContractUnit(microsPerTickLot: 1, ticksPerUSD: 10_000, lotsPerCoin: 100)
        }
        var ticks = 1.0
        while asset.priceUSD * ticks < 6_000 { ticks *= 10 }
        while asset.priceUSD * ticks >= most { ticks /= 10 }
        // A lot whose tick is a whole micro-dollar.
        var lots = 1e6 / ticks
        var micros: Int64 = 1
        while lots > 1e5 {
            lots /= 10
            micros *= 10
        }
        return ContractUnit(microsPerTickLot: micros, ticksPerUSD: ticks, lotsPerCoin: lots)
    }
}

extension Scenario {
    /// The rulebook of every perpetual venue as this scenario sets it, in the order of `venues` in a recording; of a
    /// coin-margined venue one a coin.
    ///
    /// - Throws: `InputError` for venues and listings that do not go together.
    public func rulebooks() throws -> [Rulebook] { try ExchangeBuilder(self).rulebooks }

    /// Each perpetual venue's rules as this scenario sets them, by the venue's public name, once for all coins of one.
    ///
    /// - Throws: `InputError` for venues and listings that do not go together.
    public func rulesByVenue() throws -> [(venue: String, rules: RuleSet)] {
        let built = try ExchangeBuilder(self)
        var seen: Set<String> = []
        return zip(built.names, built.rulebooks).compactMap { name, book in
            seen.insert(name).inserted ? (name, book.rules) : nil
        }
    }
}
