import Agents
import Clearing
@_spi(World) import Exchanges
import OrderBook
import Primitives
import Venues

extension WorldBuilder {
    /// What agents are made from, before any account is open.
    static func opening(
        _ scenario: Scenario, _ options: RunOptions, _ venues: ExchangeBuilder,
        _ openInterest: OpenInterestMatrix, _ places: [BookPlace], _ names: [String]
    ) -> AgentOpening {
        func venue(_ place: BookPlace) -> VenueRow { scenario.event.venue(names[place.exchange])! }
        var opening = AgentOpening(
            scenario, seed: options.seed, stepSeconds: scenario.stepSeconds, scale: options.scale,
            exchanges: names.map {
                AgentOpening.Exchange(name: $0, stopShare: scenario.event.venue($0)!.stopShare)
            },
            assets: venues.assets.map {
                AgentOpening.Asset(
                    name: $0.name, priceUSD: $0.priceUSD, supply: $0.supply, volumeUSD: $0.volumeUSD,
                    volatility: $0.volatility, isCoin: $0.kind == .coin)
            }, books: places, reference: scenario.referenceAsset,
            liquidityShares: places.map { venue($0).liquidityShare },
            turnoverShares: places.map { venue($0).turnoverShare },
            patientShares: places.map { venue($0).patientShare },
            openInterestUSD: places.map {
                $0.isSpot ? 0 : openInterest.usd($0.exchange, Int($0.market))
            })
        opening.accountLaw.accounts = scenario.integer("accounts.total")
        opening.accountLaw.sizeLogSD = scenario.number("accounts.size_log_sd")
        opening.accountLaw.leverageLogSD = scenario.number("accounts.leverage_log_sd")
        opening.accountLaw.largestShare = scenario.number("accounts.largest_share")
        opening.accountLaw.stopShare = scenario.number("accounts.stop_share")
        opening.accountLaw.stopStart = scenario.number("accounts.stop_start_pct") / 100
        opening.accountLaw.stopMean = scenario.number("accounts.stop_mean_pct") / 100
        return opening
    }

    /// Gives the venue's patient capital the other side of everything that was opened.
    func balance(_ e: VenueID, _ lots: [Int64], _ opening: AgentOpening, _ exchanges: inout Exchanges) {
        let accounts = opening.accounts(of: PatientCapital.self)
        for (m, book) in booksOfExchange[e].enumerated() where lots[m] != 0 {
            let mark = exchanges.perps[e].house.mark(Int32(m))
            let p = exchanges.worldPerps[e].house.positionID(accounts[book], Int32(m))
            exchanges.worldPerps[e].house.book(p, Lots(-lots[m]), at: mark)
        }
        // Each inverse position's value was rounded alone; what their sum is off belongs to nobody.
        let imbalance = exchanges.perps[e].house.zeroSum().imbalance
        exchanges.worldPerps[e].house.roundingPot -= imbalance
    }

    /// On the first spot venue, one wallet for whoever sells coins that come from elsewhere: hedgers' spot legs, seized
    /// and leftover collateral.
    func openSellers(_ e: VenueID, _ exchanges: inout Exchanges, _ opening: inout AgentOpening) {
        let wallet = exchanges.openAccount(e)
        opening.collateralWallet = exchanges.openAccount(e)
        for book in booksOfExchange[e] {
            let asset = places[book].asset
            opening.sellerBooks[asset] = book
            opening.sellerWallets[asset] = wallet
            // The spot legs of hedged accounts: what all venues' hedges together are worth.
            exchanges.depositCoins(hedgedUSD(asset) / venues.assets[asset].priceUSD, to: wallet, book)
        }
    }

    private func hedgedUSD(_ asset: AssetID) -> Double {
        guard isHedged(asset) else { return 0 }
        var usd = 0.0
        for e in venues.perpetualIDs where !venues.rulebooks[e].markets[0].spec.unit.isInverse {
            for (m, a) in venues.marketAssets[e].enumerated() where a == asset {
                usd += openInterest.usd(e, m)
            }
        }
        return usd * scenario.number("accounts.hedged_notional_share")
    }

    /// The venues' collateral that has a price in the world.
    func pricedCollateral() -> [AgentOpening.Collateral] {
        venues.perpetualIDs.flatMap { e in
            venues.rulebooks[e].collateral.enumerated().compactMap { i, rule in
                collateral(e, rule).map {
                    AgentOpening.Collateral(
                        exchange: e, market: Int32(venues.rulebooks[e].markets.count + i), asset: $0.asset)
                }
            }
        }
    }
}
