import Analysis
import Clearing
import Exchanges
import Market
import Primitives
import Venues

/// One margin account now. Dollars; of a coin-margined venue coins at the mark.
public struct AccountLook: Codable, Sendable, Equatable {
    public var time: String
    public var venue: String
    public var account: Int
    /// How many alike it stands for.
    public var standsFor: Int
    public var equityUsd: Double
    public var maintenanceUsd: Double
    public var notionalUsd: Double
    public var positions: [Position]
    /// For the whole story from a shell.
    public var command: String

    public struct Position: Codable, Sendable, Equatable {
        public var asset: String
        /// Signed coins (of an inverse contract dollars).
        public var size: Double
        public var notionalUsd: Double
        public var unrealisedUsd: Double
        public var mark: Double
        public var liquidationPrice: Double?
        public var isIsolated: Bool
    }
}

extension AccountLook {
    /// - Parameter name: `VENUE:NUMBER`, of a coin-margined venue `VENUE/COIN:NUMBER`.
    /// - Throws: `InputError` where there is no such venue or account.
    public init(_ name: String, of world: borrowing World) throws {
        let (p, id) = try ToldStory.find(name, world.exchanges)
        let units = world.exchanges.settlementUnits(p)
        time = world.now.description
        venue = ToldStory.label(p, world.exchanges)
        account = Int(id.rawValue)
        standsFor = Int(world.exchanges.perps[p].house.account(id).members)
        equityUsd = world.exchanges.equityUSD(p, id).shown
        (maintenanceUsd, notionalUsd) = (0, 0)
        positions = []
        let coins = world.exchanges.assetsByMarket()[p.index]
        for scope in world.exchanges.perps[p].house.scopes(of: id) {
            let margin = world.exchanges.perps[p].house.margin(scope)
            maintenanceUsd += Double(margin.maintenance.micros) / units
            notionalUsd += Double(margin.notional.micros) / units
            for position in world.exchanges.perps[p].house.openPositions(scope) {
                let held = world.exchanges.perps[p].house.position(position)
                guard Int(held.market) < coins.count else { continue }
                let unit = world.exchanges.perps[p].house.unit(held.market)
                positions.append(
                    Position(
                        asset: world.exchanges.assets[coins[Int(held.market)]],
                        size: Double(held.lots.count) / unit.lotsPerCoin,
                        notionalUsd: Double(world.exchanges.perps[p].house.notional(position).micros) / units,
                        unrealisedUsd: Double(world.exchanges.perps[p].house.unrealised(position).micros)
                            / units,
                        mark: unit.usd(world.exchanges.perps[p].house.mark(held.market)),
                        liquidationPrice: world.exchanges.perps[p].house.liquidationPrice(position).map {
                            $0 / unit.ticksPerUSD
                        },
                        isIsolated: held.isolated))
            }
        }
        command = "undertow explain RUN --account \(venue):\(account)"
    }
}
