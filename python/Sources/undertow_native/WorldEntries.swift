import Agents
import Clearing
import Commands
import Exchanges
import Foundation
import Market
import OrderBook
import Primitives
import Running
import Venues

// The C interface of worlds. A handle is closed by `undertow_world_close`; any thread may use it, one at a time is inside.
// Functions that return a number give -1 where a book, a venue or an account does not exist.

public typealias Handle = UnsafeMutableRawPointer

/// The world of a run, at its first moment.
///
/// - Parameters:
///   - words: options of `run`.
///   - stop: building ends once it is not 0.
///   - answer: what was wrong where there is no world.
@_cdecl("undertow_world_open")
public func openWorld(
    _ count: Int32, _ words: Words?, _ stop: UnsafePointer<Int32>?,
    _ answer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Handle? {
    let watch = Watch(stop, nil)
    let asked = EmbeddedCall.run(strings(count, words))
    guard let run = asked.run else {
        answer.pointee = Answer.call(asked.call)
        return nil
    }
    do { return WorldBox(try run.world(isInterrupted: { watch.isStopped }), run).handle } catch {
        answer.pointee = Answer.of { throw error }
        return nil
    }
}

@_cdecl("undertow_world_copy")
public func copyWorld(_ handle: Handle) -> Handle { WorldBox.of(handle).copy().handle }

@_cdecl("undertow_world_close")
public func closeWorld(_ handle: Handle) {
    Unmanaged<WorldBox>.fromOpaque(handle).release()
    FreedMemory.giveBack()
}

/// Steps, at most so many: to the world's end.
///
/// - Returns: how many were made.
@_cdecl("undertow_world_step")
public func stepWorld(_ handle: Handle, _ most: Int64) -> Int64 {
    WorldBox.of(handle).with { world in
        var made: Int64 = 0
        while made < most, !world.isFinished {
            world.step()
            made += 1
        }
        return made
    }
}

/// Nanoseconds since 1970, steps made, and whether it is over.
@_cdecl("undertow_world_now")
public func now(_ handle: Handle, _ out: UnsafeMutablePointer<Int64>) {
    WorldBox.of(handle).with { world in
        (out[0], out[1], out[2]) = (world.now.nanoseconds, Int64(world.steps), world.isFinished ? 1 : 0)
    }
}

@_cdecl("undertow_world_ask")
public func ask(_ handle: Handle, _ question: UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>? {
    let text = String(cString: question)
    return Answer.of {
        let decoder = JSONDecoder()
        guard let asked = try? decoder.decode(WorldQuestion.self, from: Data(text.utf8)) else {
            throw InputError(file: "world", found: "no question", allowed: "an object with `ask`")
        }
        return try asked.answer(WorldBox.of(handle))
    }
}

/// Bid, ask, last trade, mark, index of a book, dollars; not a number where there is none.
@_cdecl("undertow_world_quote")
public func quote(_ handle: Handle, _ book: Int32, _ out: UnsafeMutablePointer<Double>) -> Int32 {
    WorldBox.of(handle).with { world in
        guard (0..<world.exchanges.books.count).contains(Int(book)) else { return -1 }
        let id = BookID(Int(book))
        let place = world.exchanges.place(id)
        let unit = world.exchanges.unit(id)
        out[0] = world.exchanges.bestBid(id).map { unit.usd($0) } ?? .nan
        out[1] = world.exchanges.bestAsk(id).map { unit.usd($0) } ?? .nan
        out[2] = world.exchanges.lastTrade(id).map { unit.usd($0) } ?? .nan
        out[3] =
            place.isSpot
            ? .nan : unit.usd(world.exchanges.perps[place.exchange].house.mark(place.market))
        out[4] = world.exchanges.views[place.asset].index
        return 0
    }
}

/// Dollars that rest within so many basis points of the mid: bids, offers.
@_cdecl("undertow_world_depth")
public func depth(_ handle: Handle, _ book: Int32, _ basisPoints: Int32, _ out: UnsafeMutablePointer<Double>)
    -> Int32
{
    WorldBox.of(handle).with { world in
        guard (0..<world.exchanges.books.count).contains(Int(book)), (0...10_000).contains(basisPoints) else {
            return -1
        }
        let id = BookID(Int(book))
        out[0] = world.exchanges.depthUSD(id, .buy, withinBasisPoints: Int64(basisPoints))
        out[1] = world.exchanges.depthUSD(id, .sell, withinBasisPoints: Int64(basisPoints))
        return 0
    }
}

/// Signed coins of an account in a book (of an inverse contract dollars), and what it has in all there: equity of a margin account, dollars of a
/// wallet.
@_cdecl("undertow_world_holding")
public func holding(_ handle: Handle, _ book: Int32, _ account: Int32, _ out: UnsafeMutablePointer<Double>)
    -> Int32
{
    WorldBox.of(handle).with { world in
        guard (0..<world.exchanges.books.count).contains(Int(book)) else { return -1 }
        let id = BookID(Int(book))
        let place = world.exchanges.place(id)
        guard has(world.exchanges, place.exchange, account) else { return -1 }
        let who = AccountID(Int(account))
        out[0] = Double(world.exchanges.holding(id, who).count) / world.exchanges.unit(id).lotsPerCoin
        out[1] =
            place.isSpot
            ? world.exchanges.freeCash(id, who).dollars : world.exchanges.equityUSD(place.exchange, who)
        return 0
    }
}

private func has(_ exchanges: borrowing Exchanges, _ venue: VenueID, _ account: Int32) -> Bool {
    guard account >= 0 else { return false }
    return exchanges.isSpot(venue)
        ? Int(account) < exchanges.walletCount(venue)
        : exchanges.perps[venue].house.exists(account: AccountID(Int(account)))
}

/// Brings an order for the next step.
///
/// - Parameters:
///   - usd: its size in dollars, or not a number; then `coins` is (of an inverse contract dollars).
///   - limit: dollars, or not a number: up to a twentieth beyond the best price; then what does not fill at once is cancelled.
///   - flags: 1 a sale, 2 cancel what does not fill at once, 4 only if it rests, 8 only if it reduces.
/// - Returns: its number from 1; -1 no such book or account, -2 a size that is none, -3 a limit that is none, -4 the world is over.
@_cdecl("undertow_world_order")
public func order(
    _ handle: Handle, _ book: Int32, _ account: Int32, _ usd: Double, _ coins: Double, _ limit: Double,
    _ flags: Int32
) -> Int64 {
    WorldBox.of(handle).with { world in
        guard (0..<world.exchanges.books.count).contains(Int(book)) else { return -1 }
        let id = BookID(Int(book))
        let place = world.exchanges.place(id)
        guard has(world.exchanges, place.exchange, account) else { return -1 }
        if world.isFinished { return -4 }
        let unit = world.exchanges.unit(id)
        let side = flags & 1 == 0 ? Side.buy : .sell
        let highest = world.exchanges.maxTicks(id)
        let last = world.exchanges.lastTrade(id) ?? unit.nearestTick(world.exchanges.views[place.asset].index)
        var price = Ticks(side == .buy ? highest : 1)
        if !limit.isNaN {
            guard limit > 0, limit * unit.ticksPerUSD <= Double(highest) else { return -3 }
            price = world.exchanges.onGrid(id, unit.nearestTick(limit), side)
        } else if let best = side == .buy ? world.exchanges.bestAsk(id) : world.exchanges.bestBid(id) {
            // A twentieth beyond the best price: margin is asked at the limit, and nobody wants to pay any.
            let beyond = Double(best.count) * (side == .buy ? 1.05 : 0.95)
            price = world.exchanges.onGrid(id, Ticks(Int(max(1, min(beyond, Double(highest))))), side)
        }
        let lots =
            usd.isNaN
            ? coins.isFinite && coins > 0
                ? Lots(Int64(min(coins * unit.lotsPerCoin + 1e-9, 2_199_023_255_552))) : .zero
            : usd.isFinite && usd > 0 ? unit.lots(worth: usd, at: limit.isNaN ? last : price) : .zero
        guard lots > .zero else { return -2 }
        let isTaker = limit.isNaN || flags & 2 != 0
        return Int64(
            world.bring(
                id, AccountID(Int(account)),
                .submit(
                    NewOrder(
                        side, lots, at: price, account: AccountID(Int(account)),
                        timeInForce: isTaker
                            ? .immediateOrCancel : flags & 4 != 0 ? .postOnly : .goodTillCancel,
                        selfTrade: .cancelMaker, reduceOnly: flags & 8 != 0))))
    }
}

/// Brings the cancellation of a resting order for the next step; -1 where there is none.
@_cdecl("undertow_world_cancel")
public func cancel(_ handle: Handle, _ book: Int32, _ account: Int32, _ order: UInt64) -> Int64 {
    WorldBox.of(handle).with { world in
        guard (0..<world.exchanges.books.count).contains(Int(book)) else { return -1 }
        let id = BookID(Int(book))
        guard has(world.exchanges, world.exchanges.place(id).exchange, account), order != 0 else { return -1 }
        return Int64(world.bring(id, AccountID(Int(account)), .cancel(OrderID(raw: order))))
    }
}

/// Coins that are left of a resting order; 0 where it is gone.
@_cdecl("undertow_world_left")
public func left(_ handle: Handle, _ book: Int32, _ order: UInt64) -> Double {
    WorldBox.of(handle).with { world in
        guard (0..<world.exchanges.books.count).contains(Int(book)) else { return -1 }
        let id = BookID(Int(book))
        return Double(world.exchanges.remaining(id, OrderID(raw: order)).count)
            / world.exchanges.unit(id).lotsPerCoin
    }
}

/// What became of the orders of the last step, five numbers each: number, book, coins filled, dollars they filled for, the rule that refused it
/// (-1: none), and in `resting` the number of the order that rests.
///
/// - Returns: how many there are; the first `room` are written.
@_cdecl("undertow_world_answers")
public func answers(
    _ handle: Handle, _ room: Int64, _ out: UnsafeMutablePointer<Double>,
    _ resting: UnsafeMutablePointer<UInt64>
) -> Int64 {
    WorldBox.of(handle).with { world in
        let answers = world.outsideAnswers
        for (i, answer) in answers.prefix(Int(max(0, room))).enumerated() {
            out[5 * i] = Double(answer.number)
            out[5 * i + 1] = Double(answer.book.rawValue)
            out[5 * i + 2] = Double(answer.filled.count) / world.exchanges.unit(answer.book).lotsPerCoin
            out[5 * i + 3] = Double(answer.filledMicros) / 1e6
            out[5 * i + 4] = answer.rejection.map { Double($0.rawValue) } ?? -1
            resting[i] = answer.resting.raw
        }
        return Int64(answers.count)
    }
}

/// A rule that refuses orders, in words.
@_cdecl("undertow_rejection")
public func rejection(_ number: Int32) -> UnsafeMutablePointer<CChar>? {
    Answer.text(Rejection(rawValue: UInt8(clamping: number))?.words ?? "unknown")
}
