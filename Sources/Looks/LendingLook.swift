import LendingMarkets
import Market
import Primitives

/// The lending protocols now. Dollars.
public struct LendingLook: Codable, Sendable, Equatable {
    public var time: String
    public var protocols: [Row]

    public struct Row: Codable, Sendable, Equatable {
        public var name: String
        public var borrowers: Int
        /// As of the last booked interest.
        public var debtUsd: Double
        public var liquidations: Int
        public var liquidatedUsd: Double
        public var badDebtUsd: Double
    }
}

extension LendingLook {
    public init(_ world: borrowing World) {
        time = world.now.description
        protocols = world.lending.markets.rows.map {
            Row(
                name: $0.name, borrowers: $0.borrowers, debtUsd: $0.debtUSD.shown,
                liquidations: $0.liquidations, liquidatedUsd: $0.liquidatedUSD.shown,
                badDebtUsd: $0.badDebtUSD.shown)
        }
    }
}
