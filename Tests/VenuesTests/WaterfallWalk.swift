import Clearing
import OrderBook
import Primitives
import Testing

@testable import Venues

/// One account walked through a venue's waterfall by a text of a few lines:
///
///     bid 5 @ 95,900           a maker bids for 5 coins
///     offer 1 @ 120,000        the account rests a sell order
///     mark 96,000: marginCall  the mark moves there; the events that follow, in their order
///     wait 30                  seconds pass
struct WaterfallWalk: ~Copyable {
    var venue: Venue
    let dealer: AccountID
    let maker: AccountID
    let long: AccountID
    let position: Int32
    private let unit: ContractUnit

    /// A venue with a dealer who is short what the account is long, both at 100,000 dollars.
    ///
    /// - Parameters:
    ///   - equity, fund: in dollars, for coin-margined venues at that price.
    init(
        _ rulebook: Rulebook, coins: Double = 10, equity: Double, fund: Double = 10_000_000,
        vault: Double = 1_000_000
    ) {
        var rate = 1e6
        if rulebook.settlement.isCoin { rate = Double(rulebook.settlement.unitsPerOne) / 100_000 }
        func money(_ usd: Double) -> Money { Money(micros: Int64(usd * rate)) }
        venue = Venue(
            rulebook, vaultCapital: money(vault), fundCapital: money(fund), at: SimTime(seconds: 60))
        unit = rulebook.markets[0].spec.unit
        dealer = venue.house.openAccount()
        venue.house.deposit(money(100_000_000), to: dealer)
        maker = venue.house.openAccount()
        venue.house.deposit(money(100_000_000), to: maker)
        long = venue.house.openAccount()
        venue.house.deposit(money(equity), to: long)
        let start = unit.nearestTick(100_000)
        venue.updateOracle(0, Double(start.count), externalPerp: Double(start.count))
        let lots = unit.lots(worth: coins * 100_000, at: start)
        _ = venue.seedPosition(dealer, 0, -lots, entry: start, leverage: 20, isolated: false)
        position = venue.seedPosition(long, 0, lots, entry: start, leverage: 20, isolated: false)
        venue.liquidateFailing()
        venue.house.events.removeAll()
    }

    func lots(_ coins: Double) -> Lots { unit.lots(worth: coins * 100_000, at: unit.nearestTick(100_000)) }

    /// Follows the text; what happened differently, line by line.
    mutating func differences(_ text: String) -> [String] {
        var found: [String] = []
        for line in text.split(separator: "\n") {
            let line = line.trimmingPrefix { $0 == " " }.replacing(",", with: "")
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "bid", "offer":
                let isBid = words[0] == "bid"
                let order = NewOrder(
                    isBid ? .buy : .sell, lots(Double(words[1])!), at: unit.nearestTick(Double(words[3])!),
                    account: isBid ? maker : long)
                if let rejection = venue.submit(0, order).rejection { found.append("\(line): \(rejection)") }
            case "wait": venue.house.now = venue.house.now.adding(seconds: Double(words[1])!)
            case "mark":
                let got = fall(to: Double(words[1].replacing(":", with: ""))!)
                if got != Array(words.dropFirst(2)) {
                    found.append("\(line): got \(got.joined(separator: " "))")
                }
            default: found.append("\(line): unknown")
            }
        }
        return found
    }

    private mutating func fall(to usd: Double) -> [String] {
        venue.house.now = venue.house.now.adding(seconds: 3)
        venue.house.events.removeAll()
        venue.house.setMark(0, unit.nearestTick(usd))
        venue.queues.markChanged(0)
        venue.liquidateFailing()
        expect(venue.house.zeroSum().holds)
        return venue.house.events.elements.map { "\($0.kind)" }
    }

    /// Coins of the account and of the house account that takes over.
    var held: Double { Double(venue.house.position(position).lots.count) / Double(lots(1).count) }
    var fundHeld: Double {
        guard let fund = venue.fund, let p = venue.house.find(fund, 0) else { return 0 }
        return Double(venue.house.position(p).lots.count) / Double(lots(1).count)
    }
}
