import Agents
import Exchanges
import Market
import Primitives

extension WorldBuilder {
    /// Whose holdings are followed: cohorts, and the net position of each class of agents over all books.
    func addCohorts(
        _ setup: inout MarketSetup, _ exchanges: borrowing Exchanges, _ opening: AgentOpening,
        _ strategies: [any Strategy]
    ) {
        for case let holders as Cohorts in strategies {
            for cohort in holders.cohorts {
                setup.cohorts.append(
                    HoldingCohort(
                        name: cohort.name, asset: places[cohort.book].asset,
                        holdings: [(cohort.book, cohort.account)]))
            }
        }
        for asset in scenario.majors.prefix(2) {
            let name = venues.assets[asset].name
            let books = exchanges.booksOfAsset[asset]
            for (who, accounts) in [
                ("market makers", opening.accounts(of: MarketMakers.self)),
                ("patient capital", opening.accounts(of: PatientCapital.self)),
                ("arbitrageurs", opening.accounts(of: Arbitrageurs.self)),
            ] {
                setup.cohorts.append(
                    HoldingCohort(
                        name: "\(who) \(name)", asset: asset, holdings: books.map { ($0, accounts[$0]) })
                )
            }
        }
    }

    /// Accounts that open positions in the run are of the venue's population: they follow its others.
    func addOpeners(
        _ setup: inout MarketSetup, _ exchanges: borrowing Exchanges, _ strategies: [any Strategy]
    ) {
        for case let openers as PositionOpeners in strategies {
            for e in venues.perpetualIDs {
                guard let more = openers.accounts(on: e, exchanges) else { continue }
                let known = setup.populations[e]
                precondition(more.lowest.index == known.lowest.index + known.count)
                setup.populations[e] = Identifiers(from: known.lowest, count: known.count + more.count)
                setup.weights[e] += Array(repeating: Int32(options.scale), count: more.count)
            }
        }
    }

    /// Whether hedged accounts hold a coin short against coins.
    func isHedged(_ asset: AssetID) -> Bool {
        venues.assets[asset].kind == .coin
            && venues.assets[asset].rank <= scenario.integer("accounts.hedged_rank")
    }

    func ownBook(_ asset: AssetID, _ venue: String) -> BookID? {
        BookID.first(places.count).first { names[places[$0].exchange] == venue && places[$0].asset == asset }
    }
}
