import Exchanges
import Primitives

/// Somebody who trades: called once a step, in the order of the world's list, with nothing but what a user's own
/// strategy would have: prices, its orders and accounts, margin calls, transfers.
///
/// A strategy is a value that holds no reference: a copy of the world has strategies of its own, without anybody's doing.
/// What one must tell another goes through `Exchanges`.
///
/// Ours and a user's are written against the same interface; `docs/strategies.md` adds one in under sixty lines.
public protocol Strategy: Sendable {
    var name: String { get }
    /// Trades because somebody was liquidated: sells what was taken over or seized, or a hedge that lost its other leg. The
    /// cascade tree counts such sales as forced.
    var isForced: Bool { get }
    /// Looks, submits, cancels, transfers. Nothing else may change the world.
    mutating func act(_ exchanges: inout Exchanges)
    /// Sees what clearing did in this step (`house.events` of every venue): liquidations, calls, deleveraging.
    mutating func observe(_ exchanges: borrowing Exchanges)
    /// Reads its settings again: what it can change while it runs, it does (`Agent.liveKeys`).
    mutating func take(_ settings: any Settings)
    /// Adds everything that decides how the strategy goes on: every stored property that ever changes.
    func combine(into hash: inout StateHash)
    /// The same for the hash of every minute, without what is as large as the population.
    func combineForMinute(into hash: inout StateHash)
}

extension Strategy {
    public var isForced: Bool { false }
    public mutating func observe(_ exchanges: borrowing Exchanges) {}
    public mutating func take(_ settings: any Settings) {}
    public func combineForMinute(into hash: inout StateHash) { combine(into: &hash) }
}
