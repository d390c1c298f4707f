import Exchanges
import Primitives

/// Somebody who trades: called once a step, in the order of the world's list, with nothing but what a user's own
/// strategy would have: prices, its orders and accounts, margin calls, transfers.
///
/// Ours and a user's are written against the same interface; `docs/strategies.md` adds one in under sixty lines.
public protocol Strategy: AnyObject {
    var name: String { get }
    /// Trades because somebody was liquidated: sells what was taken over or seized, or a hedge that lost its other leg. The
    /// cascade tree counts such sales as forced.
    var isForced: Bool { get }
    /// Looks, submits, cancels, transfers. Nothing else may change the world.
    func act(_ exchanges: inout Exchanges)
    /// Sees what clearing did in this step (`house.events` of every venue): liquidations, calls, deleveraging.
    func observe(_ exchanges: borrowing Exchanges)
    /// Adds everything that decides how the strategy goes on.
    func combine(into hash: inout StateHash)
}

extension Strategy {
    public var isForced: Bool { false }
    public func observe(_ exchanges: borrowing Exchanges) {}
    public func combine(into hash: inout StateHash) {}
}
