import Checks
import Clearing
import OrderBook
import Primitives
import Testing
import Venues

@testable import Agents
@_spi(World) @testable import Exchanges

/// What people's turnover does against three books made by hand.
@Suite struct TurnoverTests {
    /// Every fill once, by the side of whoever came for it, in dollars to the micro-dollar.
    @Test func volumeCountsEveryFillOnce() throws {
        var room = try ThreeBooks(quotes: false)
        for book in ThreeBooks.books {
            room.send(book, .sell, 3, at: 100_000)
            room.send(book, .sell, 3, at: 101_000)
            let order = NewOrder(
                .buy, room.lots(4), at: room.ticks(102_000), account: room.agent[book],
                timeInForce: .immediateOrCancel)
            #expect(room.exchanges.submit(book, order).filled == room.lots(4))
            room.send(book, .buy, 1, at: 99_000)
            _ = room.exchanges.submit(
                book,
                NewOrder(
                    .sell, room.lots(2), at: room.ticks(99_000), account: room.agent[book],
                    timeInForce: .immediateOrCancel))
            #expect(
                room.exchanges.volume(book)
                    == TakerVolume(bought: 401_000_000_000, sold: 99_000_000_000))
        }
    }

    /// Everybody's turnover: what a book trades when calm, more in a nervous market and up to a limit.
    @Test func turnoverFollowsVolatility() {
        let turnover = Turnover(calm: [100], slope: 0.5, mostPerpetual: 4, mostSpot: 2)
        var view = AssetView()
        view.calmVolatility = 1e-4
        for (volatility, times) in [(1e-4, 1.0), (1.5e-4, 1), (13.5e-4, 3), (1e-2, 4), (1e-9, 0.2)] {
            view.volatility = volatility
            #expect(abs(turnover.times(view, isSpot: false) - times) < 1e-9)
        }
        view.volatility = 9e-4
        #expect(turnover.times(view, isSpot: true) == 2)
    }

    /// More than half buy what is cheap by the news and what is cheaper here than elsewhere; fewer while it falls.
    @Test func peopleLean() {
        var view = AssetView()
        (view.index, view.calmVolatility, view.fundamental) = (100, 1e-4, 4.605170185988092)
        (view.volatility, view.slowVolatility) = (1e-4, 1e-4)
        let lean = Lean(follow: 0.1, value: 0.05, elsewhere: 0.3)
        #expect(abs(lean.buyers(view, at: 100) - 0.5) < 1e-9)
        view.trend = -0.05
        #expect(abs(lean.buyers(view, at: 100) - 0.4) < 1e-9)
        view.trend = 0
        #expect(lean.buyers(view, at: 101) < 0.3 && lean.buyers(view, at: 99) > 0.7)
        (view.index, view.fundamental) = (90, 4.605170185988092)
        #expect(abs(lean.buyers(view, at: 90) - (0.5 + 0.05 * 0.10536 / 0.029394)) < 1e-3)
        #expect(Lean().buyers(view, at: 90) == 0.5)
    }

    /// Takers trade about their turnover on every book, and never further than usual through the best price.
    @Test func flowTakesWhatRestsNearTheTouch() throws {
        var room = try ThreeBooks()
        var parameters = BackgroundFlow.Parameters()
        parameters.ordersPerSecond = 20
        var flow = BackgroundFlow(
            parameters, Turnover(calm: [3e5, 2e5, 1e5]), accounts: room.agent, shares: [1, 1, 1],
            room.exchanges, stepSeconds: 1, random: RandomStream(seed: 3, name: "flow"))
        for _ in 0..<300 {
            room.step(&flow)
            for book in ThreeBooks.books {
                room.send(book, .buy, 5, at: 99_900)
                room.send(book, .sell, 5, at: 100_100)
            }
        }
        for (book, calm) in zip(ThreeBooks.books, [3e5, 2e5, 1e5]) {
            let volume = room.exchanges.volume(book)
            let perSecond = Double(volume.bought + volume.sold) / 1e6 / 300
            expect(perSecond > 0.6 * calm && perSecond < 1.5 * calm, "book \(book): \(perSecond)")
            expect((room.bid(book) ?? 0) > 99_000 && (room.ask(book) ?? .infinity) < 101_000)
        }
        // Whoever offers far from the last trade finds no taker: nothing prints there.
        var empty = try ThreeBooks(quotes: false)
        for book in ThreeBooks.books {
            empty.send(book, .buy, 1, at: 100_000)
            empty.send(book, .sell, 1, at: 100_000, .immediateOrCancel)
            empty.send(book, .buy, 10, at: 60_000)
            empty.send(book, .sell, 10, at: 140_000)
        }
        let before = ThreeBooks.books.map { empty.exchanges.volume($0) }
        empty.step(&flow, times: 100)
        #expect(ThreeBooks.books.map { empty.exchanges.volume($0) } == before)
        expect(room.imbalance() == 0)
    }

    /// Both sides of every book, as much as the turnover brings; who has bought all that the capital allows bids no more.
    @Test func peopleWaitForAPrice() throws {
        var room = try ThreeBooks(quotes: false)
        var parameters = RestingFlow.Parameters()
        parameters.capitalDays = 1e-3
        // 86,400 dollars a day's thousandth.
        var resting = RestingFlow(
            parameters, Turnover(calm: [1e3, 1e3, 1e3]), accounts: room.agent, room.exchanges, stepSeconds: 1,
            random: RandomStream(seed: 3, name: "resting"))
        room.step(&resting, times: 60)
        for book in ThreeBooks.books {
            let bids = room.exchanges.depthUSD(book, .buy, withinBasisPoints: 10_000)
            expect(bids > 10_000 && bids < 20_000, "three orders of ten seconds at half a thousand: \(bids)")
            expect((room.bid(book) ?? 0) > 99_000 && (room.ask(book) ?? 0) < 101_000)
        }
        expect(abs(room.exchanges.arriving[0].bidsUSD - 1500) < 15, "\(room.exchanges.arriving[0])")
        for _ in 0..<60 {
            _ = room.exchanges.submit(
                ThreeBooks.first,
                NewOrder(
                    .sell, room.lots(0.2), at: room.ticks(90_000), account: room.maker[0],
                    timeInForce: .immediateOrCancel))
            room.step(&resting, times: 10)
        }
        let held = room.held(ThreeBooks.first) * ThreeBooks.price
        expect(held > 60_000 && held < 100_000, "\(held)")
        expect(room.exchanges.arriving[0].bidsUSD < 1250, "\(room.exchanges.arriving[0])")
        expect(room.exchanges.arriving[0].asksUSD > 1000, "\(room.exchanges.arriving[0])")
        expect(room.imbalance() == 0)
    }

    /// However much is traded, a book never holds more than three of their orders a side; and on a venue that takes none,
    /// makers hear of none.
    @Test func waitingOrdersStayFew() throws {
        var room = try ThreeBooks(quotes: false)
        room.exchanges.views[0].volatility = 20 * 6.5e-5
        var resting = RestingFlow(
            RestingFlow.Parameters(), Turnover(calm: [1e3, 1e3, 1e3], slope: 1, mostPerpetual: 30),
            accounts: room.agent, room.exchanges, stepSeconds: 1,
            random: RandomStream(seed: 3, name: "resting"))
        room.step(&resting, times: 120)
        // At thirteen times calm an order of a side is renewed every second: what three bring rests.
        let bids = room.exchanges.depthUSD(ThreeBooks.first, .buy, withinBasisPoints: 10_000)
        expect(bids > 10_000 && bids < 20_000, "\(bids)")
        expect(abs(room.exchanges.arriving[0].bidsUSD - 18_333) < 1_500, "\(room.exchanges.arriving[0])")
        for p in 0..<2 { room.exchanges.perps[p].isHalted = true }
        room.exchanges.spots[0].isHalted = true
        room.step(&resting, times: 3)
        expect(room.exchanges.arriving[0].bidsUSD == 0)
    }

    /// Flat accounts go short into a free fall and long when a deep fall turns, and are gone after a while.
    @Test func openersFollowAndBuyTheTurn() throws {
        var room = try ThreeBooks()
        let flat = (0..<40).map { _ in ThreeBooks.open(on: ThreeBooks.first, &room.exchanges) }
        var parameters = PositionOpeners.Parameters()
        (parameters.shortRate, parameters.longRate, parameters.stopShare) = (1, 1, 0)
        parameters.exitMinutes = 5
        var openers = PositionOpeners(
            parameters,
            queues: [
                .init(book: 0, isLong: false, first: flat[0], place: 0, count: 20),
                .init(book: 0, isLong: true, first: flat[20], place: 20, count: 20),
            ], notionals: Array(repeating: 10_000, count: 40), assets: 1, stepSeconds: 1,
            random: RandomStream(seed: 5, name: "openers"))
        func held(_ accounts: ArraySlice<AccountID>) -> Double {
            accounts.reduce(0) { $0 + room.coins(room.exchanges.holding(0, $1)) }
        }
        room.step(&openers, times: 300)
        expect(held(flat[...]) == 0, "nobody in a quiet market")
        room.exchanges.views[0].trend = -0.02
        room.exchanges.views[0].index = 80_000
        room.step(&openers, times: 120)
        expect(held(flat[..<20]) < -1 && held(flat[20...]) == 0, "\(held(flat[..<20]))")
        room.exchanges.views[0].trend = 0
        room.exchanges.views[0].index = 82_000
        room.step(&openers, times: 100)
        expect(held(flat[20...]) > 0.5, "\(held(flat[20...]))")
        room.exchanges.views[0].index = 81_000
        for _ in 0..<20 {
            room.step(&openers, times: 120)
            room.quote(ThreeBooks.first, around: ThreeBooks.price)
        }
        expect(held(flat[...]) == 0, "\(held(flat[...]))")
        expect(room.imbalance() == 0)
    }
}
