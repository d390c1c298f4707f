import Clearing
import Desk
import Primitives
import RealModule
import Venues

/// Opening the accounts of a ledger: collateral, positions at their cost, the fund, and the rest of the market.
extension LedgerBuilder {
    /// Collateral in other assets than the ledger's currency, each with its price.
    func collateralAssets(_ accounts: [Int], currency: String) throws(InputError) -> [(
        asset: String, mark: Exact
    )] {
        var held: [(asset: String, mark: Exact)] = []
        for i in accounts {
            let account = book.accounts[i]
            if isCash(account.asset, currency) || held.contains(where: { $0.asset == account.asset }) {
                continue
            }
            let coin = CoinNames.coin(of: account.asset)
            let priced =
                book.markets.first {
                    $0.venue == account.venue && ($0.symbol == account.asset || $0.coin == coin)
                }
                ?? book.markets.first { $0.coin == coin }
            guard let priced else {
                throw InputError(
                    file: path("accounts.csv"), line: account.line, key: "collateral_asset",
                    found: "`\(account.asset)`",
                    allowed:
                        "a dollar (\(CoinNames.dollars.sorted().joined(separator: ", "))), or a coin whose price a row of markets.csv gives"
                )
            }
            // A market of a thousand coins has a thousand times the coin's price.
            let multiple = CoinNames.multiple(of: priced.symbol) - CoinNames.multiple(of: account.asset)
            held.append(
                (account.asset, (priced.index ?? priced.mark) * Exact(digits: 1, places: multiple)))
        }
        return held
    }

    /// Whether any ledger of the venue takes a fund in.
    private func isUsed(_ fund: AccountBook.Fund) -> Bool {
        keys.contains { $0.venue == fund.venue && isCash(fund.asset, $0.currency) }
    }

    private func isCash(_ asset: String, _ currency: String) -> Bool {
        currency == "USD" ? CoinNames.dollars.contains(asset) : CoinNames.coin(of: asset) == currency
    }

    /// As many places as leave room for everything on the ledger several times over.
    func ledgerPlaces(
        _ key: Key, _ inBook: [Int], _ positions: [Int], _ accounts: [Int],
        _ held: [(asset: String, mark: Exact)], fixed: Int?
    ) throws(InputError) -> Int {
        var total = 1.0
        var marks: [String: AccountBook.Market] = [:]
        for m in inBook { marks[book.markets[m].symbol] = book.markets[m] }
        let coinPrice = inBook.first.map { book.markets[$0].mark.double } ?? 1
        for p in positions {
            let position = book.positions[p]
            guard let market = marks[position.symbol] else { continue }
            let notional = position.size.double * market.contractSize.double
            // Every position at its highest price (of an inverse one a hundredth of the mark) and its cost, and the rest of the market, which brings twice what it may take.
            total +=
                key.currency == "USD"
                ? (3 + room) * notional * market.mark.double : 200 * notional / coinPrice
            // What it cost, at whatever price it was entered.
            total +=
                key.currency == "USD" ? notional * position.entry.double : notional / position.entry.double
            total += abs(position.isolatedMargin?.double ?? 0)
        }
        for i in accounts {
            let account = book.accounts[i]
            let price = held.first { $0.asset == account.asset }?.mark.double ?? 1
            total += abs(account.amount.double) * price
        }
        for fund in book.funds where fund.venue == key.venue { total += fund.balance.double }
        let most = Int(Double.log10(4e18 / total).rounded(.down))
        if let fixed {
            guard fixed <= most else {
                throw InputError(
                    file: path("positions.csv"), key: "size",
                    found:
                        "about \(Int(Double.log10(total).rounded())) figures of \(key.currency) on \(key.venue)",
                    allowed: "at most \(17 - fixed), what the exact ledger of this rulebook can hold")
            }
            return fixed
        }
        guard most >= 4 else {
            throw InputError(
                file: path("positions.csv"), key: "size", found: "sizes beyond what an exact ledger can hold",
                allowed: "less than 10^12 of \(key.currency) in all")
        }
        return min(10, most)
    }

    func collateral(
        _ held: [(asset: String, mark: Exact)], _ rules: Rulebook, _ places: Int, _ accounts: [Int],
        _ health: inout Health
    ) throws(InputError) -> ([(asset: String, quanta: Quanta, mark: Exact)], [CollateralRules]) {
        var assets: [(asset: String, quanta: Quanta, mark: Exact)] = []
        var specs: [CollateralRules] = []
        for (asset, mark) in held {
            let amounts = accounts.filter { book.accounts[$0].asset == asset }.map {
                book.accounts[$0].amount
            }
            let quanta = Quanta(collateral: amounts, mark: mark.double, ledgerPlaces: places, room: room)
            if quanta.roundsSizes {
                health.warn(
                    "rounded collateral", path("accounts.csv"), 0,
                    "\(asset) is counted in lots of 10^\(-quanta.lotPlaces) coins")
            }
            guard (0...18).contains(places - quanta.lotPlaces - quanta.tickPlaces), quanta.ticks(mark) != nil
            else {
                throw InputError(
                    file: path("markets.csv"), key: "index_price",
                    found: "\(mark), the price of \(asset) as collateral",
                    allowed: "a price that one exact ledger can hold beside the rest of \(places) places")
            }
            let known = rules.collateral.first { $0.spec.name == asset }
            var spec = MarketSpec(
                name: asset,
                unit: ContractUnit(
                    microsPerTickLot: power(places - quanta.lotPlaces - quanta.tickPlaces),
                    ticksPerUSD: quanta.ticksPerUSD,
                    lotsPerCoin: Exact(digits: 1, places: -quanta.lotPlaces).double),
                schedule: try! MarginSchedule([MarginTier(fromUSD: 0, maxLeverage: 1)]),
                maxTicks: Quanta.maxTicks,
                takerFee: .zero, makerFee: .zero)
            spec.kind = known?.spec.kind ?? .collateral(haircut: .zero)
            specs.append(CollateralRules(spec: spec, price: .index))
            assets.append((asset, quanta, mark))
        }
        return (assets, specs)
    }

    func fill(
        _ key: Key, _ rules: Rulebook, _ places: Int, _ markets: [StressLedger.Market],
        _ assets: [(asset: String, quanta: Quanta, mark: Exact)], _ positions: [Int], _ accounts: [Int],
        _ health: inout Health
    ) throws(InputError) -> StressLedger {
        var fund = Money.zero
        for row in book.funds where row.venue == key.venue && isCash(row.asset, key.currency) {
            fund += Money(micros: row.balance.units(places)?.value ?? 0)
        }
        for row in book.funds where row.venue == key.venue && !isUsed(row) {
            health.warn(
                "unused fund", path("funds.csv"), row.line,
                "\(row.balance) \(row.asset) of \(row.venue): no ledger there is in it")
        }
        // A venue without an insurance fund has a vault that stands for it, or none.
        let hasFund = rules.waterfall.stages.contains { $0.isFund }
        let hasVault = rules.waterfall.stages.contains { if case .backstopVault = $0 { true } else { false } }
        if fund > .zero && !hasFund && !hasVault {
            health.warn(
                "unused fund", path("funds.csv"), 0, "the rules of \(key.venue) know neither fund nor vault")
        }
        var venue = Venue(
            rules, vaultCapital: hasFund ? .zero : fund, fundCapital: fund, hasBooks: false,
            expectedAccounts: accounts.count + 4,
            expectedPositions: positions.count + accounts.count / 4 + 2 * markets.count + 8,
            at: SimTime(seconds: 0))
        for (m, market) in markets.enumerated() {
            venue.house.setMark(Int32(m), market.quanta.ticks(market.mark)!)
        }
        for (c, held) in assets.enumerated() {
            venue.house.setMark(Int32(markets.count + c), held.quanta.nearest(held.mark))
        }
        var filling = Filling(
            ids: Array(repeating: -1, count: names.count),
            isolated: Array(repeating: false, count: names.count),
            counts: Array(repeating: 0, count: names.count),
            owners: Array(repeating: -1, count: Int(venue.house.accountCount) + 1))
        let rest = venue.house.openAccount()
        for i in accounts { try openAccount(i, key, places, assets, markets.count, &filling, on: &venue) }
        try openPositions(positions, markets, places, key, &filling, on: &venue)
        var cost = Money.zero
        for m in markets.indices where filling.net[m] != .zero || filling.cost[m] != .zero {
            _ = venue.seedHolding(
                rest, Int32(m), -filling.net[m], cost: -filling.cost[m], leverage: 1, isolated: false)
            cost += filling.cost[m].magnitude
        }
        venue.house.seedCash(Money(micros: max(1, filling.means) * 2 + cost.micros), of: rest)
        venue.absorber = rest
        return StressLedger(
            name: key.venue, currency: key.currency, places: places, venue: venue, markets: markets,
            collateral: assets, rest: rest, owners: filling.owners, large: filling.large)
    }

    /// What is known while a ledger is filled.
    private struct Filling {
        /// By place of a name: its account here, -1 before it has one; whether it is in isolated mode; how many positions.
        var ids: [Int32]
        var isolated: [Bool]
        var counts: [Int32]
        /// By account: the place of its name.
        var owners: [Int32]
        var net: [Lots] = []
        var cost: [Money] = []
        /// Notional of everything, in ledger units.
        var means: Int64 = 0
        var large: [StressLedger.Large] = []

        mutating func account(of owner: Int32, on venue: inout Venue) -> AccountID {
            if ids[Int(owner)] < 0 {
                ids[Int(owner)] = venue.house.openAccount().rawValue
                owners.append(owner)
            }
            return AccountID(rawValue: ids[Int(owner)])
        }
    }

    private func openAccount(
        _ i: Int, _ key: Key, _ places: Int, _ assets: [(asset: String, quanta: Quanta, mark: Exact)],
        _ contracts: Int, _ filling: inout Filling, on venue: inout Venue
    ) throws(InputError) {
        let account = book.accounts[i]
        let owner = ownerOfAccount[i]
        let id = filling.account(of: owner, on: &venue)
        if account.mode == .isolated { filling.isolated[Int(owner)] = true }
        if isCash(account.asset, key.currency) {
            guard let amount = account.amount.units(places) else {
                throw tooLarge("accounts.csv", account.line, "collateral_amount", account.amount)
            }
            venue.house.seedCash(Money(micros: amount.value), of: id)
        } else if let c = assets.firstIndex(where: { $0.asset == account.asset }) {
            guard let lots = account.amount.units(assets[c].quanta.lotPlaces)?.value, lots >= 0 else {
                throw tooLarge("accounts.csv", account.line, "collateral_amount", account.amount)
            }
            if lots > 0 { venue.house.depositCollateral(Int32(contracts + c), Lots(lots), to: id) }
        }
    }

    private func openPositions(
        _ positions: [Int], _ markets: [StressLedger.Market], _ places: Int, _ key: Key,
        _ filling: inout Filling,
        on venue: inout Venue
    ) throws(InputError) {
        filling.net = Array(repeating: .zero, count: markets.count)
        filling.cost = Array(repeating: .zero, count: markets.count)
        // Sides of each account's market, by bit: both are the two legs of hedge mode.
        var sides: [Int64: UInt8] = [:]
        func place(_ p: Int) -> Int64 { Int64(ownerOfPosition[p]) << 20 | Int64(marketOfPosition[p]) }
        sides.reserveCapacity(positions.count)
        for p in positions {
            filling.counts[Int(ownerOfPosition[p])] += 1
            sides[place(p), default: 0] |= book.positions[p].side == .long ? 1 : 2
        }
        for p in positions {
            let owner = ownerOfPosition[p]
            let m = Int(marketOfPosition[p])
            let id = filling.account(of: owner, on: &venue)
            let opened = try open(
                book.positions[p], id, m, markets[m], places, key, isHedged: sides[place(p)] == 3,
                mode: (filling.isolated[Int(owner)], Int(filling.counts[Int(owner)])), on: &venue)
            filling.means += opened.notional
            if let size = opened.large {
                filling.large.append(.init(position: opened.position, market: m, size: size))
            }
            filling.net[m] = filling.net[m] + opened.lots
            filling.cost[m] += opened.cost
        }
    }

    private func tooLarge(_ table: String, _ line: Int, _ column: String, _ value: Exact) -> InputError {
        InputError(
            file: path(table), line: line, key: column, found: "\(value)",
            allowed: "an amount the exact ledger can hold, not below zero of a coin")
    }

    private struct Opened {
        var position: Int32
        var lots: Lots
        var cost: Money
        var notional: Int64
        /// The exact size, signed, where ledger and exact value may differ by a fifth of a cent.
        var large: Exact?
    }

    private func open(
        _ position: AccountBook.Position, _ id: AccountID, _ m: Int, _ market: StressLedger.Market,
        _ places: Int, _ key: Key,
        isHedged: Bool, mode: (isolated: Bool, count: Int), on venue: inout Venue
    ) throws(InputError) -> Opened {
        let given = book.markets[market.inBook]
        let isCoin = key.currency != "USD"
        let sign: Int64 = position.side == .long ? 1 : -1
        let size = isCoin ? position.size : position.size * given.contractSize
        let value =
            isCoin
            ? quotient(position.size, given.contractSize, position.entry, places: places).map { -$0 }
            : (size * position.entry).units(places)?.value
        guard let (lots, isExact) = size.units(market.quanta.lotPlaces), let value else {
            throw tooLarge("positions.csv", position.line, "size", position.size)
        }
        let isolated = position.isolatedMargin != nil || mode.isolated
        let signed = Lots(sign * lots)
        let cost = Money(micros: sign * value)
        guard lots != 0 else { throw tooLarge("positions.csv", position.line, "size", position.size) }
        let leverage = UInt8(min(255, max(1, position.leverage?.double ?? 1)))
        let p = venue.seedHolding(
            id, Int32(m), signed, cost: cost,
            leg: isHedged ? (position.side == .long ? .long : .short) : .net, leverage: leverage,
            isolated: isolated)
        if let margin = position.isolatedMargin {
            guard let amount = margin.units(places)?.value else {
                throw tooLarge("positions.csv", position.line, "isolated_margin", margin)
            }
            venue.house.seedMargin(Money(micros: amount), of: p)
        } else if mode.isolated {
            // All of the account stands behind its one position; behind several, what their leverage sets aside.
            if mode.count > 1 && position.leverage == nil {
                throw InputError(
                    file: path("positions.csv"), line: position.line, key: "isolated_margin",
                    found: "nothing, of one of several positions of an isolated account",
                    allowed: "isolated_margin, or the leverage that it was opened with")
            }
            let share =
                mode.count == 1
                ? venue.house.account(id).cash : Money(micros: mulDivUp(abs(value), 1, Int64(leverage)))
            guard share > .zero, share <= venue.house.account(id).cash else {
                throw InputError(
                    file: path("positions.csv"), line: position.line, key: "isolated_margin",
                    found: "nothing, where the account has less \(key.currency) than its position sets aside",
                    allowed: "isolated_margin, collateral in \(key.currency), or margin_mode cross")
            }
            venue.house.seedCash(-share, of: id)
            venue.house.seedMargin(share, of: p)
        }
        // Half a tick of it in dollars.
        let step = Exact(digits: 5, places: market.quanta.tickPlaces + 1).double
        let off =
            isCoin ? size.double * given.contractSize.double * step / given.mark.double : size.double * step
        return Opened(
            position: p, lots: signed, cost: cost, notional: venue.house.notional(p).magnitude.micros,
            large: !isExact || off > 0.002 ? (sign > 0 ? size : -size) : nil)
    }
}

extension WaterfallStage {
    /// Whether the insurance fund has a part in it.
    fileprivate var isFund: Bool {
        switch self {
        case .insuranceFund, .fillableLiquidation: true
        default: false
        }
    }
}
