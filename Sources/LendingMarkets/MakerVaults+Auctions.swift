import Lending
import Primitives

extension MakerVaults {
    /// Passes prices on once an hour, barks at unsafe vaults as far as the holes reach, and takes from auctions whose
    /// price has fallen below the market's. Auctions go on while oracles are stalled.
    ///
    /// - Returns: whether anything was done.
    mutating func look(_ view: KeeperView, into sales: inout [LendingSale]) {
        maker.advance(to: view.now)
        let hasPoked = !view.isStalled && view.now.seconds >= nextPoke && poke(view)
        if hasPoked || (isWaiting && hasRoom) { bark(view) }
        hasRoom = false
        if !maker.auctions.isEmpty { serveAuctions(view, &sales) }
    }

    /// Every vault type's oracle takes its source's price as next and puts the last one in force.
    private mutating func poke(_ view: KeeperView) -> Bool {
        var hasPoked = false
        for i in 0..<assets.count {
            guard maker.ilks[i].oracle.canPoke(at: view.now),
                let answer = MarketFeeds.answer(view.prices[assets[i]])
            else { continue }
            maker.poke(Int32(i), source: answer * 10_000_000_000)
            maker.drip(Int32(i))
            hasPoked = true
        }
        var next = Int64.max
        for i in 0..<assets.count { next = min(next, maker.ilks[i].oracle.pokedAt + MakerOracle.hop) }
        nextPoke = next
        return hasPoked
    }

    private mutating func bark(_ view: KeeperView) {
        search.find(in: maker, byFullScan: view.byFullScan)
        isWaiting = false
        for i in 0..<search.found.count {
            let u = search.found[i]
            let urn = maker.urn(u)
            let ilk = maker.ilks[Int(urn.ilk)]
            let tab = (urn.art * ilk.rate).mulDivDown(ilk.parameters.chop, .wad)
            guard Double(ilk.parameters.auction.incentive(tab: tab)) / 1e45 > view.gasUSD else { continue }
            guard (try? maker.bark(u)) != nil else {
                isWaiting = true
                continue
            }
            let due = (urn.art - maker.urn(u).art) * ilk.rate
            dues.append(due)
            raised.append(.zero)
            tally.liquidated += due
            tally.liquidations += 1
            if !maker.urn(u).art.isZero { isWaiting = true }
        }
    }

    private mutating func serveAuctions(_ view: KeeperView, _ sales: inout [LendingSale]) {
        for auction in maker.auctions {
            let ilk = maker.ilks[Int(auction.ilk)]
            let rules = ilk.parameters.auction
            let status = rules.status(top: auction.top, elapsed: maker.now - auction.start)
            if status.needsRedo {
                redo(auction, ilk, view)
                continue
            }
            let asset = assets[Int(auction.ilk)]
            // Most auctions are far above the market: the exact sum is only needed below it.
            guard Double(status.price) / 1e27 < view.prices[asset] * (1 - view.margin),
                let slice = try? MakerAuctionRules.slice(
                    tab: auction.tab, lot: auction.lot, amount: auction.lot, price: status.price,
                    chost: ilk.chost),
                view.pays(
                    coins: Double(slice.slice) / 1e18, of: asset, paidUSD: Double(slice.owe) / 1e45)
            else { continue }
            take(auction, at: status.price, asset, &sales)
        }
    }

    /// Starts an auction anew if it is paid for.
    private mutating func redo(_ auction: MakerAuction, _ ilk: MakerIlk, _ view: KeeperView) {
        let feed = (ilk.oracle.current ?? .zero) * 1_000_000_000
        let reward = Double(ilk.parameters.auction.incentive(tab: auction.tab)) / 1e45
        guard reward > view.gasUSD, auction.tab >= ilk.chost, auction.lot * feed >= ilk.chost else { return }
        // Refused where another keeper was first: it stays as it is.
        try? maker.redo(auction.id)
    }

    private mutating func take(
        _ auction: MakerAuction, at price: UInt256, _ asset: Int, _ sales: inout [LendingSale]
    ) {
        guard let bought = try? maker.take(auction.id, amount: auction.lot, maximum: price) else { return }
        let id = Int(auction.id)
        expected[Int(auction.ilk)] -= bought.slice
        raised[id] += bought.owe
        hasRoom = true
        if bought.lotLeft.isZero { tally.badDebt += dues[id].minusOrZero(raised[id]) }
        sales.append(
            LendingSale(
                asset: asset, coins: Double(bought.slice) / 1e18, paidUSD: Double(bought.owe) / 1e45,
                protocolName: .maker))
    }
}
