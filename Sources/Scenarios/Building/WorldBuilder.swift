import Agents
import Clearing
@_spi(World) import Exchanges
import LendingMarkets
import Market
import OrderBook
import Primitives
import RealModule
import Synchronization
import Venues

extension Scenario {
    /// Builds the world at its first moment.
    ///
    /// - Throws: `InputError` at the setting that a world cannot hold, `CancellationError` once the options say so.
    public func world(_ options: RunOptions) throws -> World {
        try WorldBuilder(self, options).build()
    }

    /// The scenario's announcement, at any time.
    public func announcement(at time: SimTime) -> Fundamentals.News {
        Fundamentals.News(
            time: time, move: number("news.move_pct") / 100,
            digestionSeconds: number("news.digestion_minutes") * 60, weight: number("news.weight"))
    }
}

/// Puts a whole-market scenario together: venues, agents' accounts, the population, the agents.
struct WorldBuilder {
    let scenario: Scenario
    let options: RunOptions
    let venues: ExchangeBuilder
    let histories: [EntryHistory]
    let openInterest: OpenInterestMatrix
    var places: [BookPlace] = []
    var booksOfExchange: [[BookID]] = []
    var names: [String] = []
    /// Before any account is open.
    let opening: AgentOpening
    let end: SimTime
    /// By asset and step: prices that are given; nil where the spot books make them.
    let imposed: [[Double]]?

    init(_ scenario: Scenario, _ options: RunOptions) throws {
        self.scenario = scenario
        self.options = options
        venues = try ExchangeBuilder(scenario)
        histories = try EntryHistory.all(scenario.event, reference: scenario.referenceAsset)
        openInterest = try OpenInterestMatrix(scenario, venues)
        names = venues.names + scenario.event.spots.map(\.name)
        let assetsOfExchange = venues.marketAssets + venues.spotAssets
        for e in VenueID.first(names.count) {
            let isSpot = e.index >= venues.rulebooks.count
            var found: [BookID] = []
            for (m, asset) in assetsOfExchange[e].enumerated() {
                found.append(BookID(places.count))
                let isInverse = !isSpot && venues.rulebooks[e].markets[m].spec.unit.isInverse
                places.append(
                    BookPlace(exchange: e, market: m, asset: asset, isSpot: isSpot, isInverse: isInverse))
            }
            booksOfExchange.append(found)
        }
        opening = Self.opening(scenario, options, venues, openInterest, places, names)
        end = options.until.map { min($0, scenario.end) } ?? scenario.end
        imposed = try ImposedIndex.prices(
            scenario, path: options.indexPath, until: end, seed: options.seed)
        try checkCollateral()
        try checkLedgers()
    }

    var venueIDs: Identifiers<VenueID> { VenueID.first(names.count) }
    func isSpot(_ e: VenueID) -> Bool { e.index >= venues.rulebooks.count }

    /// The event's collateral is collateral by the venues' rulebooks.
    private func checkCollateral() throws {
        for row in scenario.event.collateral {
            let name = venues.assets[row.asset].name
            for e in venues.perpetualIDs where names[e] == row.venue {
                let known = venues.rulebooks[e].collateral.map { $0.spec.name.uppercased() }
                guard known.contains(name) else {
                    throw row.row.refuse(
                        "asset",
                        known.isEmpty
                            ? "no row: \(row.venue)'s rulebook takes no other collateral"
                            : "collateral of \(row.venue)'s rulebook: \(known.joined(separator: ", "))",
                        nearest: nearestName(to: name, among: known))
                }
            }
        }
    }

    /// What the event says of a collateral of a rulebook; nil where it has no price in the world.
    func collateral(_ e: VenueID, _ rule: CollateralRules) -> CollateralRow? {
        scenario.event.collateral.first {
            $0.venue == names[e] && venues.assets[$0.asset].name == rule.spec.name.uppercased()
        }
    }

    /// Refuses what only the venues' sizes tell. What else a build may refuse is refused by `init`.
    func check() throws {
        try scenario.checkScale(options.scale)
        if !options.own.isEmpty { try checkOwn() }
        for e in venues.perpetualIDs {
            let count = openInterest.accounts(e, scenario)
            let markets = venues.marketAssets[e].count
            guard count / options.scale >= 3 * markets else {
                let found = "\(count / options.scale) accounts on \(names[e]) for \(markets) markets"
                let least = "at least 3 a market (a long, a short and one more)"
                guard options.scale > 1 else {
                    let total = scenario.setting("accounts.total")
                    throw InputError(
                        file: total.file, line: total.line, key: "accounts.total", found: found,
                        allowed: least)
                }
                throw InputError(
                    file: "--scale", key: "accounts.total", found: found,
                    allowed: "\(least): a scale up to \(max(1, count / (3 * markets)))")
            }
        }
    }

    /// A part is done; it ends here where nobody wants the rest.
    private func built(_ part: String) throws {
        options.onBuilt?(part)
        if options.isInterrupted() { throw CancellationError() }
    }

    func build() throws -> World {
        try check()
        var exchanges = try emptyExchanges()
        try built("venues and books")
        setViews(&exchanges)
        let agents = AgentList.registered
        var opening = opening
        opening.collateral = pricedCollateral()
        var setup = MarketSetup()
        for e in venues.perpetualIDs { opening.open(e, of: agents, &exchanges) }
        let opened = try openAccounts(&exchanges)
        for e in venues.perpetualIDs {
            let result = opened[e]
            opening.populations.append(result.traders)
            setup.populations.append(result.traders.accounts)
            setup.weights.append(result.weights)
            setup.own.append(result.own)
            setup.hedged.append(result.hedged?.accounts ?? AccountID.first(0))
            if let group = result.hedged { opening.hedged.append(group) }
            balance(e, result.lots, opening, &exchanges)
        }
        try built("accounts, positions, triggers")
        for e in venueIDs where isSpot(e) {
            opening.open(e, of: agents, &exchanges)
            if e.index == venues.rulebooks.count { openSellers(e, &exchanges, &opening) }
        }
        var strategies: [any Strategy] = []
        for agent in agents.agents {
            if let made = try agent.make(opening, &exchanges) { strategies.append(made) }
        }
        try built("makers, flow and other agents")
        addOpeners(&setup, exchanges, strategies)
        finish(&setup, exchanges, opening, strategies)
        let fundamentals = Fundamentals(
            exchanges.views, reference: scenario.referenceAsset, imposed: imposed,
            news: scenario.news().map { scenario.announcement(at: $0.time) },
            wandering: scenario.number("flow.volatility_log_sd"), stepSeconds: scenario.stepSeconds,
            seed: options.seed)
        let lending = LendingSide(
            lendingMarkets(exchanges), keepersSell: scenario.flag("contagion.lending_sales"),
            stalls: try scenario.outages().compactMap { outage in
                LendingProtocol(rawValue: outage.venue).map {
                    LendingStall($0, from: outage.from, until: outage.until)
                }
            })
        try built("lending")
        let world = World(
            exchanges: exchanges, strategies: strategies, fundamentals: fundamentals, lending: lending,
            setup: setup, start: scenario.start, end: end, stepSeconds: scenario.stepSeconds,
            threads: options.threads)
        try built("first quotes")
        return world
    }

    private func emptyExchanges() throws -> Exchanges {
        let fundMultiple = scenario.number("rules.fund_multiple")
        let perps = FixedArray<Venue>(count: venues.rulebooks.count) { index in
            let e = VenueID(index)
            let share = openInterest.shareOfVenue(e)
            let venue = scenario.event.venue(names[e])!
            let units = settlementUnits(e)
            let accounts = openInterest.accounts(e, scenario)
            let room = accounts / options.scale + 8 * venues.marketAssets[e].count + 64
            return Venue(
                venues.rulebooks[e],
                vaultCapital: Money(micros: Int64(venue.vaultUSD * share * units)),
                fundCapital: Money(micros: Int64(venue.fundUSD * fundMultiple * share * units)),
                expectedAccounts: room, expectedPositions: room * 3 / 2, at: scenario.start)
        }
        let spots = FixedArray<SpotVenue>(count: venues.spotMarkets.count) {
            SpotVenue(names[venues.rulebooks.count + $0], venues.spotMarkets[$0])
        }
        var exchanges = Exchanges(
            perps: perps, spots: spots, names: names, assets: venues.assets.map(\.name), books: places,
            pools: pools(), reference: scenario.referenceAsset, outages: try outages(),
            breaker: scenario.breaker,
            transferSeconds: scenario.number("venues.transfer_minutes") * 60, at: scenario.start)
        for p in exchanges.perpetualIDs {
            exchanges.worldPerps[p].forcedConcession = scenario.number("venues.forced_concession_pct") / 100
            // Hyperliquid's vault takes over by the margin alone, without a wait.
            exchanges.worldPerps[p].house.takeoverPatience =
                exchanges.perps[p].vault == nil ? scenario.number("venues.takeover_patience_seconds") : 0
        }
        if options.usesTwins {
            for p in exchanges.perpetualIDs { exchanges.worldPerps[p].addBookTwins() }
            for s in 0..<exchanges.spots.count { exchanges.worldSpots[s].addBookTwins() }
        }
        return exchanges
    }

    private func outages() throws -> [Outage] {
        guard scenario.flag("contagion.outages") else { return [] }
        return try scenario.outages().flatMap { outage in
            venueIDs.filter { names[$0] == outage.venue }.map {
                Outage(
                    Outage.Kind(rawValue: outage.kind)!, exchange: $0, from: outage.from, until: outage.until)
            }
        }
    }

    /// Ledger units of one dollar at the start.
    func settlementUnits(_ e: VenueID) -> Double {
        venues.rulebooks[e].settlement.unitsPerDollar(
            coinUSD: venues.assets[venues.marketAssets[e][0]].priceUSD)
    }

    /// By asset: its pool, in lots of the first spot venue's book; an asset that venue does not list has none.
    private func pools() -> [LiquidityPool?] {
        var all = [LiquidityPool?](repeating: nil, count: venues.assets.count)
        for row in scenario.event.pools {
            guard let m = venues.spotAssets.first?.firstIndex(of: row.asset) else { continue }
            let unit = venues.spotMarkets[0][m].unit
            all[row.asset] = LiquidityPool(
                lots: Int64(row.sideUSD / venues.assets[row.asset].priceUSD * unit.lotsPerCoin),
                cash: Int64(row.sideUSD * 1e6), feePPM: row.feePPM)
        }
        return all
    }

    private func setViews(_ exchanges: inout Exchanges) {
        let volume = venues.assets[scenario.referenceAsset].volumeUSD
        for a in scenario.event.assetIDs {
            let asset = venues.assets[a]
            var view = AssetView()
            view.index = imposed?[a][0] ?? asset.priceUSD
            view.rank = Int32(asset.rank)
            view.calmVolatility = asset.volatility / 86_400.0.squareRoot()
            // A peg moves by whole ticks: what is calm there is a tick or two.
            if asset.kind == .stable { view.calmVolatility = 2e-4 }
            view.volatility = view.calmVolatility
            view.slowVolatility = view.calmVolatility
            view.fundamental = Double.log(view.index)
            view.beta = asset.beta
            view.isPegged = asset.kind == .stable || asset.kind == .collateral
            view.size = max(1e-6, min(1, asset.volumeUSD / volume))
            exchanges.worldViews[a] = view
        }
        for book in exchanges.bookIDs where !places[book].isSpot {
            let (place, unit) = (places[book], exchanges.unit(book))
            let e = place.exchange
            exchanges.worldPerps[e].house.setMark(
                place.market, unit.nearestTick(exchanges.views[place.asset].index))
        }
        for e in venues.perpetualIDs {
            for (i, rule) in venues.rulebooks[e].collateral.enumerated() {
                guard let row = collateral(e, rule) else { continue }
                exchanges.worldPerps[e].updateCollateral(
                    i, index: venues.assets[row.asset].priceUSD * 10_000, ownBook: nil)
            }
        }
    }

    /// Every perpetual venue's accounts, venues side by side.
    private func openAccounts(_ exchanges: inout Exchanges) throws -> [AccountOpener.Result] {
        let openers = try venues.perpetualIDs.map { try opener($0) }
        let counts = venues.perpetualIDs.map { openInterest.accounts($0, scenario) }
        let order = counts.indices.sorted { counts[$0] > counts[$1] }
        let scale = options.scale
        let results = Mutex([AccountOpener.Result?](repeating: nil, count: openers.count))
        exchanges.worldPerps.forEach(threads: options.threads, order: order) { i, venue in
            if options.isInterrupted() { return }
            let drafts = openers[i].drafts(counts[i], scale: scale)
            if options.isInterrupted() { return }
            let result = openers[i].open(drafts, on: &venue, exchange: VenueID(i))
            results.withLock { $0[i] = result }
        }
        let opened = results.withLock { $0.compactMap { $0 } }
        if opened.count < openers.count || options.isInterrupted() { throw CancellationError() }
        return opened
    }

    func opener(_ e: VenueID) throws -> AccountOpener {
        let coins = venues.marketAssets[e]
        let markets = venues.rulebooks[e].markets
        var sum = 0.0
        let cumulative = coins.indices.map { m in
            sum += Double.pow(openInterest.usd(e, m), 0.7)
            return sum
        }
        let isInverse = markets[0].spec.unit.isInverse
        // Yield-bearing coins: those of the venue's collateral that are held for what they pay.
        let yieldBearing = venues.rulebooks[e].collateral.filter { rule in
            collateral(e, rule)?.isHeld == true
        }
        let law = AccountLaw(
            scenario, seed: options.seed, venue: names[e] + (isInverse ? markets[0].spec.name : ""),
            median: scenario.event.venue(names[e])!.leverageMedian!, cumulative: cumulative,
            histories: coins.map { histories[$0] },
            maintenance: markets.map { $0.spec.schedule.tiers[0].maintenanceRate.value },
            mostLeverage: markets.map { Double($0.maxLeverage) },
            collateralPlaces: yieldBearing.map { rule in
                Int8(venues.rulebooks[e].collateral.firstIndex { $0.spec.name == rule.spec.name }!)
            })
        let hedgedShare = isInverse ? 0 : scenario.number("accounts.hedged_notional_share")
        let hedgedUSD = coins.indices.map { isHedged(coins[$0]) ? openInterest.usd(e, $0) * hedgedShare : 0 }
        let all = openInterest.totalUSD
        return AccountOpener(
            scenario: scenario, law: law, assets: venues.assets, coins: coins,
            openInterestUSD: coins.indices.map { openInterest.usd(e, $0) }, hedgedUSD: hedgedUSD,
            hedgedAccounts: hedgedUSD.map { usd in
                usd > 0
                    ? max(
                        1,
                        Int(
                            scenario.number("accounts.hedged_accounts") * usd / (all * hedgedShare)
                                / Double(options.scale)))
                    : 0
            },
            largeShortUSD: names[e] == scenario.text("accounts.large_short_venue")
                ? scenario.number("accounts.large_short_usd") : 0,
            reference: scenario.referenceAsset,
            own: options.own.filter {
                $0.stands(on: names[e], coins: coins.map { venues.assets[$0].name })
            }, isInterrupted: options.isInterrupted)
    }

    private func lendingMarkets(_ exchanges: borrowing Exchanges) -> LendingMarkets {
        let s = scenario
        func row(_ name: String) -> LendingRow {
            s.event.lending[name] ?? LendingRow()
        }
        let (aave, compound) = (row("aave-v3"), row("compound-v3"))
        let (maker, morpho) = (row("maker"), row("morpho"))
        let parameters = LendingParameters(
            aaveBorrowers: aave.borrowers, compoundBorrowers: compound.borrowers,
            makerVaults: maker.borrowers, morphoBorrowers: morpho.borrowers, aaveDebtUSD: aave.debtUSD,
            compoundDebtUSD: compound.debtUSD, makerDebtUSD: maker.debtUSD, morphoDebtUSD: morpho.debtUSD,
            healthMedian: s.number("lending.health_median"),
            healthLogSD: s.number("lending.health_log_sd"), sizeLogSD: s.number("lending.size_log_sd"))
        var all = parameters
        (all.compoundV2Borrowers, all.compoundV2DebtUSD) = (
            row("compound-v2").borrowers, row("compound-v2").debtUSD
        )
        return LendingMarkets(
            all, assets: venues.assets.map(\.name), pricesUSD: venues.assets.map(\.priceUSD),
            seed: options.seed, at: s.start)
    }

    private func finish(
        _ setup: inout MarketSetup, _ exchanges: borrowing Exchanges, _ opening: AgentOpening,
        _ strategies: [any Strategy]
    ) {
        addCohorts(&setup, exchanges, opening, strategies)
        setup.poolBooks = scenario.event.assetIDs.map { a in
            exchanges.pools[a] == nil ? nil : opening.sellerBooks[a]
        }
        setup.indexWeights = names.map { scenario.event.venue($0)!.indexWeight }
        setup.usesVenueIndices = scenario.text("index.kind") == "venue_rules"
        setup.imposed = imposed
        setup.externalBasis =
            imposed == nil ? nil : scenario.number("index.external_basis_volatility_multiple")
        setup.majors = scenario.majors
        setup.heldCollateral = Set(scenario.event.collateral.filter(\.isHeld).map(\.asset))
        setup.supplies = venues.assets.map(\.supply)
        setup.reference = scenario.reference
        for e in venues.perpetualIDs {
            for (i, rule) in venues.rulebooks[e].collateral.enumerated() {
                guard let row = collateral(e, rule) else { continue }
                setup.collateralBooks.append(
                    CollateralBook(
                        exchange: e, place: i, asset: row.asset,
                        ownBook: row.ownBook.isEmpty ? nil : opening.book(row.asset, on: row.ownBook)))
            }
        }
    }
}
