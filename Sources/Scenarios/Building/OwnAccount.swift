import Clearing
import Primitives
import Venues

/// An account of one's own that is carried into a run, in place of as much of the population on its venue.
public struct OwnAccount: Sendable {
    public struct Position: Sendable {
        /// A coin of the event's assets.
        public var coin: String
        public var isLong: Bool
        /// Dollars at the mark.
        public var notionalUSD: Double
        /// The entry price over the mark.
        public var entry: Double
        public var leverage: Int
        /// Collateral of this position alone, in the venue's currency, without its profit; nil for a cross position.
        public var isolatedMargin: Double?
        /// One of the two sides of hedge mode.
        public var isLeg: Bool

        public init(
            coin: String, isLong: Bool, notionalUSD: Double, entry: Double, leverage: Int,
            isolatedMargin: Double?,
            isLeg: Bool
        ) {
            self.coin = coin
            self.isLong = isLong
            self.notionalUSD = notionalUSD
            self.entry = entry
            self.leverage = leverage
            self.isolatedMargin = isolatedMargin
            self.isLeg = isLeg
        }
    }
    public var name: String
    /// As the event names it.
    public var venue: String
    /// Collateral of cross positions in the venue's currency: dollars, or coins at the event's first price. Below zero is a debt.
    public var cash: Double
    public var positions: [Position]

    /// Whether a ledger takes it in: coin-margined venues have one for each coin, under one name.
    public func stands(on name: String, coins: [String]) -> Bool {
        venue == name && positions.allSatisfy { coins.contains($0.coin) }
    }

    public init(name: String, venue: String, cash: Double, positions: [Position]) {
        self.name = name
        self.venue = venue
        self.cash = cash
        self.positions = positions
    }
}

extension Scenario {
    /// Perpetual venues of the event by name: their coins with the price they begin at, and whether contracts settle in their coin.
    ///
    /// - Throws: `InputError` for an event whose venues cannot be built.
    public func perpetuals() throws -> [String: (coins: [String: Double], isInverse: Bool)] {
        let venues = try ExchangeBuilder(self)
        var all: [String: (coins: [String: Double], isInverse: Bool)] = [:]
        for e in venues.perpetualIDs {
            let coins = venues.marketAssets[e].map { (venues.assets[$0].name, venues.assets[$0].priceUSD) }
            // Each coin of a coin-margined venue is a ledger of its own, under one name.
            let before = all[venues.names[e]]?.coins ?? [:]
            all[venues.names[e]] = (
                before.merging(coins) { a, _ in a }, venues.rulebooks[e].markets[0].spec.unit.isInverse
            )
        }
        return all
    }
}
