import Clearing
@_spi(World) import Exchanges
import Market
import OrderBook
import Primitives
import Venues

extension Scenario {
    /// This scenario with one key set anew.
    ///
    /// - Throws: `InputError` for a value that does not go together with the others.
    func setting(_ key: String, to value: String) throws -> Scenario {
        var settings = file.settings
        settings[key] = Setting(
            text: value, file: "--change", source: "changed while the world runs", role: "input")
        return try Scenario(ScenarioFile(settings: settings, files: file.files, name: name))
    }

    /// Prepares changes for a world of this scenario, each on top of those before it.
    ///
    /// - Parameters:
    ///   - world: one of this scenario, at any moment: only what never changes is read.
    ///   - before: what has been changed of that world already.
    /// - Throws: `InputError` for a venue, an asset or a value that cannot be, and times outside the window.
    public func changes(
        _ asked: [RunChange], after before: [RunChange] = [], for world: borrowing World
    ) throws -> [WorldChange] {
        var scenario = self
        for change in before {
            if case .set(let key, let value) = change.what {
                scenario = try scenario.setting(key, to: value)
            }
        }
        var all: [WorldChange] = []
        // In the order of time; at one time in the order given.
        for (_, change) in asked.enumerated().sorted(by: { ($0.1.time, $0.0) < ($1.1.time, $1.0) }) {
            let last = min(end, world.end)
            guard change.time >= start, change.time < last else {
                throw InputError(
                    file: "--change", found: "\(change.time)", allowed: "from \(start) to before \(last)")
            }
            let what: WorldChange.What
            switch change.what {
            case .set(let key, let value):
                let next = try scenario.setting(key, to: value)
                what = .rules(try next.ruleChange(from: scenario))
                scenario = next
            case .trade(let side, let asset, let venue, let usd):
                what = .trade(try world.book(asset, venue, change.action), side, usd: usd)
            case .news(let movePct):
                var item = announcement(at: change.time)
                item.move = movePct / 100
                what = .news(item)
            case .outage(let venue, let kind, let minutes):
                _ = try world.venue(venue, change.action)
                what = .outage(
                    world.exchanges.venueIDs.filter { world.exchanges.names[$0] == venue }.map {
                        Outage(
                            Outage.Kind(rawValue: kind)!, exchange: $0, from: change.time,
                            until: change.time.adding(seconds: minutes * 60))
                    })
            }
            all.append(WorldChange(time: change.time, text: change.text, what: what))
        }
        return all
    }

    private func ruleChange(from before: Scenario) throws -> RuleChange {
        let new = try ExchangeBuilder(self)
        let matrix = try OpenInterestMatrix(self, new)
        let more = number("rules.fund_multiple") - before.number("rules.fund_multiple")
        let deposits = new.perpetualIDs.map { e in
            let venue = event.venue(new.names[e])!
            let units = new.rulebooks[e].settlement.unitsPerDollar(
                coinUSD: new.assets[new.marketAssets[e][0]].priceUSD)
            return Money(micros: Int64(venue.fundUSD * more * matrix.shareOfVenue(e) * units))
        }
        let ruleKeys = [
            "rules.deleveraging", "rules.liquidation", "rules.maintenance_multiple",
            "contagion.own_book_collateral",
            // Whoever waits by the rule of before is looked at again.
            "venues.takeover_patience_seconds", "venues.forced_concession_pct",
        ]
        let breakerKeys = [
            "rules.breaker_pct", "rules.breaker_window_minutes", "rules.breaker_halt_minutes",
        ]
        let patience = number("venues.takeover_patience_seconds")
        return RuleChange(
            rulebooks: ruleKeys.contains { text($0) != before.text($0) } ? new.rulebooks : nil,
            forcedConcession: number("venues.forced_concession_pct") / 100,
            takeoverPatience: new.perpetualIDs.map {
                new.rulebooks[$0].waterfall.stages.contains {
                    if case .backstopVault = $0 { true } else { false }
                }
                    ? 0 : patience
            },
            fundDeposits: deposits,
            breaker: breakerKeys.contains { text($0) != before.text($0) } ? .some(breaker) : nil,
            settings: self)
    }
}

extension World {
    /// The book of an asset on a venue by their names: the perpetual one of a perpetual venue.
    func book(_ asset: String, _ venue: String, _ action: String) throws -> BookID {
        let e = try self.venue(venue, action)
        for book in exchanges.bookIDs {
            let place = exchanges.place(book)
            // A coin-margined venue has a ledger a coin under one name.
            if exchanges.names[place.exchange] == exchanges.names[e], exchanges.assets[place.asset] == asset {
                return book
            }
        }
        let known = exchanges.bookIDs.filter { exchanges.names[exchanges.place($0).exchange] == venue }
            .map { exchanges.assets[exchanges.place($0).asset] }
        throw InputError(
            file: "--change", found: "`\(action)`", allowed: "an asset that \(venue) has a book of",
            nearest: nearestName(to: asset, among: known))
    }

    func venue(_ name: String, _ action: String) throws -> VenueID {
        guard let e = exchanges.venueIDs.first(where: { exchanges.names[$0] == name }) else {
            let known = Set(exchanges.venueIDs.map { exchanges.names[$0] }).sorted()
            throw InputError(
                file: "--change", found: "`\(action)`", allowed: known.joined(separator: ", "),
                nearest: nearestName(to: name, among: known))
        }
        return e
    }
}
