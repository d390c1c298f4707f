import Market
import Primitives

/// The moments of a run from which forks go on: its first, that of the reference asset's low, and its last.
public final class Forks {
    private var start: World?
    private var last: World?
    private var keeper: LowKeeper

    /// - Parameter reference: the asset whose low is meant.
    public init(reference: AssetID) { keeper = LowKeeper(asset: reference) }

    func begin(_ world: borrowing World) { start = world.copy() }

    /// Before every step.
    func see(_ world: borrowing World) { keeper.see(world) }

    /// After the last step, before the run's totals are made.
    func end(_ world: borrowing World) {
        keeper.see(world)
        last = world.copy()
    }

    /// The world at the low, to go on with; the long way from the start where nothing nearer was kept.
    public func takeLow(at time: SimTime) -> World {
        guard let first = start.take() else { preconditionFailure("a run begins") }
        let world = keeper.world(at: time, orFrom: first)
        start = consume first
        return world
    }

    /// The world at the first moment; once, and after `takeLow`.
    public func takeStart() -> World {
        guard let world = start.take() else { preconditionFailure("a run begins") }
        return world
    }

    /// The world at the last moment; once.
    public func takeEnd() -> World {
        guard let world = last.take() else { preconditionFailure("a run ends") }
        return world
    }
}
