import Agents
import Clearing
import Exchanges
import OrderBook
import Primitives
import RealModule
import Venues

/// By book, the accounts of the agents that trade on it.
struct AgentAccounts {
    var makers: [Int32]
    var patient: [Int32]
    var arbitrage: [Int32]
    var flow: [Int32]
    /// Bitcoin's dollar-margined books with the makers' hedging account on each.
    var hedges: [(Int32, Int32)] = []
    /// By asset: the main spot book and a wallet there for sellers of coins (keepers, hedgers, funds); -1: none.
    var sellerBooks: [Int32] = []
    var sellerWallets: [Int32] = []
    /// A wallet of its own for collateral that funds sell: what is in it is for sale.
    var collateralWallet: Int32 = 0

    init(books: Int, assets: Int) {
        sellerBooks = Array(repeating: -1, count: assets)
        sellerWallets = sellerBooks
        makers = Array(repeating: 0, count: books)
        (patient, arbitrage, flow) = (makers, makers, makers)
    }
}

extension WorldBuilder {
    /// Dollars of one side of a book's patient orders, and of its makers' 1 % depth.
    func patientUSD(_ b: Int) -> Double {
        let asset = venues.assets[Int(places[b].asset)]
        let size = max(1e-6, min(1, asset.volumeUSD / venues.assets[scenario.referenceAsset].volumeUSD))
        let deepness = -Double.log(scenario.number("patient.demand_at_thousandth")) / Double.log(1000)
        let farthest = Double.power(33.0 / 5, scenario.number("patient.exponent"))
        return scenario.number("patient.demand_at_5pct_usd") * Double.power(size, deepness) * patientShares[b]
            * farthest
    }

    func depthUSD(_ b: Int) -> Double {
        let asset = venues.assets[Int(places[b].asset)]
        let size = max(1e-6, min(1, asset.volumeUSD / venues.assets[scenario.referenceAsset].volumeUSD))
        return scenario.number("liquidity.depth_1pct_usd")
            * Double.power(size, scenario.number("liquidity.depth_exponent"))
            * liquidityShares[b]
    }

    /// What makers have in a book within 1 %, shown or not.
    func ladderUSD(_ b: Int) -> Double { max(depthUSD(b), absorptionUSD(b) * 0.01) }

    func absorptionUSD(_ b: Int) -> Double {
        let asset = venues.assets[Int(places[b].asset)]
        let size = max(1e-6, min(1, asset.volumeUSD / venues.assets[scenario.referenceAsset].volumeUSD))
        let exponent = -Double.log(scenario.number("liquidity.absorption_at_thousandth")) / Double.log(1000)
        return scenario.number("liquidity.absorption_usd") * Double.power(size, exponent) * liquidityShares[b]
    }

    /// The agents' accounts on a perpetual venue: one each for every market.
    func openAgents(_ e: Int, _ exchanges: inout Exchanges, _ agents: inout AgentAccounts) {
        let units = exchanges.settlementUnits(e)
        for (m, book) in booksOfExchange[e].enumerated() {
            let b = Int(book)
            let open = openInterest.usd(e, m)
            func account(_ usd: Double) -> Int32 {
                let id = exchanges.perps[e].house.openAccount()
                exchanges.perps[e].house.deposit(Money(micros: Int64(max(usd, 1) * units)), to: id)
                let p = exchanges.perps[e].house.positionID(id, Int32(m))
                let highest = exchanges.perps[e].rulebook.markets[m].maxLeverage
                _ = exchanges.perps[e].house.configure(p, leverage: highest, isolated: false)
                return id
            }
            agents.makers[b] = account(ladderUSD(b) * 12)
            agents.patient[b] = account(4 * open + 2 * patientUSD(b))
            agents.arbitrage[b] = account(
                2 * absorptionUSD(b) * scenario.number("arbitrage.capital_share") + depthUSD(b))
            agents.flow[b] = account(depthUSD(b) * 100)
            if Int(places[b].asset) == scenario.referenceAsset && !places[b].isInverse {
                agents.hedges.append((book, account(ladderUSD(b) * 12)))
            }
        }
    }

    /// Gives the venue's patient capital the other side of everything that was opened.
    func balance(_ e: Int, _ lots: [Int64], _ agents: AgentAccounts, _ exchanges: inout Exchanges) {
        for (m, book) in booksOfExchange[e].enumerated() where lots[m] != 0 {
            let account = agents.patient[Int(book)]
            let mark = exchanges.perps[e].house.mark(Int32(m))
            let p = exchanges.perps[e].house.positionID(account, Int32(m))
            exchanges.perps[e].house.book(p, Lots(-lots[m]), at: mark)
        }
        // Each inverse position's value was rounded alone; what their sum is off belongs to nobody.
        exchanges.perps[e].house.roundingPot -= exchanges.perps[e].house.zeroSum().imbalance
    }

    /// Wallets on a spot venue, with dollars and coins; and once, on the first, those of sellers.
    func openWallets(_ e: Int, _ exchanges: inout Exchanges, _ agents: inout AgentAccounts) {
        let s = e - venues.rulebooks.count
        let (maker, patient) = (
            exchanges.spots[s].ledger.openAccount(), exchanges.spots[s].ledger.openAccount()
        )
        let (arbitrage, flow) = (
            exchanges.spots[s].ledger.openAccount(), exchanges.spots[s].ledger.openAccount()
        )
        for book in booksOfExchange[e] {
            let b = Int(book)
            agents.makers[b] = maker
            agents.patient[b] = patient
            agents.arbitrage[b] = arbitrage
            agents.flow[b] = flow
            give(maker, book, s, ladderUSD(b) * 12, &exchanges)
            give(patient, book, s, patientUSD(b) * 1.5, &exchanges)
            give(
                arbitrage, book, s,
                absorptionUSD(b) * scenario.number("arbitrage.capital_share") * 1.5 + depthUSD(b),
                &exchanges)
            give(flow, book, s, depthUSD(b) * 300, &exchanges)
        }
        if s == 0 { openSellers(e, &exchanges, &agents) }
    }

    private func give(
        _ wallet: Int32, _ book: Int32, _ s: Int, _ usd: Double, _ exchanges: inout Exchanges
    ) {
        let place = places[Int(book)]
        let market = venues.spotMarkets[s][Int(place.market)]
        let price = venues.assets[Int(place.asset)].priceUSD
        let coins = Int64(usd / price * market.unit.lotsPerCoin)
        _ = exchanges.spots[s].ledger.transfer(Money(micros: Int64(usd * 1e6)), wallet)
        _ = exchanges.spots[s].ledger.transferCoins(Lots(coins), wallet, Int32(place.market))
    }

    /// One wallet for whoever sells coins that come from elsewhere: hedgers' spot legs, seized and leftover collateral.
    private func openSellers(_ e: Int, _ exchanges: inout Exchanges, _ agents: inout AgentAccounts) {
        let wallet = exchanges.spots[0].ledger.openAccount()
        agents.collateralWallet = exchanges.spots[0].ledger.openAccount()
        for book in booksOfExchange[e] {
            let asset = Int(places[Int(book)].asset)
            agents.sellerBooks[asset] = book
            agents.sellerWallets[asset] = wallet
            // The spot legs of hedged accounts: what all venues' hedges together are worth.
            let coins = hedgedUSD(asset) / venues.assets[asset].priceUSD
            let lots = Int64(coins * exchanges.unit(book).lotsPerCoin)
            if lots > 0 {
                _ = exchanges.spots[0].ledger.transferCoins(
                    Lots(lots), wallet, Int32(places[Int(book)].market))
            }
        }
    }

    private func hedgedUSD(_ asset: Int) -> Double {
        guard isHedged(asset) else { return 0 }
        var usd = 0.0
        for e in 0..<venues.rulebooks.count where !venues.rulebooks[e].markets[0].spec.unit.isInverse {
            for (m, a) in venues.marketAssets[e].enumerated() where a == asset {
                usd += openInterest.usd(e, m)
            }
        }
        return usd * scenario.number("accounts.hedged_notional_share")
    }

    /// Everybody who acts, in the order in which they do.
    func strategies(
        _ makers: MarketMakers, _ agents: AgentAccounts, _ populations: [LeveragedTraders],
        _ hedged: [HedgedAccounts.Group], _ exchanges: inout Exchanges
    ) throws -> [any Strategy] {
        let dt = scenario.stepSeconds
        let seed = options.seed
        var patient = PatientCapital.Parameters()
        patient.demandAt5PctUSD = scenario.number("patient.demand_at_5pct_usd")
        patient.exponent = scenario.number("patient.exponent")
        patient.deepness = -Double.log(scenario.number("patient.demand_at_thousandth")) / Double.log(1000)
        patient.refillMinutes = scenario.number("patient.refill_minutes")
        var flow = BackgroundFlow.Parameters()
        flow.ordersPerSecond = scenario.number("flow.orders_per_second")
        flow.medianShare = scenario.number("flow.median_depth_share")
        flow.logSD = scenario.number("flow.order_log_sd")
        var all: [any Strategy] = [
            makers,
            PatientCapital(
                patient, accounts: agents.patient, shares: patientShares, exchanges, stepSeconds: dt),
            BackgroundFlow(
                flow, accounts: agents.flow, shares: liquidityShares, depthUSD: places.indices.map(depthUSD),
                exchanges, stepSeconds: dt, random: RandomStream(seed: seed, name: "background flow")),
        ]
        if scenario.flag("contagion.arbitrage") {
            var arbitrage = Arbitrageurs.Parameters()
            arbitrage.thresholdBp = scenario.number("arbitrage.threshold_bp")
            arbitrage.capitalShare = scenario.number("arbitrage.capital_share")
            arbitrage.urgency = scenario.number("arbitrage.urgency")
            all.append(
                Arbitrageurs(
                    arbitrage, accounts: agents.arbitrage, absorptionUSD: places.indices.map(absorptionUSD),
                    exchanges, stepSeconds: dt))
            all.append(
                PoolArbitrage(
                    books: agents.sellerBooks, wallets: arbitrageWallets(agents), stepSeconds: dt))
        }
        all.append(
            MakerHedging(share: scenario.number("liquidity.hedge_share"), books: agents.hedges))
        all.append(CallAnswers(populations))
        all.append(
            HedgedAccounts(
                groups: hedged, spotBooks: agents.sellerBooks, wallets: agents.sellerWallets,
                limit: scenario.number("accounts.hedge_limit_pct") / 100,
                sells: scenario.flag("contagion.hedge_loss"),
                random: RandomStream(seed: seed, name: "hedgers")))
        if scenario.number("holders.stop_volume_share") > 0 { all.append(spotStops(&exchanges)) }
        all.append(
            HouseUnwinders(
                sharePerMinute: scenario.number("venues.unwind_share_per_minute"),
                limitBp: scenario.number("venues.unwind_limit_bp"), collateral: collateralSales(agents),
                stepSeconds: dt))
        if scenario.flag("contagion.lending_sales") {
            all.append(KeeperSales(books: agents.sellerBooks, wallets: agents.sellerWallets))
        }
        all.append(Cohorts(try cohorts(&exchanges), exchanges, stepSeconds: dt))
        if scenario.number("example.dip_buyer_usd") > 0 { all.append(dipBuyer(&exchanges)) }
        return all
    }

    /// Stops of spot holders: a share of the coin's day of volume, by the venue's part of its spot liquidity.
    private func spotStops(_ exchanges: inout Exchanges) -> SpotStops {
        var parameters = SpotStops.Parameters()
        parameters.start = scenario.number("holders.stop_start_pct") / 100
        parameters.mean = scenario.number("holders.stop_mean_pct") / 100
        var stops: [SpotStops.Stops] = []
        for (s, venue) in scenario.event.spots.enumerated() where venue.stopShare > 0 {
            let share = venue.stopShare
            let wallet = exchanges.spots[s].ledger.openAccount()
            for book in booksOfExchange[venues.rulebooks.count + s] {
                let place = places[Int(book)]
                let asset = venues.assets[Int(place.asset)]
                guard asset.kind == .coin else { continue }
                let spots = exchanges.booksOfAsset[Int(place.asset)].filter { places[Int($0)].isSpot }
                let part =
                    liquidityShares[Int(book)] / spots.reduce(0) { $0 + liquidityShares[Int($1)] }
                let coins =
                    asset.volumeUSD * share * scenario.number("holders.stop_volume_share") * part
                    / asset.priceUSD
                let lots = Lots(Int64(coins * exchanges.unit(book).lotsPerCoin))
                _ = exchanges.spots[s].ledger.transferCoins(lots, wallet, Int32(place.market))
                stops.append(
                    SpotStops.Stops(book: book, account: wallet, coins: exchanges.unit(book).coins(lots)))
            }
        }
        return SpotStops(parameters, stops, exchanges)
    }

    /// By asset: the arbitrageurs' wallet on the first spot venue.
    private func arbitrageWallets(_ agents: AgentAccounts) -> [Int32] {
        agents.sellerBooks.map { $0 >= 0 ? agents.arbitrage[Int($0)] : -1 }
    }

    private func collateralSales(_ agents: AgentAccounts) -> [HouseUnwinders.Collateral] {
        var all: [HouseUnwinders.Collateral] = []
        for e in 0..<venues.rulebooks.count {
            for (i, rule) in venues.rulebooks[e].collateral.enumerated() {
                guard let row = collateral(e, rule), agents.sellerBooks[row.asset] >= 0 else { continue }
                all.append(
                    HouseUnwinders.Collateral(
                        exchange: e, market: Int32(venues.rulebooks[e].markets.count + i),
                        spotBook: agents.sellerBooks[row.asset], wallet: agents.collateralWallet))
            }
        }
        return all
    }

    private func cohorts(_ exchanges: inout Exchanges) throws -> [Cohorts.Cohort] {
        var all: [Cohorts.Cohort] = []
        let holdings = try scenario.figures("holders.assets")
        let share = scenario.number("holders.coins_share")
        for (name, rate, dollars) in [
            ("long-term holders", "holders.long_term_rate", "holders.long_term_usd"),
            ("whales", "holders.whales_rate", "holders.whales_usd"),
        ] {
            for (ticker, part) in holdings {
                let asset = scenario.event.asset(ticker)!
                guard let book = ownBook(asset, scenario.text("holders.venue")) else { continue }
                let s = Int(places[Int(book)].exchange) - venues.rulebooks.count
                let wallet = exchanges.spots[s].ledger.openAccount()
                let unit = exchanges.unit(book)
                _ = exchanges.spots[s].ledger.transfer(
                    Money(micros: Int64(scenario.number(dollars) * part * 1e6)), wallet)
                _ = exchanges.spots[s].ledger.transferCoins(
                    Lots(Int64(venues.assets[asset].supply * share * unit.lotsPerCoin)), wallet,
                    Int32(places[Int(book)].market))
                all.append(
                    Cohorts.Cohort(
                        name: "\(name) \(venues.assets[asset].name)", book: book, account: wallet,
                        sharePerMinute: scenario.number(rate),
                        belowReference: scenario.number("holders.below_pct") / 100))
            }
        }
        return all
    }

    private func dipBuyer(_ exchanges: inout Exchanges) -> DipBuyer {
        let book = ownBook(scenario.referenceAsset, scenario.text("holders.venue"))!
        let s = Int(places[Int(book)].exchange) - venues.rulebooks.count
        let wallet = exchanges.spots[s].ledger.openAccount()
        _ = exchanges.spots[s].ledger.transfer(scenario.money("example.dip_buyer_usd"), wallet)
        return DipBuyer(book: book, account: wallet, drop: 0.01)
    }
}
