import Clearing
import OrderBook
import Primitives
import Venues

extension Exchanges {
    // MARK: Looking

    /// The place of a spot exchange among the spot venues.
    @inline(__always)
    public func spot(_ exchange: VenueID) -> Int { exchange.index - perps.count }

    /// Of a perpetual book's market.
    public func highestLeverage(_ book: BookID) -> Double {
        Double(perps[books[book].exchange].rulebook.markets[Int(books[book].market)].maxLeverage)
    }

    /// Wallets of a spot venue.
    public func walletCount(_ exchange: VenueID) -> Int { Int(spots[spot(exchange)].ledger.accountCount) }

    /// Dollars of a wallet on a spot book's venue that no resting order holds.
    public func freeCash(_ book: BookID, _ account: AccountID) -> Money {
        spots[spot(books[book].exchange)].ledger.freeCash(account)
    }

    /// Coins of a wallet on a spot book's venue that no resting order holds.
    public func freeCoins(_ book: BookID, _ account: AccountID) -> Lots {
        let at = books[book]
        return spots[spot(at.exchange)].ledger.freeCoins(account, at.market)
    }

    // MARK: Opening

    /// A new account, or a new wallet on a spot venue, with nothing in it.
    public mutating func openAccount(_ exchange: VenueID) -> AccountID {
        isSpot(exchange)
            ? spots[spot(exchange)].ledger.openAccount() : perps[exchange].house.openAccount()
    }

    /// A new account of a perpetual venue that stands for so many.
    public mutating func openAccount(_ exchange: VenueID, standingFor members: Int) -> AccountID {
        perps[exchange].house.openAccount(standingFor: Int16(clamping: members))
    }

    /// Brings dollars from outside the world; of a coin-margined venue coins worth as many.
    public mutating func deposit(_ usd: Double, to account: AccountID, on exchange: VenueID) {
        if isSpot(exchange) {
            _ = spots[spot(exchange)].ledger.transfer(Money(micros: Int64(usd * 1e6)), account)
        } else {
            let units = settlementUnits(exchange)
            perps[exchange].house.deposit(Money(micros: Int64(max(usd, 1) * units)), to: account)
        }
    }

    /// Brings coins from outside the world into a wallet; returns the whole lots they are.
    @discardableResult
    public mutating func depositCoins(_ coins: Double, to account: AccountID, _ book: BookID) -> Lots {
        let lots = Lots(Int64(coins * unit(book).lotsPerCoin))
        deposit(lots, to: account, book)
        return lots
    }

    /// Brings lots of a spot book's coin from outside the world into a wallet.
    public mutating func deposit(_ lots: Lots, to account: AccountID, _ book: BookID) {
        let at = books[book]
        _ = spots[spot(at.exchange)].ledger.transferCoins(lots, account, at.market)
    }

    /// Sets an account of a perpetual venue to the highest leverage of a book's market, across positions.
    public mutating func raiseLeverage(_ account: AccountID, _ book: BookID) {
        let at = books[book]
        let e = at.exchange
        let p = perps[e].house.positionID(account, at.market)
        let highest = perps[e].rulebook.markets[Int(at.market)].maxLeverage
        _ = perps[e].house.configure(p, leverage: highest, isolated: false)
    }

    // MARK: What traders and houses of a perpetual venue do

    /// An order on a market of a perpetual venue, whether or not the world has it as a book.
    @discardableResult
    public mutating func submit(_ exchange: VenueID, market: Int32, _ order: NewOrder) -> SubmitResult {
        perps[exchange].submit(market, order)
    }

    /// A stop or take-profit order on a market of a perpetual venue; nothing happens where the venue refuses it.
    public mutating func submit(_ exchange: VenueID, market: Int32, _ order: TriggerOrder) {
        _ = perps[exchange].submit(market, order)
    }

    /// Adds collateral to answer a margin call, to the isolated position if that is what was called.
    public mutating func topUp(
        _ exchange: VenueID, _ account: AccountID, _ amount: Money, isolated position: Int32?
    ) {
        perps[exchange].topUp(account, amount, isolated: position)
    }

    /// Tells the makers' own desk what to hedge: see `makersToHedgeUSD`.
    public mutating func haveMakersHedge(_ usd: Double) { makersToHedgeUSD = usd }

    /// Tells makers what limit orders people bring to an asset's books: see `arriving`.
    public mutating func haveArrive(_ sum: Arriving, of asset: AssetID) { arriving[asset] = sum }

    /// Notes what a trader did among the events of the step.
    public mutating func note(_ event: ClearingEvent, on exchange: VenueID) {
        perps[exchange].house.events.append(event)
    }

    /// Sends collateral of an account of a perpetual venue to a wallet, at once, as lots of the wallet's book; nothing
    /// happens where the account has it not free.
    public mutating func sendCollateral(
        _ lots: Lots, _ market: Int32, from exchange: VenueID, _ account: AccountID, as coins: Lots,
        to wallet: AccountID, _ book: BookID
    ) {
        guard perps[exchange].house.withdrawCollateral(market, lots, from: account) else { return }
        deposit(coins, to: wallet, book)
    }
}
