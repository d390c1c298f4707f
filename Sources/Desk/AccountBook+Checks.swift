import Primitives

/// What must go together between the tables of a book, and what is doubtful in them.
extension AccountBook {
    func path(_ table: String) -> String { folder + "/" + table }

    struct Key: Hashable {
        var venue: String
        var name: String
    }

    mutating func check(_ health: inout Health) throws(InputError) {
        var (names, venues) = (Numbers(), Numbers())
        let owners = try checkAccounts(&names, &venues)
        try checkMarkets()
        try checkPositions(names, venues, owners, &health)
        try checkTiers(&health)
        try checkLoans()
        checkDepth(&health)
        checkBalance(&health)
    }

    /// Numbers for names: a million rows are told apart by numbers faster than by texts.
    private struct Numbers {
        private var known: [String: Int64] = [:]
        mutating func number(_ text: String) -> Int64 {
            if let found = known[text] { return found }
            known[text] = Int64(known.count)
            return Int64(known.count - 1)
        }
        func find(_ text: String) -> Int64? { known[text] }
    }

    /// - Returns: who is there, as name and venue.
    private func checkAccounts(_ names: inout Numbers, _ venues: inout Numbers) throws(InputError) -> Set<
        Int64
    > {
        var assets = Numbers()
        var lines: [Int64: Int] = [:]
        var owners: Set<Int64> = []
        lines.reserveCapacity(accounts.count)
        owners.reserveCapacity(accounts.count)
        for account in accounts {
            let owner = names.number(account.name) << 32 | venues.number(account.venue) << 16
            owners.insert(owner)
            if let first = lines.updateValue(
                account.line, forKey: owner | assets.number(account.asset))
            {
                throw InputError(
                    file: path("accounts.csv"), line: account.line, key: "account",
                    found: "the same account, venue and collateral_asset as in line \(first)",
                    allowed: "one row for each: add the amounts, or name two accounts apart")
            }
        }
        return owners
    }

    private func checkMarkets() throws(InputError) {
        guard markets.count <= 30_000 else {
            throw InputError(
                file: path("markets.csv"), line: markets[30_000].line, found: "\(markets.count) markets",
                allowed: "at most 30,000")
        }
        var lines: [Key: Int] = [:]
        for market in markets {
            if let first = lines.updateValue(
                market.line, forKey: Key(venue: market.venue, name: market.symbol))
            {
                throw InputError(
                    file: path("markets.csv"), line: market.line, key: "symbol",
                    found: "the same venue and symbol as in line \(first)", allowed: "each market once")
            }
        }
    }

    private func checkPositions(
        _ names: Numbers, _ venues: Numbers, _ owners: Set<Int64>, _ health: inout Health
    ) throws(InputError) {
        var places: [Key: Int64] = [:]
        for (i, market) in markets.enumerated() {
            places[Key(venue: market.venue, name: market.symbol)] = Int64(i)
        }
        var lines: [Int64: Int] = [:]
        lines.reserveCapacity(positions.count)
        for position in positions {
            guard let market = places[Key(venue: position.venue, name: position.symbol)] else {
                throw unknownMarket(position)
            }
            guard let name = names.find(position.account), let venue = venues.find(position.venue),
                owners.contains(name << 32 | venue << 16)
            else {
                throw InputError(
                    file: path("positions.csv"), line: position.line, key: "account",
                    found: "an account that accounts.csv does not have on \(position.venue)",
                    allowed:
                        "a row in accounts.csv for each account of each venue, with amount 0 where it holds nothing"
                )
            }
            let place = name << 32 | market << 1 | (position.side == .long ? 1 : 0)
            if let first = lines.updateValue(position.line, forKey: place) {
                throw InputError(
                    file: path("positions.csv"), line: position.line, key: "symbol",
                    found:
                        "a second \(position.side.rawValue) of the same account and symbol, after line \(first)",
                    allowed: "one row a side: add the sizes, at their average entry price")
            }
            if let margin = position.isolatedMargin, margin.isNegative {
                health.warn(
                    "negative margin", path("positions.csv"), position.line, "isolated_margin \(margin)")
            }
        }
    }

    private func unknownMarket(_ position: Position) -> InputError {
        let there = markets.filter { $0.venue == position.venue }.map(\.symbol)
        return InputError(
            file: path("positions.csv"), line: position.line, key: "symbol",
            found: "`\(position.symbol)` of \(position.venue), which markets.csv does not have",
            allowed: there.isEmpty
                ? "a row of that venue in markets.csv, with its mark price"
                : there.prefix(12).joined(separator: ", "),
            nearest: nearestName(to: position.symbol, among: there))
    }

    /// Every fund, so many times as large.
    public mutating func multiplyFunds(by factor: Double) {
        let factor = Exact("\(factor)") ?? .one
        for i in funds.indices { funds[i].balance = funds[i].balance * factor }
    }

    /// Every position, so many times as large; collateral stays.
    public mutating func multiplyPositions(by factor: Double) {
        let factor = Exact("\(factor)") ?? .one
        // A thousandth as fine as the market's sizes are written: a ledger can count those.
        var places: [Key: Int] = [:]
        for p in positions {
            places[Key(venue: p.venue, name: p.symbol), default: 0] = max(
                places[Key(venue: p.venue, name: p.symbol)] ?? 0, p.size.places)
        }
        for i in positions.indices {
            let fine = places[Key(venue: positions[i].venue, name: positions[i].symbol)]! + 3
            guard let units = (positions[i].size * factor).units(fine) else { continue }
            positions[i].size = Exact(digits: Int128(units.value), places: fine)
        }
        positions.removeAll { $0.size.isZero }
    }

    /// Rows of another tiers.csv in place of the book's, market by market.
    ///
    /// - Throws: `InputError` for rows that do not go together.
    public mutating func replaceTiers(with file: String, health: inout Health) throws(InputError) {
        let own = tiers
        tiers = []
        try readTiers(file, &health)
        let replaced = Set(tiers.map { Key(venue: $0.venue, name: $0.symbol) })
        tiers += own.filter { !replaced.contains(Key(venue: $0.venue, name: $0.symbol)) }
        try checkTiers(&health)
    }

    private mutating func checkTiers(_ health: inout Health) throws(InputError) {
        let known = Set(markets.map { Key(venue: $0.venue, name: $0.symbol) })
        var groups: [Key: [Tier]] = [:]
        for tier in tiers { groups[Key(venue: tier.venue, name: tier.symbol), default: []].append(tier) }
        var sorted: [Tier] = []
        for (key, rows) in groups.sorted(by: { ($0.key.venue, $0.key.name) < ($1.key.venue, $1.key.name) }) {
            if !known.contains(key) {
                health.warn(
                    "unused tiers", path("tiers.csv"), rows[0].line,
                    "\(key.name) of \(key.venue) is not in markets.csv")
            }
            let rows = rows.sorted { $0.from < $1.from }
            guard rows[0].from.isZero else {
                throw InputError(
                    file: path("tiers.csv"), line: rows[0].line, key: "min_notional",
                    found: "\(rows[0].from)",
                    allowed: "0 in the first row of a market")
            }
            for (a, b) in zip(rows, rows.dropFirst()) {
                guard a.from < b.from else {
                    throw InputError(
                        file: path("tiers.csv"), line: b.line, key: "min_notional", found: "\(b.from) twice",
                        allowed: "rows that begin at different notionals")
                }
                guard a.to == nil || a.to == b.from else {
                    throw InputError(
                        file: path("tiers.csv"), line: b.line, key: "min_notional",
                        found: "\(b.from), where line \(a.line) ends at \(a.to!)",
                        allowed: "rows without gaps: each begins where the one before ends")
                }
                guard a.rate <= b.rate else {
                    throw InputError(
                        file: path("tiers.csv"), line: b.line, key: "maintenance_rate",
                        found: "\(b.rate) after \(a.rate)",
                        allowed: "rates that do not fall with the notional")
                }
                // Where the rows meet the margin must not jump: n × (r2 − r1) = d2 − d1 at the boundary.
                let jump = b.from * (b.rate - a.rate) - (b.deduction - a.deduction)
                if jump.magnitude > Exact(digits: 1, places: 2) {
                    health.warn(
                        "tiers that jump", path("tiers.csv"), b.line,
                        "maintenance changes by \(jump) at \(b.from): maintenance_deduction would be \(b.from * (b.rate - a.rate) + a.deduction)"
                    )
                }
            }
            sorted += rows
        }
        tiers = sorted
    }

    private func checkDepth(_ health: inout Health) {
        var best: [Key: (bid: Exact?, ask: Exact?, line: Int)] = [:]
        for level in depth {
            let key = Key(venue: level.venue, name: level.symbol)
            var top = best[key] ?? (nil, nil, level.line)
            if level.isBid {
                top.bid = max(top.bid ?? level.price, level.price)
            } else {
                top.ask = min(top.ask ?? level.price, level.price)
            }
            best[key] = top
        }
        let known = Set(markets.map { Key(venue: $0.venue, name: $0.symbol) })
        let venues = Set(markets.map(\.venue) + accounts.map(\.venue))
        for fund in funds where !venues.contains(fund.venue) {
            health.warn(
                "unused fund", path("funds.csv"), fund.line, "nobody has an account on `\(fund.venue)`")
        }
        for (key, top) in best.sorted(by: { ($0.key.venue, $0.key.name) < ($1.key.venue, $1.key.name) }) {
            if !known.contains(key) {
                health.warn(
                    "unused depth", path("depth.csv"), top.line,
                    "\(key.name) of \(key.venue) is not in markets.csv")
            }
            switch (top.bid, top.ask) {
            case (let bid?, let ask?) where bid >= ask:
                health.warn(
                    "crossed book", path("depth.csv"), top.line,
                    "\(key.name) of \(key.venue): bid \(bid), ask \(ask)")
            case (nil, _), (_, nil):
                health.warn(
                    "empty book", path("depth.csv"), top.line, "\(key.name) of \(key.venue) has one side only"
                )
            default: break
            }
        }
    }

    /// Longs less shorts of every market: what is missing is held by somebody outside the book.
    private func checkBalance(_ health: inout Health) {
        var net: [Key: Exact] = [:]
        for position in positions {
            let key = Key(venue: position.venue, name: position.symbol)
            net[key] = (net[key] ?? .zero) + (position.side == .long ? position.size : -position.size)
        }
        for (key, size) in net.sorted(by: { ($0.key.venue, $0.key.name) < ($1.key.venue, $1.key.name) })
        where !size.isZero {
            health.warn(
                "one-sided market", path("positions.csv"), 0,
                "\(key.name) of \(key.venue): longs less shorts \(size) contracts; the rest of the market holds the other side"
            )
        }
    }
}
