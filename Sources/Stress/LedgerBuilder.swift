import Clearing
import Desk
import Primitives
import Rules
import Venues

/// One margin ledger of a book, ready to be shocked: a venue's dollar markets, or its markets of one coin.
public struct StressLedger: ~Copyable {
    /// Where a market of the book stands in the ledger.
    struct Market: Sendable {
        /// The place in the book's markets.
        var inBook: Int
        var coin: String
        var quanta: Quanta
        var mark: Exact
        /// Coins or, of an inverse market, dollars of a contract.
        var contractSize: Exact
    }
    let name: String
    /// `USD`, or the coin.
    let currency: String
    let places: Int
    var venue: Venue
    let markets: [Market]
    /// Assets that count as collateral, after the markets.
    let collateral: [(asset: String, quanta: Quanta, mark: Exact)]
    /// Everybody outside the book: holds the other side and takes what is sold.
    let rest: AccountID
    /// By account of the ledger: the name's place in the book's list of names; -1 of the venue's own.
    let owners: [Int32]
    /// Positions so large that a tick or a lot of them is worth more than a part of a cent.
    let large: [Large]
    /// By market: its price in dollars, as exact as it was given.
    var prices: [Double]

    struct Large: Sendable {
        var position: Int32
        var market: Int
        /// Coins of a linear contract, contracts of an inverse one; signed.
        var size: Exact
    }

    init(copying other: borrowing StressLedger) {
        name = other.name
        currency = other.currency
        places = other.places
        venue = Venue(copying: other.venue)
        markets = other.markets
        collateral = other.collateral
        rest = other.rest
        owners = other.owners
        large = other.large
        prices = other.prices
    }

    init(
        name: String, currency: String, places: Int, venue: consuming Venue, markets: [Market],
        collateral: [(asset: String, quanta: Quanta, mark: Exact)], rest: AccountID, owners: [Int32],
        large: [Large]
    ) {
        self.name = name
        self.currency = currency
        self.places = places
        self.venue = venue
        self.markets = markets
        self.collateral = collateral
        self.rest = rest
        self.owners = owners
        self.large = large
        prices = markets.map(\.mark.double)
    }

    /// Dollars of one unit of the ledger at the marks in force.
    func usdPerUnit() -> Double {
        let one = 1 / Double(power(places))
        return currency == "USD" ? one : one * (prices.first ?? 1)
    }
}

/// Builds the ledgers of a book.
struct LedgerBuilder {
    let book: AccountBook
    /// Settings in place of the rulebooks': by venue.
    let overrides: [String: [(key: String, text: String)]]
    let day: String
    /// Prices are counted up to this multiple of the marks: the less room, the finer the ticks.
    let room: Double
    /// Maintenance of every table, so many times.
    let maintenance: Double
    /// Names in order of their first row, and their places.
    private(set) var names: [String] = []
    private var places: [String: Int32] = [:]
    /// Rows by venue and currency.
    private(set) var keys: [Key] = []

    struct Key: Hashable {
        var venue: String
        var currency: String
    }
    struct Owner: Hashable {
        var venue: String
        var name: String
    }
    private var positionsByKey: [Key: [Int]] = [:]
    private var accountsByKey: [Key: [Int]] = [:]
    private(set) var marketPlaces: [Key: [Int]] = [:]
    /// By row of accounts.csv, of positions.csv and of lending.csv: the name's place.
    private(set) var ownerOfAccount: [Int32] = []
    private(set) var ownerOfPosition: [Int32] = []
    private(set) var ownerOfLoan: [Int32] = []
    /// By row of positions.csv: the market's place in its ledger.
    private(set) var marketOfPosition: [Int32] = []

    init(
        _ book: AccountBook, overrides: [String: [(key: String, text: String)]], day: String, room: Double,
        maintenance: Double
    ) {
        self.maintenance = maintenance
        self.book = book
        self.room = room
        self.overrides = overrides
        self.day = day
        var numbers: [Owner: (key: Key, place: Int32)] = [:]
        for (m, market) in book.markets.enumerated() {
            let key = Key(venue: market.venue, currency: market.contract == .linear ? "USD" : market.coin)
            if marketPlaces[key] == nil { keys.append(key) }
            numbers[Owner(venue: market.venue, name: market.symbol)] = (
                key, Int32(marketPlaces[key]?.count ?? 0)
            )
            marketPlaces[key, default: []].append(m)
        }
        addNames()
        var inverse: Set<Key> = []
        for (i, position) in book.positions.enumerated() {
            let (key, place) = numbers[Owner(venue: position.venue, name: position.symbol)]!
            positionsByKey[key, default: []].append(i)
            marketOfPosition.append(place)
            if key.currency != "USD" {
                inverse.insert(Key(venue: position.venue + "\n" + position.account, currency: key.currency))
            }
        }
        for (i, account) in book.accounts.enumerated() {
            let key = ledger(of: account, inverse)
            if accountsByKey[key] == nil && marketPlaces[key] == nil { keys.append(key) }
            accountsByKey[key, default: []].append(i)
        }
    }

    private mutating func addNames() {
        var places: [String: Int32] = [:]
        places.reserveCapacity(book.accounts.count)
        ownerOfAccount.reserveCapacity(book.accounts.count)
        func place(_ name: String) -> Int32 {
            if let known = places[name] { return known }
            places[name] = Int32(names.count)
            names.append(name)
            return Int32(names.count - 1)
        }
        for account in book.accounts { ownerOfAccount.append(place(account.name)) }
        ownerOfPosition = book.positions.map { places[$0.account]! }
        ownerOfLoan.reserveCapacity(book.loans.count)
        for loan in book.loans { ownerOfLoan.append(place(loan.account)) }
    }

    /// A coin stands behind the account's inverse contracts in it, if there are any; else behind its dollar contracts.
    private func ledger(of account: AccountBook.Account, _ inverse: Set<Key>) -> Key {
        let dollars = Key(venue: account.venue, currency: "USD")
        if CoinNames.dollars.contains(account.asset) { return dollars }
        let coin = Key(venue: account.venue, currency: CoinNames.coin(of: account.asset))
        guard marketPlaces[coin] != nil else { return dollars }
        let holds = inverse.contains(Key(venue: account.venue + "\n" + account.name, currency: coin.currency))
        return holds || marketPlaces[dollars] == nil ? coin : dollars
    }

    func path(_ table: String) -> String { book.folder + "/" + table }

    static func isOwn(_ venue: String) -> Bool { venue == "own" || venue.hasPrefix("own-") }

    // MARK: Ledgers

    func ledger(_ key: Key, _ health: inout Health) throws(InputError) -> StressLedger {
        var (rules, lines) = try rulebook(key, &health)
        let inBook = marketPlaces[key] ?? []
        let positions = positionsByKey[key] ?? []
        let accounts = accountsByKey[key] ?? []
        let isCoin = key.currency != "USD"
        let isOwn = Self.isOwn(key.venue)
        let held = try collateralAssets(accounts, currency: key.currency)
        // A rulebook's tables are in its own ledger's units.
        let fixed = isOwn ? nil : String(rules.settlement.unitsPerOne).count - 1
        let places = try ledgerPlaces(key, inBook, positions, accounts, held, fixed: fixed)
        if isOwn { rules.settlement = .coin(key.currency, decimals: places) }

        var sizes: [[Exact]] = Array(repeating: [], count: inBook.count)
        for p in positions {
            let position = book.positions[p]
            let m = Int(marketOfPosition[p])
            let market = book.markets[inBook[m]]
            sizes[m].append(isCoin ? position.size : position.size * market.contractSize)
        }
        var markets: [StressLedger.Market] = []
        var built: [MarketRules] = []
        for (m, place) in inBook.enumerated() {
            let market = book.markets[place]
            let quanta =
                isCoin
                ? Quanta(
                    inverse: sizes[m], contract: market.contractSize.double, mark: market.mark.double,
                    ledgerPlaces: places, room: room)
                : Quanta(linear: sizes[m], mark: market.mark.double, ledgerPlaces: places, room: room)
            if quanta.roundsSizes {
                health.warn(
                    "rounded sizes", path("markets.csv"), market.line,
                    "\(market.symbol): sizes are counted in lots of 10^\(-quanta.lotPlaces) coins")
            }
            guard quanta.ticks(market.mark) != nil, quanta.isFine(at: market.mark.double),
                quanta.lotPlaces <= places, worth(market, quanta, places, isCoin: isCoin) != nil
            else {
                throw InputError(
                    file: path("markets.csv"), line: market.line, key: "mark_price", found: "\(market.mark)",
                    allowed:
                        "a price, a contract size and sizes that one exact ledger can hold: the smallest size here needs \(quanta.lotPlaces) places"
                )
            }
            markets.append(
                .init(
                    inBook: place, coin: market.coin, quanta: quanta, mark: market.mark,
                    contractSize: market.contractSize))
            built.append(try marketRules(market, lines[m], quanta, places, isCoin: isCoin, health: &health))
        }
        rules.markets = built
        let (assets, specs) = try collateral(held, rules, places, accounts, &health)
        rules.collateral = specs
        return try fill(key, rules, places, markets, assets, positions, accounts, &health)
    }

    /// Ledger units of a tick and a lot; of an inverse market those of a lot at a price of one tick. Nil where none is whole.
    private func worth(_ market: AccountBook.Market, _ quanta: Quanta, _ places: Int, isCoin: Bool) -> Int64?
    {
        if isCoin {
            guard let found = market.contractSize.units(places + quanta.tickPlaces - quanta.lotPlaces),
                found.value >= 1
            else { return nil }
            return found.value
        }
        let left = places - quanta.lotPlaces - quanta.tickPlaces
        return (0...18).contains(left) ? power(left) : nil
    }

    private func marketRules(
        _ market: AccountBook.Market, _ line: MarketRules?, _ quanta: Quanta, _ places: Int, isCoin: Bool,
        health: inout Health
    ) throws(InputError) -> MarketRules {
        let rows = book.tiers.filter { $0.venue == market.venue && $0.symbol == market.symbol }
        let unit =
            isCoin
            ? ContractUnit(
                microsPerTickLot: worth(market, quanta, places, isCoin: true)!,
                ticksPerUSD: quanta.ticksPerUSD,
                lotsPerCoin: Double(power(max(0, quanta.lotPlaces))), isInverse: true)
            : ContractUnit(
                microsPerTickLot: worth(market, quanta, places, isCoin: false)!,
                ticksPerUSD: quanta.ticksPerUSD,
                lotsPerCoin: Exact(digits: 1, places: -quanta.lotPlaces).double)
        let schedule: MarginSchedule
        if !rows.isEmpty || line == nil {
            schedule = try self.schedule(market, rows, places, &health)
        } else {
            schedule = try line!.spec.schedule.counted(
                inLotsPerCoin: unit.lotsPerCoin, insteadOf: line!.spec.unit.lotsPerCoin)
        }
        var spec = MarketSpec(
            name: market.symbol, unit: unit, schedule: schedule.asking(maintenance),
            maxTicks: Quanta.maxTicks,
            takerFee: line?.spec.takerFee ?? .zero, makerFee: line?.spec.makerFee ?? .zero)
        spec.triggerWeight = line?.spec.triggerWeight ?? 1
        let most = Money(micros: .max / 16)
        return MarketRules(
            spec: spec, priceGrid: .everyTick, impactNotional: line?.impactNotional ?? .zero,
            maxMarketOrder: most,
            maxLimitOrder: most, maxLeverage: line?.maxLeverage ?? 255)
    }

    /// The rows of tiers.csv as they are given.
    private func schedule(
        _ market: AccountBook.Market, _ rows: [AccountBook.Tier], _ places: Int, _ health: inout Health
    ) throws(InputError) -> MarginSchedule {
        if rows.isEmpty {
            health.warn(
                "no tiers", path("tiers.csv"), 0,
                "\(market.symbol) of \(market.venue) has no row: maintenance is zero, accounts fail below zero equity"
            )
        }
        guard rows.count <= 64 else {
            throw InputError(
                file: path("tiers.csv"), line: rows[64].line, key: "symbol",
                found: "\(rows.count) rows of \(market.symbol)",
                allowed: "at most 64")
        }
        // Initial margin plays no part in a stress test; a table has to have one above maintenance.
        func tier(_ floor: Int64, _ rate: Int64) -> MarginTier {
            let rate = max(1, rate)
            return MarginTier(
                floor: floor, initialRate: Rate(pico: rate + 1), maintenanceRate: Rate(pico: rate))
        }
        var tiers: [MarginTier] = []
        var deductions: [Money] = []
        for row in rows {
            guard let floor = row.from.units(places)?.value, let rate = row.rate.units(12)?.value,
                let deduction = row.deduction.units(places)?.value
            else { continue }  // A row that begins beyond what the ledger can hold is never reached.
            tiers.append(tier(floor, rate))
            deductions.append(Money(micros: deduction))
        }
        if tiers.isEmpty { (tiers, deductions) = ([tier(0, 0)], [.zero]) }
        do {
            return try MarginSchedule(
                tiers, maintenance: .marginal, initial: .whole, maintenanceDeductions: deductions)
        } catch {
            throw InputError(
                file: path("tiers.csv"), line: rows.first?.line ?? 0, key: "maintenance_rate",
                found: "\(error)",
                allowed: "rows from 0, rising, with rates below 1")
        }
    }
}
