import Clearing
import Primitives
import Venues

/// What a venue does not do for a while.
public struct Outage: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// New orders are refused; matching of nothing new, liquidations wait.
        case orders
        /// Deposits and withdrawals wait.
        case transfers
        /// The venue's index keeps its last price.
        case oracle
    }
    public var kind: Kind
    public var exchange: VenueID
    public var from: SimTime
    public var until: SimTime

    public init(_ kind: Kind, exchange: VenueID, from: SimTime, until: SimTime) {
        self.kind = kind
        self.exchange = exchange
        self.from = from
        self.until = until
    }
}

extension Exchanges {
    /// One more outage, told while the world runs.
    @_spi(World) public mutating func add(_ outage: Outage) { outages.append(outage) }
    /// Another breaker from now on, nil for none. Who is halted stays so until the next step asks.
    @_spi(World) public mutating func set(_ breaker: CircuitBreaker?) {
        self.breaker = breaker
        guard breaker == nil else { return }
        for s in 0..<spots.count { spots[s].isHalted = false }
        for p in perpetualIDs { perps[p].isHalted = false }
    }

    /// Applies the outages of this moment.
    @_spi(World) public mutating func applyOutages() {
        breaker?.see(views[reference].index, at: now)
        if outages.isEmpty && breaker == nil { return }
        let isBroken = breaker?.isHalting(at: now) ?? false
        for exchange in venueIDs {
            let isHalted = isBroken || isOut(.orders, exchange)
            if isSpot(exchange) {
                spots[spot(exchange)].isHalted = isHalted
            } else {
                perps[exchange].isHalted = isHalted
            }
        }
    }

    public func isOut(_ kind: Outage.Kind, _ exchange: VenueID) -> Bool {
        for outage in outages
        where outage.kind == kind && outage.exchange == exchange && outage.from <= now && now < outage.until {
            return true
        }
        return false
    }

    /// Takes no orders now.
    public func isHalted(_ exchange: VenueID) -> Bool {
        isSpot(exchange) ? spots[spot(exchange)].isHalted : perps[exchange].isHalted
    }

    public func isFrozen(_ exchange: VenueID) -> Bool { isOut(.transfers, exchange) }
}
