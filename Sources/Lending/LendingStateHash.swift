import Primitives

extension StateHash {
    mutating func combine(_ value: UInt256) {
        for half in [value.low, value.high] {
            combine(UInt64(truncatingIfNeeded: half))
            combine(UInt64(truncatingIfNeeded: half >> 64))
        }
    }
}

extension AavePool {
    /// A hash of everything that later results depend on.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        hash.combine(now)
        for r in 0..<reserveCount {
            let state = reserves[r]
            for value in [
                state.liquidityIndex, state.borrowIndex, state.liquidityRate, state.borrowRate,
                state.scaledSupply,
                state.scaledDebt, state.accruedToTreasury, state.liquidity, state.deficit, state.price,
            ] { hash.combine(value) }
            hash.combine(state.updatedAt)
        }
        for account in 0..<accountCount {
            let flags = accounts[account]
            hash.combine(flags.collateral)
            hash.combine(flags.debt)
            hash.combine(UInt64(flags.eMode))
            for r in 0..<reserveCount {
                let balances = scaledBalances(r, of: account)
                hash.combine(balances.supply)
                hash.combine(balances.debt)
            }
        }
        return hash
    }
}

extension CometMarket {
    /// A hash of everything that later results depend on.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        hash.combine(now)
        for value in [
            stored.supplyIndex, stored.borrowIndex, totals.supplyIndex, totals.borrowIndex,
            totals.supplyPrincipal, totals.borrowPrincipal, baseHeld, basePrice,
        ] { hash.combine(value) }
        hash.combine(accruedAt)
        for value in prices + collateralSupplied + collateralHeld { hash.combine(value) }
        for account in 1..<accountCount {
            hash.combine(UInt64(truncatingIfNeeded: principal(of: account)))
            hash.combine(UInt64(truncatingIfNeeded: principal(of: account) >> 64))
            for asset in 0..<Int32(prices.count) { hash.combine(collateral(asset, of: account)) }
        }
        return hash
    }
}

extension CompoundV2 {
    /// A hash of everything that later results depend on.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        hash.combine(now)
        for m in 0..<marketCount {
            let state = market(m)
            for value in [
                state.cash, state.borrows, state.reserves, state.supply, state.borrowIndex, state.price,
            ] {
                hash.combine(value)
            }
            for account in 1..<accountCount {
                hash.combine(tokens(m, of: account))
                hash.combine(borrowBalance(m, of: account))
            }
        }
        return hash
    }
}

extension MakerLiquidations {
    /// A hash of everything that later results depend on.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        hash.combine(now)
        for value in [dirt, holdersDai, vowDai, vice] { hash.combine(value) }
        hash.combine(Int64(kicks), Int64(urnCount), 0)
        for ilk in ilks {
            for value in [ilk.art, ilk.rate, ilk.spot, ilk.dirt, ilk.chost] { hash.combine(value) }
            hash.combine(ilk.oracle.current ?? .max)
            hash.combine(ilk.oracle.next ?? .max)
            hash.combine(ilk.oracle.pokedAt)
            hash.combine(ilk.drippedAt)
            hash.combine(ilk.stopped)
        }
        for urn in 1..<urnCount {
            let vault = self.urn(urn)
            for value in [vault.ink, vault.art, vault.returned] { hash.combine(value) }
        }
        for auction in auctions {
            hash.combine(Int64(auction.id), Int64(auction.ilk), Int64(auction.urn))
            hash.combine(auction.start)
            for value in [auction.tab, auction.lot, auction.top] { hash.combine(value) }
        }
        return hash
    }
}

extension MorphoMarket {
    /// A hash of everything that later results depend on.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        hash.combine(now)
        for value in [
            price, totalSupplyAssets, totalSupplyShares, totalBorrowAssets, totalBorrowShares, loanHeld,
            collateralHeld,
        ] { hash.combine(value) }
        for account in 0..<accountCount {
            let position = position(account)
            for value in [position.supplyShares, position.borrowShares, position.collateral] {
                hash.combine(value)
            }
        }
        return hash
    }
}
