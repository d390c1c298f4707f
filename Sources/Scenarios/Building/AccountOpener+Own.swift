import Agents
import Clearing
import Primitives
import Venues

/// Opening accounts of one's own beside the population, whose open interest makes room for them.
extension AccountOpener {
    /// Dollars that own accounts hold of a market's side: what the population holds less.
    func ownUSD(_ market: Int, isLong: Bool) -> Double {
        let coin = assets[coins[market]].name
        return own.reduce(0) { sum, account in
            account.positions.reduce(sum) {
                $1.coin == coin && $1.isLong == isLong ? $0 + $1.notionalUSD : $0
            }
        }
    }

    /// Opens them in their order, after everybody else of the venue.
    ///
    /// - Returns: their accounts, in the order of `own`.
    func openOwn(on venue: inout Venue, _ lots: inout [Int64]) -> Identifiers<AccountID> {
        let first = AccountID(rawValue: venue.house.accountCount)
        let unitsPerOne = Double(venue.rulebook.settlement.unitsPerOne)
        func money(_ amount: Double) -> Money { Money(micros: Int64((amount * unitsPerOne).rounded())) }
        for one in own {
            let account = venue.house.openAccount()
            for position in one.positions {
                guard let m = coins.firstIndex(where: { assets[$0].name == position.coin }) else { continue }
                let unit = venue.rulebook.markets[m].spec.unit
                let mark = venue.house.mark(Int32(m))
                // To the nearest lot; less than half a lot is no position.
                let half = Double(venue.house.valueOf(Int32(m), 1, mark.count).magnitude) / 2 / unitsPerOne
                let dollars = unit.isInverse ? 0.5 / unit.lotsPerCoin : half
                let count = unit.lots(worth: position.notionalUSD + dollars, at: mark).count
                if count == 0 { continue }
                let signed = position.isLong ? count : -count
                let top = Double(venue.rulebook.markets[m].spec.maxTicks - 1)
                let entry = Ticks(Int(min(max((Double(mark.count) * position.entry).rounded(), 1), top)))
                let p = venue.seedPosition(
                    account, Int32(m), Lots(signed), entry: entry,
                    leverage: UInt8(min(255, max(1, position.leverage))),
                    isolated: position.isolatedMargin != nil,
                    leg: position.isLeg ? (position.isLong ? .long : .short) : .net)
                // Booking and restating moved collateral about: it is what it is given as, without any profit.
                if let margin = position.isolatedMargin {
                    venue.house.seedMargin(money(margin) - venue.house.position(p).margin, of: p)
                }
                lots[m] += signed
            }
            venue.house.seedCash(money(one.cash) - venue.house.account(account).cash, of: account)
        }
        return Identifiers(from: first, count: own.count)
    }
}

extension WorldBuilder {
    /// Own accounts must fit into the open interest that they replace.
    func checkOwn() throws {
        let names = Set(venues.perpetualIDs.map { self.names[$0] })
        for one in options.own where !names.contains(one.venue) {
            throw InputError(
                file: "--book", key: one.venue, found: "a venue that the event does not have",
                allowed: names.sorted().joined(separator: ", "))
        }
        for e in venues.perpetualIDs {
            let opener = try opener(e)
            guard !opener.own.isEmpty else { continue }
            let shortShare = scenario.number("accounts.short_notional_share")
            for m in opener.coins.indices {
                for isLong in [true, false] {
                    let (own, all) = (opener.ownUSD(m, isLong: isLong), opener.openInterestUSD[m])
                    let most = 0.9 * (isLong ? all : shortShare * all)
                    guard own <= most else {
                        let coin = opener.assets[opener.coins[m]].name
                        throw InputError(
                            file: "--book", key: "\(self.names[e]) \(coin)",
                            found: "\(shortFigure(own)) USD of \(isLong ? "longs" : "shorts")",
                            allowed:
                                "at most \(shortFigure(most)), nine tenths of what the event's accounts hold there"
                        )
                    }
                }
            }
        }
    }
}
