import Checks
import Clearing
import OrderBook
import Primitives
import Testing
import Venues

@testable import Agents
@_spi(World) @testable import Exchanges

/// What each agent does, alone against three books made by hand.
@Suite struct BehaviourTests {
    private static let shares = [0.4, 0.4, 0.2]
    /// A tenth of the depth of Bitcoin: the textbook venue takes no order of more than some million dollars.
    private static var smallMakers: MakerParameters {
        var parameters = MakerParameters()
        parameters.depth1PctUSD = 10e6
        parameters.absorptionUSD = 1e9
        return parameters
    }

    /// Both sides of every book, around the index; after a sale on one book the quotes of all lie lower.
    @Test func makersQuoteAroundTheIndex() throws {
        var room = try ThreeBooks(quotes: false)
        var makers = MarketMakers(
            Self.smallMakers, accounts: room.agent, shares: Self.shares, room.exchanges, stepSeconds: 1)
        room.step(&makers)
        var asks: [Double] = []
        for book in ThreeBooks.books {
            let (bid, ask) = (room.bid(book) ?? 0, room.ask(book) ?? .infinity)
            expect(bid > 0 && bid < ThreeBooks.price && ask > ThreeBooks.price, "\(bid) \(ask)")
            expect(ask / bid - 1 < 0.002)
            asks.append(ask)
        }
        var sold = 0.0
        for _ in 0..<4 { sold += room.send(ThreeBooks.first, .sell, 5, at: 90_000, .immediateOrCancel) }
        expect(sold > 15, "\(sold)")
        room.step(&makers, times: 2)
        for book in ThreeBooks.books {
            let ask = room.ask(book) ?? .infinity
            expect(ask < asks[book], "book \(book): \(ask)")
        }
        expect(room.imbalance() == 0)
    }

    /// Who fears grave news in an unsettled market shows less, and what the makers hold is told to their hedging desk.
    @Test func makersWithdraw() throws {
        var room = try ThreeBooks(quotes: false)
        var makers = MarketMakers(
            Self.smallMakers, accounts: room.agent, shares: Self.shares, room.exchanges, stepSeconds: 1)
        room.step(&makers)
        let before = room.exchanges.depthUSD(ThreeBooks.first, .buy, withinBasisPoints: 100)
        room.exchanges.newsWeight = 1
        room.exchanges.views[0].index = 97_000
        room.exchanges.views[0].volatility = 5e-4
        room.step(&makers, times: 400)
        expect(makers.caution > 0.1, "\(makers.caution)")
        let after = room.exchanges.depthUSD(ThreeBooks.first, .buy, withinBasisPoints: 100)
        expect(after < 0.7 * before, "\(after) of \(before)")
        expect(room.exchanges.makersToHedgeUSD == makers.otherInventoryUSD)
    }

    /// Makers who grow used to a nervous market call it settled while it still moves; others do not.
    @Test func makersGrowUsedToIt() throws {
        for (minutes, isUsed) in [(1e5, false), (30.0, true)] {
            var room = try ThreeBooks(quotes: false)
            var parameters = Self.smallMakers
            (parameters.accustomedMinutes, parameters.settlingMinutes) = (minutes, 5)
            var makers = MarketMakers(
                parameters, accounts: room.agent, shares: Self.shares, room.exchanges, stepSeconds: 1)
            // Ten times as far as on a calm quarter of an hour, up and down for two hours.
            for turn in 0..<24 {
                room.exchanges.views[0].index = turn % 2 == 0 ? 98_000 : 102_000
                room.step(&makers, times: 300)
            }
            expect(
                isUsed ? makers.unsettled < 0.2 : makers.unsettled > 0.9, "\(minutes): \(makers.unsettled)")
        }
    }

    /// More is offered the further the price is from what news says, and none of it near.
    @Test func patientOrdersGrowWithDistance() throws {
        var room = try ThreeBooks(quotes: false)
        var parameters = PatientCapital.Parameters()
        parameters.demandAt5PctUSD = 20e6
        var patient = PatientCapital(
            parameters, accounts: room.agent, shares: Self.shares, room.exchanges,
            stepSeconds: 1)
        room.step(&patient)
        for book in ThreeBooks.books {
            let (bid, ask) = (room.bid(book) ?? 0, room.ask(book) ?? 0)
            expect(abs(bid / ThreeBooks.price - 0.99) < 1e-4 && abs(ask / ThreeBooks.price - 1.01) < 1e-4)
            let near = room.exchanges.depthUSD(book, .buy, withinBasisPoints: 250)
            let far = room.exchanges.depthUSD(book, .buy, withinBasisPoints: 550)
            expect(far > 4 * near && near > 0, "\(near) \(far)")
        }
        // What was taken comes back in earnest after a third of forty minutes or so, and until then not at all.
        for _ in 0..<10 { room.send(ThreeBooks.first, .sell, 5, at: 97_900, .immediateOrCancel) }
        room.step(&patient, times: 600)
        expect(abs((room.bid(ThreeBooks.first) ?? 0) - 97_000) < 20)
        room.step(&patient, times: 400)
        expect(abs((room.bid(ThreeBooks.first) ?? 0) - 99_000) < 20)
    }

    /// What the makers' firms count is what their accounts have more, to the micro-dollar; coins that a wallet began with earn
    /// nothing, whatever the price does.
    @Test func makersProfitIsWhatTheirAccountsHave() throws {
        var room = try ThreeBooks(quotes: false)
        var makers = MarketMakers(
            Self.smallMakers, accounts: room.agent, shares: Self.shares, room.exchanges, stepSeconds: 1)
        func had() -> [Stake] { ThreeBooks.books.map { room.exchanges.stake($0, room.agent[$0]) } }
        let before = had()
        room.step(&makers)
        room.exchanges.views[0].index = 50_000
        room.step(&makers, times: 10)
        expect(makers.profit == .zero, "ten thousand coins lost half their price and nothing was traded")
        for book in ThreeBooks.books { room.send(book, .sell, 5, at: 50, .immediateOrCancel) }
        room.step(&makers, times: 60)
        let after = had()
        // Two perpetual books: equity; the wallet: dollars, and its coins above the first ten thousand at the index.
        let coins = room.coins(after[2].coins - before[2].coins)
        var sum = after[2].cash - before[2].cash + Money(micros: Int64((coins * 50_000 * 1e6).rounded()))
        for book in 0..<2 { sum += after[book].cash - before[book].cash }
        expect(coins > 4, "\(coins)")
        expect(makers.profit == sum && makers.profit != .zero, "\(makers.profit) \(sum)")
    }

    /// Sells where the coin is dear and buys where it is cheap, until its capital there is used up.
    @Test func arbitrageursTradeTheGap() throws {
        var room = try ThreeBooks(quotes: false)
        room.quote(ThreeBooks.first, around: 103_000)
        room.quote(ThreeBooks.second, around: 100_000)
        room.quote(ThreeBooks.spot, around: 99_000)
        var parameters = Arbitrageurs.Parameters()
        parameters.capitalShare = 0.001
        var arbitrage = Arbitrageurs(
            parameters, accounts: room.agent, absorptionUSD: [1e9, 1e9, 1e9], room.exchanges, stepSeconds: 1)
        let wallet = room.held(ThreeBooks.spot)
        room.step(&arbitrage, times: 2)
        expect(room.held(ThreeBooks.first) < 0, "sold where it is dear")
        expect(room.held(ThreeBooks.spot) > wallet, "bought where it is cheap")
        expect(room.held(ThreeBooks.second) == 0)
        room.step(&arbitrage, times: 20)
        expect(arbitrage.exhausted > 0)
        expect(room.held(ThreeBooks.first) * ThreeBooks.price > -1.1e6, "no more than its capital")
        expect(room.imbalance() == 0)
    }

    /// A pool that is off the market is brought to it, as near as its fee.
    @Test func poolsFollowTheIndex() throws {
        var room = try ThreeBooks(pool: 10e6)
        var arbitrage = PoolArbitrage(
            books: [ThreeBooks.spot], wallets: [room.agent[2]], stepSeconds: 1)
        room.exchanges.views[0].index = 95_000
        room.step(&arbitrage)
        let price = room.exchanges.poolPriceUSD(0, room.exchanges.unit(ThreeBooks.spot))!
        expect(abs(price / 95_000 - 1) < 0.001, "\(price)")
        expect(room.held(ThreeBooks.spot) < 10_000, "it sold coins to the pool")
        expect(room.imbalance() == 0)
    }

    /// What the makers hold in other coins is hedged with Bitcoin, a fifth at a time.
    @Test func makersHedge() throws {
        var room = try ThreeBooks()
        var hedging = MakerHedging(
            share: 0.5, books: [(ThreeBooks.first, room.agent[0]), (ThreeBooks.second, room.agent[1])])
        room.step(&hedging, times: 10)
        expect(room.held(ThreeBooks.first) == 0 && room.held(ThreeBooks.second) == 0)
        room.exchanges.makersToHedgeUSD = 4e6
        room.step(&hedging, times: 5)
        let held = room.held(ThreeBooks.first) + room.held(ThreeBooks.second)
        expect(abs(held * ThreeBooks.price + 0.5 * 4e6 * 0.2) < 1e4, "\(held)")
    }

    /// Of three who are called one pays in, one halves its position and one does nothing; each after its delay.
    @Test func callsAreAnswered() throws {
        var room = try ThreeBooks()
        let responses: [CallResponse] = [.adds, .reduces, .ignores]
        let accounts = responses.map { _ in ThreeBooks.open(on: 0, &room.exchanges) }
        for account in accounts {
            // Two coins long with little more than the margin they need.
            let order = NewOrder(
                .buy, room.lots(2), at: room.ticks(102_000), account: account, timeInForce: .immediateOrCancel
            )
            expect(room.exchanges.submit(0, order).filled == room.lots(2))
            let equity = room.exchanges.perps[0].house.margin(.cross(account)).equity
            _ = room.exchanges.perps[0].house.withdraw(
                equity - Money(usd: 21_000), from: account, notionalFloor: .zero)
        }
        var answers = CallAnswers([
            LeveragedTraders(
                firstAccount: accounts[0],
                traders: responses.map {
                    LeveragedTraders.Trader(response: $0, delaySeconds: 5, reserve: Money(usd: 50_000))
                }), LeveragedTraders(firstAccount: 100, traders: []),
        ])
        for p in 0..<2 {
            room.exchanges.perps[p].house.now = room.exchanges.now
            room.exchanges.perps[p].house.events.removeAll()
        }
        room.exchanges.perps[0].house.setMark(0, room.ticks(91_000))
        for account in accounts {
            room.exchanges.perps[0].house.events.append(
                ClearingEvent(.marginCall, at: room.exchanges.now, account: account))
        }
        answers.observe(room.exchanges)
        func equity(_ i: Int) -> Money { room.exchanges.perps[0].house.margin(.cross(accounts[i])).equity }
        let before = [equity(0), equity(1), equity(2)]
        room.step(&answers, times: 4)
        expect([equity(0), equity(1), equity(2)] == before, "nobody answers at once")
        room.step(&answers, times: 2)
        expect(
            equity(0) > before[0],
            "paid in")
        func held(_ i: Int) -> Lots { room.exchanges.holding(0, accounts[i]) }
        expect(held(0) == room.lots(2) && held(1) == room.lots(1) && held(2) == room.lots(2))
        expect(equity(2) == before[2])
        expect(room.imbalance() == 0)
    }

    /// Who loses the short that hedged coins sells as many coins, once each; not before, and nobody else.
    @Test func hedgedAccountsSellTheirCoins() throws {
        var room = try ThreeBooks()
        var hedgers = HedgedAccounts(
            groups: [HedgedAccounts.Group(exchange: 0, first: 50, markets: [0, 0])],
            spotBooks: [ThreeBooks.spot], wallets: [room.agent[2]], limit: 0.1, sells: true,
            random: RandomStream(seed: 1, name: "hedgers"))
        room.step(&hedgers, times: 100)
        expect(hedgers.soldUSD == 0)
        for (winner, coins) in [(51 as AccountID, 3.0), (99, 7.0)] {
            var event = ClearingEvent(.deleveraging, at: room.exchanges.now, account: 4)
            event.counterparty = winner
            event.market = 0
            event.lots = room.lots(coins)
            room.exchanges.perps[0].house.events.append(event)
        }
        hedgers.observe(room.exchanges)
        room.step(&hedgers, times: 300)
        expect(abs(room.held(ThreeBooks.spot) - 9_997) < 1e-4, "\(room.held(ThreeBooks.spot))")
        expect(abs(hedgers.soldUSD - 3 * ThreeBooks.price) < 1)
    }

    /// With time they wait, then sell in equal parts, a minute apart.
    @Test func hedgedAccountsTakeTheirTime() throws {
        var room = try ThreeBooks()
        var hedgers = HedgedAccounts(
            groups: [HedgedAccounts.Group(exchange: 0, first: 50, markets: [0])],
            spotBooks: [ThreeBooks.spot], wallets: [room.agent[2]], limit: 0.1, waitMinutes: 0.5,
            sellingMinutes: 10, sells: true, random: RandomStream(seed: 1, name: "hedgers"))
        var event = ClearingEvent(.deleveraging, at: room.exchanges.now, account: 4)
        event.counterparty = 50
        event.market = 0
        event.lots = room.lots(5)
        room.exchanges.perps[0].house.events.append(event)
        hedgers.observe(room.exchanges)
        var sold: [Double] = []
        for _ in 0..<15 {
            room.step(&hedgers, times: 60)
            sold.append(10_000 - room.held(ThreeBooks.spot))
        }
        expect(abs(sold[14] - 5) < 1e-3, "\(sold)")
        let steps = zip(sold.dropFirst(), sold).map { $0 - $1 }.filter { $0 > 0 }
        expect(steps.count >= 9 && steps.allSatisfy { $0 < 1.01 }, "\(sold)")
    }

    /// A fund sells what it took over, a share a minute, and reduces only.
    @Test func unwindersReduce() throws {
        var room = try ThreeBooks()
        let fund = room.exchanges.perps[0].fund!
        _ = room.exchanges.perps[0].seedPosition(
            fund, 0, room.lots(4), entry: room.ticks(100_000), leverage: 5, isolated: false)
        _ = room.exchanges.perps[0].seedPosition(
            room.maker[0], 0, room.lots(-4), entry: room.ticks(100_000), leverage: 10, isolated: false)
        var unwinders = HouseUnwinders(sharePerMinute: 0.5, limitBp: 50, collateral: [], stepSeconds: 1)
        room.step(&unwinders, times: 60)
        let left = room.coins(room.exchanges.holding(ThreeBooks.first, fund))
        expect(abs(left - 4 * 0.6065) < 0.1, "\(left) of 4 coins after a minute at a half a minute")
        room.step(&unwinders, times: 3000)
        expect(room.exchanges.holding(ThreeBooks.first, fund) >= .zero, "never turned around")
        expect(room.imbalance() == 0)
    }

    /// Stops wait above their prices, and sell what an exponential law of distances says below them.
    @Test func spotStopsFire() throws {
        var room = try ThreeBooks()
        var stops = SpotStops(
            SpotStops.Parameters(),
            [SpotStops.Stops(book: ThreeBooks.spot, account: room.agent[2], coins: 20)], room.exchanges)
        room.exchanges.views[0].index = 95_500
        room.step(&stops)
        expect(stops.soldUSD == 0, "five per cent below the start is the nearest")
        room.exchanges.views[0].index = 90_000
        room.step(&stops)
        let sold = 10_000 - room.held(ThreeBooks.spot)
        expect(abs(sold - 20 * 0.63212) < 0.01, "\(sold)")
        room.step(&stops, times: 10)
        expect(10_000 - room.held(ThreeBooks.spot) == sold, "each stop once")
    }

    /// What was seized goes half to the pool and half to the book, once.
    @Test func keepersSellWhatTheySeized() throws {
        var room = try ThreeBooks(pool: 100e6)
        var keepers = KeeperSales(books: [ThreeBooks.spot], wallets: [room.agent[2]])
        room.exchanges.seize(SeizedCoins(asset: 0, coins: 8))
        room.step(&keepers, times: 3)
        expect(abs(keepers.soldUSD / (4 * ThreeBooks.price) - 1) < 1e-6, "\(keepers.soldUSD)")
        expect(room.coins(Lots(room.exchanges.pools[0]!.netLots)) == 4)
        expect(room.held(ThreeBooks.spot) == 10_000, "nothing of it is left")
        expect(room.imbalance() == 0)
    }

    /// Holders buy once a minute while the price is far enough below the start.
    @Test func holdersBuyBelowTheirPrice() throws {
        var room = try ThreeBooks(quotes: false)
        var holders = Cohorts(
            [
                Cohorts.Cohort(
                    name: "x", book: ThreeBooks.spot, account: room.agent[2], sharePerMinute: 0.001,
                    belowReference: 0.05)
            ], room.exchanges, stepSeconds: 1)
        room.quote(ThreeBooks.spot, around: 94_000)
        room.exchanges.views[0].index = 96_000
        room.step(&holders, times: 60)
        expect(room.held(ThreeBooks.spot) == 10_000)
        room.exchanges.views[0].index = 94_000
        room.step(&holders, times: 59)
        expect(room.held(ThreeBooks.spot) == 10_000, "not before the minute is over")
        room.step(&holders)
        expect(room.held(ThreeBooks.spot) > 10_000)
    }

    /// The example of docs/strategies.md buys where the coin is cheaper than ten minutes ago.
    @Test(arguments: [94_000.0, 99_500])
    func dipBuyer(_ price: Double) throws {
        var room = try ThreeBooks()
        var buyer = DipBuyer(book: ThreeBooks.spot, account: room.agent[2], drop: 0.01)
        room.step(&buyer, times: 600)
        room.exchanges.views[0].index = price
        room.step(&buyer, times: 60)
        expect((room.held(ThreeBooks.spot) > 10_000) == (price < 99_000))
    }
}
