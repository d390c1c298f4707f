import Primitives

/// Swaps with the on-chain pools. The wallet is one of a spot venue; what enters or leaves a pool leaves or enters it.
extension Exchanges {
    /// Sells lots of a spot book's market to the asset's pool; false if the wallet has them not.
    @discardableResult
    public mutating func sellToPool(_ asset: AssetID, _ lots: Int64, book: BookID, wallet: AccountID) -> Bool
    {
        let place = books[book]
        let spot = self.spot(place.exchange)
        guard lots > 0, pools[asset] != nil,
            spots[spot].ledger.transferCoins(Lots(-lots), wallet, place.market)
        else { return false }
        let paid = pools[asset]!.sell(lots)
        return spots[spot].ledger.transfer(Money(micros: paid), wallet)
    }

    /// Spends micro-dollars of a wallet in the asset's pool.
    @discardableResult
    public mutating func buyFromPool(_ asset: AssetID, _ micros: Int64, book: BookID, wallet: AccountID)
        -> Bool
    {
        let place = books[book]
        let spot = self.spot(place.exchange)
        guard micros > 0, pools[asset] != nil, spots[spot].ledger.transfer(Money(micros: -micros), wallet)
        else { return false }
        let lots = pools[asset]!.buy(micros)
        return spots[spot].ledger.transferCoins(Lots(lots), wallet, place.market)
    }

    /// The pool's price in dollars a coin, nil where there is no pool.
    public func poolPriceUSD(_ asset: AssetID, _ unit: ContractUnit) -> Double? {
        pools[asset].map { $0.price * 1e-6 * unit.lotsPerCoin }
    }
}
