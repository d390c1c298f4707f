import Exchanges
import Primitives

/// Keeps a copy of a world of shortly before the lowest moment of an asset, which is known to be the lowest only when the run
/// is over.
///
/// A copy is made at the end of a minute in which the asset is near its lowest: what is lower than that is lower within the
/// minute or, after a copy less, within some.
public struct LowKeeper: ~Copyable {
    /// Copies are made up to this far above the lowest price.
    private static let nearness = 0.01
    private let asset: AssetID
    private var latest: World?
    private var before: World?

    public init(asset: AssetID) { self.asset = asset }

    /// Looks at a world before each step, and once after the last.
    public mutating func see(_ world: borrowing World) {
        let fall = world.metrics.indexFalls[asset]
        if fall.isSeen && fall.lowTime == world.now && latest != nil { before = latest.take() }
        guard world.now.nanoseconds % 60_000_000_000 == 0, world.now >= world.metrics.setup.reference else {
            return
        }
        if world.exchanges.views[asset].index < fall.low * (1 + Self.nearness) { latest = world.copy() }
    }

    /// The world at the lowest moment: the copy from before it, gone on from.
    ///
    /// - Parameter start: the world at its first moment, for a run without a copy.
    public mutating func world(at time: SimTime, orFrom start: borrowing World) -> World {
        var world = before.take() ?? start.copy()
        precondition(world.now <= time, "the copy is from before the low")
        while world.now < time { world.step() }
        return world
    }
}
