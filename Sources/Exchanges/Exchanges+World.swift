import Primitives
import Venues

/// What the world's step and its builder change, and no agent: a file must say `@_spi(World) import Exchanges` to reach it.
extension Exchanges {
    @_spi(World) public var worldPerps: FixedArray<Venue> {
        _read { yield perps }
        _modify { yield &perps }
    }

    @_spi(World) public var worldSpots: FixedArray<SpotVenue> {
        _read { yield spots }
        _modify { yield &spots }
    }
}
