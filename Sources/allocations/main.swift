import Clearing
import CountedAllocations
import Foundation
import OrderBook
import Primitives
import Venues

// allocations: orders that rest, trade and are cancelled on each venue ask the heap for nothing once book and ledger have
// grown to their size. Prints what each of them asked for, and exits with 1 if any did. Only an optimised build is free of
// them, so this is a program and not a unit test.

/// A stream of orders and cancellations of 32 accounts around one price.
struct Stream: ~Copyable {
    private var venue: Venue
    private let accounts: [AccountID]
    private let middle: Double
    private var random = RandomStream(seed: 3, name: "messages")
    private var resting = [(id: OrderID, account: AccountID)](repeating: (.none, .nobody), count: 512)
    private(set) var filled = Lots.zero
    private(set) var cancelled = 0

    init(_ rulebook: String) throws {
        venue = Venue(
            try .named(rulebook, assets: ["BTC"]), expectedAccounts: 64, at: SimTime(seconds: 1_760_000_000))
        middle = venue.house.unit(0).ticksPerUSD * 100_000
        venue.updateOracle(0, middle, externalPerp: nil)
        var accounts: [AccountID] = []
        for _ in 0..<32 {
            accounts.append(venue.house.openAccount())
            venue.house.deposit(Money(usd: 100_000_000), to: accounts.last!)
        }
        self.accounts = accounts
        var failing = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &failing)
    }

    mutating func send(_ count: Int) {
        for _ in 0..<count {
            let slot = random.integer(below: resting.count)
            if resting[slot].id != .none {
                if case .success = venue.cancel(0, resting[slot].id, account: resting[slot].account) {
                    cancelled += 1
                }
                resting[slot].id = .none
                continue
            }
            let side: Side = random.integer(below: 2) == 0 ? .buy : .sell
            let away = (random.uniform() - 0.45) * 0.002
            let price = Ticks(Int(middle * (1 - Double(side.sign) * away)))
            let account = accounts[random.integer(below: accounts.count)]
            let result = venue.submit(
                0,
                NewOrder(
                    side, Lots(Int64(1 + random.integer(below: 20))),
                    at: venue.rulebook.markets[0].priceGrid.rounded(price, for: side), account: account,
                    timeInForce: random.integer(below: 4) == 0 ? .immediateOrCancel : .goodTillCancel))
            filled = filled + result.filled
            resting[slot] = (result.resting, account)
            venue.house.events.removeAll()
        }
    }
}

guard counts_allocations() == 1 else {
    print("allocations: not counted, the C library is not glibc")
    exit(0)
}
let before = allocations_of_this_thread()
let array = [Int](repeating: CommandLine.arguments.count, count: 100_000)
guard array.count == 100_000, allocations_of_this_thread() > before else {
    print("allocations: an array of 100,000 numbers was not counted")
    exit(1)
}

var isFree = true
for rulebook in Rulebook.builtInNames {
    var stream = try Stream(rulebook)
    stream.send(20_000)
    let (filledBefore, cancelledBefore) = (stream.filled, stream.cancelled)
    let start = allocations_of_this_thread()
    stream.send(20_000)
    let asked = allocations_of_this_thread() - start
    let (filled, cancelled) = (stream.filled - filledBefore, stream.cancelled - cancelledBefore)
    print(
        "\(rulebook): \(asked) allocations, 20,000 messages, \(filled.count) lots filled, \(cancelled) cancelled"
    )
    if asked > 0 || filled < Lots(1000) || cancelled < 1000 { isFree = false }
}
exit(isFree ? 0 : 1)
