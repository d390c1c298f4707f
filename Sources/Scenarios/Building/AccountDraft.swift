import Agents
import Primitives
import RealModule

/// One leveraged account before it is opened.
struct AccountDraft: Sendable {
    static let mostLegs = 3
    /// Markets of the venue, and relative sizes, negative for a short; unused legs are zero.
    var markets: (Int16, Int16, Int16) = (0, 0, 0)
    var sizes: (Float, Float, Float) = (0, 0, 0)
    /// Gross notional over equity at the start.
    var leverage: Float = 1
    var hoursBack: Float = 0
    var isIsolated = false
    /// Distance of the stop in units of the coin's volatility over Bitcoin's; 0 for none.
    var stop: Float = 0
    var response = CallResponse.ignores
    var delaySeconds: Float = 0
    var reserveShare: Float = 0
    /// Which collateral asset backs it, -1 for the settlement currency.
    var collateral: Int8 = -1
    /// How many accounts this one stands for.
    var weight: Int32 = 1
    /// How many accounts of the size that margin tiers see: what it holds over what the account it was drawn from held.
    var members: Int16 = 1

    var legs: Int { sizes.2 != 0 ? 3 : sizes.1 != 0 ? 2 : 1 }
    var gross: Float { abs(sizes.0) + abs(sizes.1) + abs(sizes.2) }
    var isLong: Bool { sizes.0 > 0 }

    mutating func resize(_ leg: Int, to size: Float) {
        switch leg {
        case 0: sizes.0 = size
        case 1: sizes.1 = size
        default: sizes.2 = size
        }
    }

    subscript(_ leg: Int) -> (market: Int, size: Float) {
        switch leg {
        case 0: (Int(markets.0), sizes.0)
        case 1: (Int(markets.1), sizes.1)
        default: (Int(markets.2), sizes.2)
        }
    }
}

/// How the accounts of one venue are drawn. Account by account from streams that depend only on the seed and the
/// account's number, so the order (and the number of threads) does not matter.
struct AccountLaw: Sendable {
    let seed: UInt64
    let stream: String
    let longShare: Double
    let leverage: (median: Double, logSD: Double, shorts: Double)
    let sizeSD: Double
    let correlation: Double
    let isolatedShare: Double
    let crossDivisor: Double
    let severalShare: Double
    let pairShare: Double
    let holdingHours: Double
    let stop: (share: Double, start: Double, mean: Double)
    let answers: (adds: Double, reduces: Double, seconds: Double, reserve: Double)
    let collateralShare: Double
    /// Places in the venue's collateral of what accounts may hold.
    let collateralPlaces: [Int8]
    let isCrossMarginOn: Bool
    /// Cumulative weights of the venue's markets.
    let cumulative: [Double]
    /// By market: the coin's history, its smallest maintenance rate and the highest leverage.
    let histories: [EntryHistory]
    let maintenance: [Double]
    let mostLeverage: [Double]

    init(
        _ s: Scenario, seed: UInt64, venue: String, median: Double, cumulative: [Double],
        histories: [EntryHistory], maintenance: [Double], mostLeverage: [Double], collateralPlaces: [Int8]
    ) {
        self.seed = seed
        stream = "accounts/" + venue
        longShare = s.number("accounts.long_share")
        leverage = (
            median * s.number("accounts.leverage_multiple"), s.number("accounts.leverage_log_sd"),
            s.number("accounts.short_leverage_multiple")
        )
        sizeSD = s.number("accounts.size_log_sd")
        correlation = s.number("accounts.size_leverage_correlation")
        isolatedShare = s.number("accounts.isolated_share")
        crossDivisor = s.number("accounts.cross_leverage_divisor")
        severalShare = cumulative.count > 2 ? s.number("accounts.several_assets_share") : 0
        pairShare = s.number("accounts.pair_share")
        holdingHours = s.number("accounts.holding_days") * 24
        stop = (
            s.number("accounts.stop_share"), s.number("accounts.stop_start_pct") / 100,
            s.number("accounts.stop_mean_pct") / 100
        )
        answers = (
            s.number("accounts.adds_share"), s.number("accounts.reduces_share"),
            s.number("accounts.reaction_seconds"), s.number("accounts.reserve_share")
        )
        collateralShare = collateralPlaces.isEmpty ? 0 : s.number("accounts.collateral_share")
        self.collateralPlaces = collateralPlaces
        isCrossMarginOn = s.flag("contagion.cross_margin")
        self.cumulative = cumulative
        self.histories = histories
        self.maintenance = maintenance
        self.mostLeverage = mostLeverage
    }

    /// Draws account `i`. The first three of each market make sure that both sides of it exist.
    func draw(_ i: Int) -> AccountDraft {
        var random = CounterStream(seed: seed, name: stream, index: UInt64(i))
        var draft = AccountDraft()
        let count = cumulative.count
        let isFirst = i < 3 * count
        let market = isFirst ? i / 3 : pick(random.uniform())
        let isLong = isFirst ? i % 3 != 2 : random.chance(longShare)
        let z = random.normal()
        let size = Float(Double.exp(sizeSD * z))
        draft.markets.0 = Int16(market)
        draft.isIsolated = random.chance(isolatedShare)
        let isSeveral = !draft.isIsolated && random.chance(severalShare)
        let isPair = isSeveral && random.chance(pairShare)
        let sign: Float = isLong ? 1 : -1
        draft.sizes.0 = isSeveral ? sign * size * 0.6 : sign * size
        if isSeveral {
            let other = pick(random.uniform())
            if other != market {
                draft.markets.1 = Int16(other)
                draft.sizes.1 = (isPair ? -sign : sign) * size * 0.4
            } else {
                draft.sizes.0 = sign * size
            }
        }
        if !isCrossMarginOn { draft.isIsolated = true }
        choosePosition(&draft, z, market, isLong, &random)
        let response = random.uniform()
        draft.response =
            response < answers.adds ? .adds : response < answers.adds + answers.reduces ? .reduces : .ignores
        draft.delaySeconds = Float(random.exponential(mean: max(answers.seconds, 1e-9)))
        draft.reserveShare = Float(random.exponential(mean: max(answers.reserve, 1e-12)))
        let stopDistance = stop.start + random.exponential(mean: max(stop.mean, 1e-9))
        if random.chance(stop.share) { draft.stop = Float(stopDistance) }
        let which = random.integer(below: max(1, collateralPlaces.count))
        if random.chance(collateralShare) && !draft.isIsolated { draft.collateral = collateralPlaces[which] }
        return draft
    }

    /// Leverage and age such that the coin's own path since entry would not have liquidated the position: who would be
    /// gone already is drawn again, and who keeps being gone entered in the last hour.
    private func choosePosition(
        _ draft: inout AccountDraft, _ z: Double, _ market: Int, _ isLong: Bool, _ random: inout CounterStream
    ) {
        let history = histories[market]
        let divisor = draft.isIsolated || !isCrossMarginOn ? 1 : crossDivisor
        let median = leverage.median * (isLong ? 1 : leverage.shorts) / divisor
        let rest = (1 - correlation * correlation).squareRoot()
        for attempt in 0..<6 {
            let mixed = correlation * z + rest * random.normal()
            let drawn = min(
                max(median * Double.exp(leverage.logSD * mixed), 0.15), mostLeverage[market] * 0.9)
            let age = attempt == 5 ? 0 : random.exponential(mean: holdingHours)
            draft.leverage = Float(drawn)
            draft.hoursBack = Float(age)
            let hour = history.hour(age)
            let worst = isLong ? 1 - history.lowestSince[hour] : history.highestSince[hour] - 1
            if 1 / drawn - worst > maintenance[market] * 1.05 { return }
        }
    }

    private func pick(_ u: Double) -> Int {
        let x = u * cumulative[cumulative.count - 1]
        var low = 0
        var high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] <= x { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [AccountDraft] {
    /// Replaces `k` similar accounts by one of weight `k`: same market, side and margin mode, neighbours in leverage. The
    /// largest, one in two hundred, and the first of each market stay themselves.
    func merged(by k: Int, keeping first: Int) -> [AccountDraft] {
        guard k > 1 else { return self }
        let largest = indices.dropFirst(first).sorted { (self[$0].gross, $1) > (self[$1].gross, $0) }
            .prefix(count / 200 / Swift.max(1, k / 10))
        var isKept = [Bool](repeating: false, count: count)
        for i in largest { isKept[i] = true }
        for i in 0..<Swift.min(first, count) { isKept[i] = true }
        var result = indices.filter { isKept[$0] }.map { self[$0] }
        let rest = indices.filter { !isKept[$0] }.map { i in
            (key: self[i].group, leverage: self[i].leverage, i: i)
        }.sorted { ($0.key, $0.leverage, $0.i) < ($1.key, $1.leverage, $1.i) }
        var start = 0
        while start < rest.count {
            var end = start
            while end < rest.count && end < start + k && rest[end].key == rest[start].key { end += 1 }
            result.append(one(rest[start..<end].map { self[$0.i] }, start))
            start = end
        }
        return result
    }

    /// The size of several accounts in one; it is otherwise one of them, drawn by size. The mean leverage of them all would
    /// lose the few highest, who are the first to be liquidated.
    private func one(_ several: [AccountDraft], _ number: Int) -> AccountDraft {
        let gross = several.reduce(0) { $0 + Double($1.gross) }
        var draws = SplitMix64(seed: UInt64(number))
        var left = Double(draws.next() >> 11) * 0x1p-53 * gross
        var i = 0
        while i + 1 < several.count && left >= Double(several[i].gross) {
            left -= Double(several[i].gross)
            i += 1
        }
        var draft = several[i]
        let factor = Float(gross / Double(draft.gross))
        draft.sizes = (draft.sizes.0 * factor, draft.sizes.1 * factor, draft.sizes.2 * factor)
        draft.weight = Int32(several.count)
        draft.members = Int16(clamping: Int(Swift.max(1, factor.rounded())))
        return draft
    }
}

extension AccountDraft {
    /// Accounts that may be merged share this.
    fileprivate var group: Int32 {
        var key = Int32(markets.0) << 8
        if sizes.0 > 0 { key |= 1 }
        if isIsolated { key |= 2 }
        if sizes.1 > 0 { key |= 4 }
        if sizes.1 < 0 { key |= 8 }
        if collateral >= 0 { key |= 16 }
        if response != .ignores { key |= response == .adds ? 32 : 64 }
        if stop > 0 { key |= 128 }
        return key
    }
}
