import Clearing
import Foundation
import MarketData
import OrderBook
import Primitives
import Recording
import Running
import Venues

/// A workload file of `bench orders`, in memory. Layout: 16-byte little-endian records
/// (u8 type, u8 side, u16 zero, u32 number, i32 price, i32 lots).
public struct OrderWorkload {
    var prefill: Int
    var commands: [NumberedCommand]
    var highestNumber: Int
    var highestPrice: Int32

    /// - Parameters:
    ///   - data: the records.
    ///   - prefill: so many of them build the book before the clock starts.
    ///   - file: what errors name.
    /// - Throws: `InputError` for records that are none.
    public init(records data: Data, prefill: Int, file: String) throws {
        guard data.count % 16 == 0, data.count > 0 else {
            throw InputError(
                file: file, found: "\(data.count) bytes",
                allowed: "a whole number of 16-byte records, at least one")
        }
        let count = data.count / 16
        commands = []
        commands.reserveCapacity(count)
        highestNumber = 0
        highestPrice = 1
        self.prefill = prefill
        try data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in
            for i in 0..<count {
                let at = i * 16
                guard let kind = NumberedCommand.Kind(rawValue: bytes[at]),
                    let side = Side(rawValue: bytes[at + 1])
                else {
                    throw InputError(
                        file: file, key: "record \(i + 1)", found: "type \(bytes[at]), side \(bytes[at + 1])",
                        allowed: "type 0, 1 or 2 and side 0 or 1")
                }
                func word(_ offset: Int) -> Int32 {
                    Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + offset, as: Int32.self))
                }
                let command = NumberedCommand(
                    kind: kind, side: side, number: word(4), price: word(8), lots: word(12))
                guard command.number > 0, command.number <= count, command.price > 0, command.price < 1 << 29
                else {
                    throw InputError(
                        file: file, key: "record \(i + 1)",
                        found: "number \(command.number), price \(command.price)",
                        allowed: "numbers 1 to \(count), prices 1 to \(1 << 29)")
                }
                highestNumber = max(highestNumber, Int(command.number))
                highestPrice = max(highestPrice, command.price)
                commands.append(command)
            }
        }
        guard (0...count).contains(prefill) else {
            throw InputError(file: file, found: "prefill \(prefill)", allowed: "0 to \(count)")
        }
    }
}

/// The answer of a replayed order workload.
public struct OrderBenchResult: Encodable {
    public var path: String
    public var messages: Int
    public var seconds: Double
    public var messagesPerSecond: Double
    public var trades: Int64
    public var volume: Int64
    public var notional: Int64
    public var liveAtEnd: Int
    @OrNull public var bestBid: Int? = nil
    @OrNull public var bestAsk: Int? = nil
    @OrNull public var asExpected: Bool? = nil
    public var peakMemoryMb: Double
}

extension OrderWorkload {
    /// Replays the workload on the order book alone.
    public func runBook() -> OrderBenchResult {
        var book = OrderBook(maxTicks: max(highestPrice + 1, 1 << 18), capacity: commands.count / 2)
        var identities = Pool<OrderID>(zeroed: highestNumber + 1)
        return commands.withUnsafeBufferPointer { all in
            _ = book.replay(UnsafeBufferPointer(rebasing: all[..<prefill]), identities: &identities)
            let start = ContinuousClock.now
            let totals = book.replay(UnsafeBufferPointer(rebasing: all[prefill...]), identities: &identities)
            let seconds = (ContinuousClock.now - start).seconds
            let messages = all.count - prefill
            return OrderBenchResult(
                path: "book", messages: messages, seconds: seconds,
                messagesPerSecond: Double(messages) / seconds, trades: totals.trades, volume: totals.volume,
                notional: totals.notional, liveAtEnd: book.liveOrders,
                bestBid: book.bestBid.map { Int($0.count) }, bestAsk: book.bestAsk.map { Int($0.count) },
                peakMemoryMb: peakMemoryMegabytes())
        }
    }
}

extension OrderWorkload {
    /// Replays the workload through a venue: order k belongs to account k mod 100,000, each with ample collateral,
    /// Hyperliquid's BTC tiers, self-trade prevention off, every price allowed.
    ///
    /// - Throws: `InputError` if the rulebook does not read.
    public func runVenue() throws -> OrderBenchResult {
        var rulebook = try Rulebook.named("hyperliquid", assets: ["BTC"])
        rulebook.markets[0].priceGrid = .everyTick
        let accountCount = 100_000
        var venue = Venue(rulebook, expectedAccounts: accountCount, at: SimTime(seconds: 0))
        let accounts = Identifiers(from: AccountID(rawValue: venue.house.accountCount), count: accountCount)
        for _ in 0..<accountCount {
            venue.house.deposit(Money(usd: 1_000_000), to: venue.house.openAccount())
        }
        venue.updateOracle(0, Double(commands.first?.price ?? 100_000), externalPerp: nil)
        var margin = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &margin)
        var identities = [OrderID](repeating: .none, count: highestNumber + 1)
        var replay = VenueReplay(accounts: accounts)
        replay.run(commands[..<prefill], &venue, &identities)
        replay.totals = BatchTotals()
        let start = ContinuousClock.now
        replay.run(commands[prefill...], &venue, &identities)
        let seconds = (ContinuousClock.now - start).seconds
        let zero = venue.house.zeroSum()
        guard zero.holds else { preconditionFailure("the venue path lost money: \(zero)") }
        let messages = commands.count - prefill
        return OrderBenchResult(
            path: "venue", messages: messages, seconds: seconds,
            messagesPerSecond: Double(messages) / seconds,
            trades: replay.totals.trades, volume: replay.totals.volume, notional: replay.totals.notional,
            liveAtEnd: venue.liveOrders(0), bestBid: venue.bestBid(0).map { Int($0.count) },
            bestAsk: venue.bestAsk(0).map { Int($0.count) }, peakMemoryMb: peakMemoryMegabytes())
    }
}

/// Sends workload commands to a venue and adds up what trades.
private struct VenueReplay: ~Copyable {
    let accounts: Identifiers<AccountID>
    var totals = BatchTotals()
    private var senders = Buffer<AccountID>(capacity: Self.block)
    private var upcoming = Buffer<UpcomingOrder>(capacity: Self.block)

    init(accounts: Identifiers<AccountID>) { self.accounts = accounts }

    mutating func run(
        _ commands: ArraySlice<NumberedCommand>, _ venue: inout Venue, _ identities: inout [OrderID]
    ) {
        let fillsBefore = venue.counts.fills
        for (i, command) in commands.enumerated() {
            if i % Self.block == 0 { lookAhead(commands.dropFirst(i).prefix(Self.block), &venue, identities) }
            let account = accounts[Int(command.number) % accounts.count]
            if command.kind == .cancel {
                _ = venue.cancel(0, identities[Int(command.number)], account: account)
                continue
            }
            let result = venue.submit(
                0,
                NewOrder(
                    command.side, Lots(Int64(command.lots)), at: Ticks(command.price), account: account,
                    timeInForce: command.kind == .add ? .goodTillCancel : .immediateOrCancel))
            identities[Int(command.number)] = result.resting
            if result.filled > .zero {
                totals.volume += result.filled.count
                totals.notional += venue.lastOrderValue.micros
            }
            if result.rejection != nil { totals.refused += 1 }
        }
        totals.trades += Int64(venue.counts.fills - fillsBefore)
    }

    /// Messages whose memory is loaded ahead, as of a feed that is read in batches.
    private static let block = 32

    private mutating func lookAhead(
        _ commands: ArraySlice<NumberedCommand>, _ venue: inout Venue, _ identities: [OrderID]
    ) {
        senders.removeAll()
        upcoming.removeAll()
        for command in commands {
            senders.append(accounts[Int(command.number) % accounts.count])
            upcoming.append(
                UpcomingOrder(order: identities[Int(command.number)], price: Ticks(command.price)))
        }
        venue.lookAhead(0, senders, upcoming)
    }
}
