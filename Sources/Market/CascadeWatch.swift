import Clearing
import Exchanges
import Primitives
import RealModule
import Venues

/// Feeds the cascade tree from a world: moves and flows by asset, calls and forced closings by account. It observes only.
public struct CascadeWatch {
    public private(set) var tree: CascadeTree
    /// Parts of the fall of up to two of the largest assets at their lowest second so far.
    public private(set) var atLow: [(asset: AssetID, fall: Double, news: Double, forced: Double)]
    /// The reference asset first.
    private let order: [AssetID]
    private let crossQuoting: Double
    private var lastIndex: [Double]
    private var tapes: [Int64]
    private var notedTapes: [Int64]
    /// Forced net sales of this step and of the one before, dollars, by asset: orders of a step's end move the next price.
    private var forcedNow: [Double]
    private var forcedBefore: [Double]
    /// Of the latter, what strategies that sell because of liquidations traded in this step.
    private var tradedByForced: [Double]
    /// Net sales of everybody in this step, dollars, by asset.
    private var netNow: [Double]
    /// By exchange and account: the step of the first call since it was safe, 0 for none.
    private var called: [[Int32]]
    /// By exchange and market.
    private var assetOf: [[AssetID]] = []
    private var step: Int32 = 0

    init(_ exchanges: borrowing Exchanges, majors: [AssetID], crossQuoting: Double) {
        let count = exchanges.assets.count
        let reference = exchanges.reference
        tree = CascadeTree(assets: count, reference: reference)
        order = [reference] + exchanges.assetIDs.filter { $0 != reference }
        atLow = majors.prefix(2).map { ($0, 0, 0, 0) }
        self.crossQuoting = crossQuoting
        lastIndex = Array(repeating: 0, count: count)
        tapes = Array(repeating: 0, count: exchanges.books.count)
        notedTapes = tapes
        forcedNow = lastIndex
        forcedBefore = lastIndex
        tradedByForced = lastIndex
        netNow = lastIndex
        called = []
    }

    /// The world as it stands before the first step.
    mutating func begin(_ exchanges: borrowing Exchanges) {
        for a in exchanges.assetIDs { lastIndex[a] = exchanges.views[a].index }
        for book in exchanges.bookIDs { tapes[book] = exchanges.tape(book) }
        assetOf = exchanges.assetsByMarket()
        called = exchanges.perpetualIDs.map {
            Array(repeating: 0, count: Int(exchanges.perps[$0].house.accountCount))
        }
    }

    /// Before somebody acts who sells because others were liquidated.
    mutating func noteTapes(_ exchanges: borrowing Exchanges) {
        for book in exchanges.bookIDs { notedTapes[book] = exchanges.tape(book) }
    }

    /// After they have: their trades move this step's price already.
    mutating func addForcedTrades(_ exchanges: borrowing Exchanges) {
        for book in exchanges.bookIDs {
            let tape = exchanges.tape(book)
            guard tape != notedTapes[book] else { continue }
            let usd = sold(book, tape - notedTapes[book], exchanges)
            forcedBefore[exchanges.place(book).asset] += usd
            tradedByForced[exchanges.place(book).asset] += usd
        }
    }

    /// Net dollars sold by a change of a book's tape, which counts buyers' lots as positive.
    private func sold(_ book: BookID, _ change: Int64, _ exchanges: borrowing Exchanges) -> Double {
        let unit = exchanges.unit(book)
        let perLot =
            unit.isInverse
            ? 1 / unit.lotsPerCoin : exchanges.views[exchanges.place(book).asset].index / unit.lotsPerCoin
        return -Double(change) * perLot
    }

    /// Moves of the step, before its events.
    mutating func observe(_ exchanges: borrowing Exchanges) {
        step += 1
        tree.begin()
        for book in exchanges.bookIDs {
            let tape = exchanges.tape(book)
            guard tape != tapes[book] else { continue }
            netNow[exchanges.place(book).asset] += sold(book, tape - tapes[book], exchanges)
            tapes[book] = tape
        }
        var surprise = 0.0
        for a in order {
            let view = exchanges.views[a]
            let index = max(view.index, 1e-12)
            let fall = -Double.log(index / max(lastIndex[a], 1e-12))
            lastIndex[a] = index
            let news = -view.fundamentalMove
            let crossed = a == exchanges.reference || view.isPegged ? 0 : crossQuoting * view.beta * surprise
            if a == exchanges.reference { surprise = fall - news }
            tree.add(
                CascadeTree.Move(
                    fall: fall, news: news, fromBitcoin: crossed, forcedSales: forcedBefore[a],
                    otherSales: netNow[a] - forcedNow[a] - tradedByForced[a]), asset: a)
        }
        for i in atLow.indices {
            let parts = tree.parts(atLow[i].asset)
            if parts.fall > atLow[i].fall {
                atLow[i] = (atLow[i].asset, parts.fall, parts.news, parts.forced + parts.forcedFromBitcoin)
            }
        }
    }

    /// Net dollars that a forced order of this step sold; to be called before `observe`.
    mutating func forced(_ usd: Double, _ p: VenueID, market: Int32) {
        forcedNow[assetOf[p][Int(market)]] += usd
    }

    mutating func endStep() {
        swap(&forcedNow, &forcedBefore)
        for a in forcedNow.indices {
            forcedNow[a] = 0
            tradedByForced[a] = 0
            netNow[a] = 0
        }
    }

    mutating func wasCalled(_ account: AccountID, _ p: VenueID) {
        if called[p].indices.contains(account.index) && called[p][account] == 0 {
            called[p][account] = step
        }
    }

    mutating func recovered(_ account: AccountID, _ p: VenueID) {
        if called[p].indices.contains(account.index) { called[p][account] = 0 }
    }

    mutating func closed(
        _ account: AccountID, _ p: VenueID, market: Int32, usd: Double, isNew: Bool, accounts: Int,
        at time: SimTime
    ) {
        let call = called[p].indices.contains(account.index) ? called[p][account] : 0
        // Safe until the mark before the call; without one until the mark before this.
        let safe = call > 0 ? min(call, step) - 1 : step - 1
        tree.close(
            asset: assetOf[p][Int(market)], venue: p, usd: usd, safe: Int(max(safe, 0)), isNew: isNew,
            accounts: Int32(clamping: accounts),
            at: time)
    }

    /// Dollars closed in the minute that earlier forced sales caused.
    mutating func endMinute() -> Double { tree.takeMinute() }
}
