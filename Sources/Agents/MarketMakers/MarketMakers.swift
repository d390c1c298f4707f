import Exchanges
import OrderBook
import Primitives
import RealModule

/// The market makers of every book: one ladder a book, dealt to a few firms with one pool of capital each.
///
/// Quotes of an asset lie around exp(reference + answer to flow on all its books + answer to flow on this book). The
/// answers fade at a rate that needs the makers' presence: who is gone neither quotes nor refills, so resilience leaves
/// with liquidity (the equations are in docs/whole-market.md).
public struct MarketMakers: Strategy {
    public let name = "market makers"
    public private(set) var parameters: MakerParameters
    let stepSeconds: Double
    /// By book.
    var ladders: [MakerLadder]
    var quotes: [MakerQuote]
    /// By asset.
    var desks: [MakerDesk]
    var firms: [MakerFirm]
    private let booksByVenue: [[BookID]]
    /// How far the makers have withdrawn for fear of news, 0 to 1.
    public internal(set) var caution = 0.0
    /// How unsettled the market is, 0 to 1: raised by a move of Bitcoin's away from its own recent mean, forgotten slowly.
    public internal(set) var unsettled = 0.0
    /// Mean of the logarithm of Bitcoin's index over about a quarter of an hour.
    var recent: Double
    /// The square of that move, on average over `accustomedMinutes`.
    var accustomed = 0.0
    var step = 0
    /// Books whose quotes were refused for want of margin or room.
    public internal(set) var refusals = 0
    /// Makers' positions in all coins but Bitcoin, times beta, dollars.
    public internal(set) var otherInventoryUSD = 0.0
    private static let countSteps = 5
    /// The minute, counted from 1970, that a count has ended.
    var minuteCounted: Int64 = 0

    /// - Parameter accounts: by book, the account that quotes there.
    public init(
        _ parameters: MakerParameters, accounts: [AccountID], shares: [Double],
        _ exchanges: borrowing Exchanges,
        stepSeconds: Double
    ) {
        self.parameters = parameters
        self.stepSeconds = stepSeconds
        recent = Double.log(max(exchanges.views[exchanges.reference].index, 1e-12))
        let count = exchanges.books.count
        quotes = Array(repeating: MakerQuote(), count: count * MakerLadder.quotes)
        ladders = []
        desks = []
        firms = Array(
            repeating: MakerFirm(capital: parameters.capitalUSD / Double(parameters.firms)),
            count: parameters.firms)
        var books = [[BookID]](repeating: [], count: exchanges.venueIDs.count)
        for book in exchanges.bookIDs { books[exchanges.place(book).exchange].append(book) }
        booksByVenue = books
        for a in exchanges.assetIDs {
            let view = exchanges.views[a]
            desks.append(MakerDesk(view, parameters))
        }
        for book in exchanges.bookIDs {
            let place = exchanges.place(book)
            let view = exchanges.views[place.asset]
            let ladder = MakerLadder(
                account: accounts[book], start: exchanges.stake(book, accounts[book]),
                holding: exchanges.holding(book, accounts[book]),
                firm: Int16((place.asset.index + place.exchange.index) % parameters.firms),
                depthUSD: parameters.depth1PctUSD * Double.power(view.size, parameters.depthExponent)
                    * shares[book],
                absorptionUSD: parameters.absorptionUSD
                    * Double.power(view.size, parameters.absorptionExponent)
                    * max(shares[book], 1e-6),
                halfSpread: parameters.halfSpreadBp * 1e-4 * Double.pow(view.size, -0.25),
                unit: exchanges.unit(book))
            ladders.append(ladder)
        }
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        step += 1
        if step % 5 == 1 { updateCaution(exchanges) }
        let reach = Double.exp(-stepSeconds / parameters.presenceSeconds)
        let shared = capitalLeft()
        let reference = exchanges.reference
        let surprise = desks[reference].move(exchanges.views[reference])
        for a in exchanges.assetIDs {
            let target = presenceTarget(a, exchanges.views[a], shared)
            desks[a].presence = max(
                parameters.leastPresence, target + (desks[a].presence - target) * reach)
            desks[a].advance(
                exchanges.views[a], bitcoinSurprise: a == reference ? 0 : surprise, seconds: stepSeconds,
                parameters)
        }
        // Flow of every book first: an asset's quotes answer all of it at once.
        for book in exchanges.bookIDs {
            let tape = exchanges.tape(book)
            if tape != ladders[book].tape { takeFlow(book, tape, exchanges) }
        }
        quote(&exchanges)
        exchanges.haveMakersHedge(otherInventoryUSD)
    }

    /// Quotes on all venues side by side.
    private mutating func quote(_ exchanges: inout Exchanges) {
        let (parameters, places, books) = (parameters, exchanges.books, booksByVenue)
        let outlooks = exchanges.assetIDs.map {
            MakerOutlook(desks[$0], exchanges.views[$0], parameters, seconds: stepSeconds)
        }
        ladders.withUnsafeMutableBufferPointer { ladders in
            quotes.withUnsafeMutableBufferPointer { quotes in
                let round = MakerRound(
                    parameters: parameters, places: places, outlooks: outlooks, ladders: ladders.baseAddress!,
                    quotes: quotes.baseAddress!)
                exchanges.sideBySide(
                    perpetual: { round.quote(books[$0], on: &$1) }, spot: { round.quote(books[$0], on: &$1) })
            }
        }
        for book in exchanges.bookIDs {
            refusals += Int(ladders[book].refusals)
            ladders[book].refusals = 0
        }
    }

    public mutating func take(_ settings: any Settings) {
        parameters = MakerParameters(settings, referenceVolatility: parameters.referenceVolatility)
    }

    /// Counts at the end of a step: every `countSteps` and at the end of every minute.
    public mutating func observe(_ exchanges: borrowing Exchanges) {
        let minute = exchanges.now.seconds / 60
        guard step % Self.countSteps == 0 || minute != minuteCounted else { return }
        minuteCounted = minute
        count(exchanges)
    }

    /// Tells firms and desks what every book has earned, and adds up what the makers hold in other coins.
    private mutating func count(_ exchanges: borrowing Exchanges) {
        otherInventoryUSD = 0
        for book in exchanges.bookIDs where ladders[book].account != .nobody {
            let asset = exchanges.place(book).asset
            let gain = exchanges.gain(book, ladders[book].account, since: ladders[book].start)
            let more = gain - ladders[book].gain
            ladders[book].gain = gain
            firms[Int(ladders[book].firm)].profit += more
            desks[asset].profit += more
            if asset != exchanges.reference {
                let view = exchanges.views[asset]
                otherInventoryUSD += ladders[book].inventory(view.index) * view.beta
            }
        }
    }

    /// The share of capital left, by firm.
    private func capitalLeft() -> Double {
        firms.reduce(0) { $0 + $1.left } / Double(firms.count)
    }

    /// Withdrawal for fear and return of capital: fear grows while grave news is out and the market unsettled, goes when it has settled; so
    /// does new capital come. No clock brings makers back.
    private mutating func updateCaution(_ exchanges: borrowing Exchanges) {
        let bitcoin = exchanges.views[exchanges.reference]
        let dt = 5 * stepSeconds
        let price = Double.log(max(bitcoin.index, 1e-12))
        recent += (price - recent) * (1 - Double.exp(-dt / 900))
        // In units of what Bitcoin moves in a calm quarter of an hour, or of what they have grown used to: nothing up to two,
        // everything from six.
        let gap = price - recent
        let calm = max(bitcoin.calmVolatility * 30, 1e-12)
        let moves = abs(gap) / max(calm, accustomed.squareRoot())
        accustomed += (gap * gap - accustomed) * (1 - Double.exp(-dt / 60 / parameters.accustomedMinutes))
        unsettled = max(
            unsettled * Double.exp(-dt / 60 / parameters.settlingMinutes), min(1, max(0, (moves - 2) / 4)))
        for i in firms.indices {
            firms[i].raise(settled: 1 - unsettled, minutes: parameters.capitalReturnMinutes, seconds: dt)
        }
        var target = parameters.newsCut * unsettled * min(1, exchanges.newsWeight)
        if let time = parameters.withdrawalTime, exchanges.now >= time {
            target = max(target, parameters.withdrawalWithoutNews)
        }
        let minutes = target > caution ? parameters.newsCutMinutes : parameters.returnMinutes
        caution += (target - caution) * (1 - Double.exp(-dt / 60 / minutes))
    }

    private func presenceTarget(_ a: AssetID, _ view: AssetView, _ shared: Double) -> Double {
        let p = parameters
        let order = 1 + p.priority * desks[a].logRank
        let calm = min(
            1, Double.power(1.6 * view.calmVolatility / max(view.volatility, 1e-12), p.volatilityExponent))
        let left = p.sharesCapital ? shared : desks[a].capitalLeft(p.capitalUSD)
        // A part of those who make markets is not of the firms whose capital is lost.
        let firms = left >= 1 ? 1 : Double.power(left, p.capitalExponent * order)
        let capital = p.uncommittedShare + (1 - p.uncommittedShare) * firms
        let fear = caution <= 0 ? 1 : 1 - Double.pow(caution, 1 / order)
        return max(p.leastPresence, calm * capital * fear)
    }

    private mutating func takeFlow(_ book: BookID, _ tape: Int64, _ exchanges: borrowing Exchanges) {
        let asset = exchanges.place(book).asset
        let usd = Double(tape - ladders[book].tape) * ladders[book].usdPerLot(exchanges.views[asset].index)
        ladders[book].tape = tape
        ladders[book].isStruck = true
        let resistance = desks[asset].resistance(
            exchanges.views[asset], parameters, to: usd, arriving: exchanges.arriving[asset])
        let common = desks[asset].isPegged ? 0 : parameters.commonShare
        let share = ladders[book].absorptionUSD / desks[asset].absorptionUSD
        let coins =
            ladders[book].isInverse
            ? desks[asset].coinCollateral(exchanges.views[asset].index, parameters) : 1
        let local = usd / max(resistance * share * max(coins, parameters.leastPresence), 1)
        ladders[book].answer += (1 - common) * local
        desks[asset].answer += common * usd / max(resistance, 1)
    }

    /// Mean presence over assets, weighted alike; and of one asset.
    public func presence(_ asset: AssetID) -> Double { desks[asset].presence }
    /// What the makers' accounts have more than at the start, now.
    public func gain(_ exchanges: borrowing Exchanges) -> Money {
        var sum = Money.zero
        for book in exchanges.bookIDs where ladders[book].account != .nobody {
            sum += exchanges.gain(book, ladders[book].account, since: ladders[book].start)
        }
        return sum
    }
    /// What the firms have lost (negative) or earned by the last count.
    public var profit: Money { firms.reduce(.zero) { $0 + $1.profit } }
    /// By book: the account that quotes there.
    public var accounts: [AccountID] { ladders.map(\.account) }
    public var capitalShareLeft: Double { capitalLeft() }

    public func combine(into hash: inout StateHash) {
        for ladder in ladders { ladder.combine(into: &hash) }
        for quote in quotes { quote.combine(into: &hash) }
        for desk in desks { desk.combine(into: &hash) }
        for firm in firms { firm.combine(into: &hash) }
        hash.combine(caution)
        hash.combine(unsettled)
        hash.combine(recent)
        hash.combine(accustomed)
        hash.combine(Int64(step), Int64(refusals), minuteCounted)
        hash.combine(otherInventoryUSD)
    }
}
