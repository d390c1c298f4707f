import Exchanges
import Market
import Primitives

/// The tree of forced closings as it has grown so far: who fell because somebody was sold before.
public struct CascadeLook: Codable, Sendable, Equatable {
    public var time: String
    /// Closed by force, dollars, and the part of it that earlier forced sales had caused.
    public var closedUsd: Double
    public var causedUsd: Double
    /// Caused over closed: 1 is a fire that keeps itself alight.
    public var branchingRatio: Double
    /// Accounts by distance from the root of their tree, 0 the roots; the last stands for all beyond.
    public var accountsByGeneration: [Int]
    public var trees: Int
    /// The largest by dollars.
    public var largest: [Tree]

    public struct Tree: Codable, Sendable, Equatable {
        /// When its root was closed, and in which asset.
        public var root: String
        public var asset: String
        public var usd: Double
        public var accounts: Int
        public var generations: Int
        public var venues: Int
        public var crossesAssets: Bool
    }
}

extension CascadeLook {
    public init(_ world: borrowing World, largest count: Int = 12) {
        let tree = world.metrics.cascade.tree
        time = world.now.description
        (closedUsd, causedUsd) = (tree.closedUSD, tree.causedUSD)
        branchingRatio = tree.branchingRatio
        let last = tree.accountsByGeneration.lastIndex { $0 > 0 } ?? 0
        accountsByGeneration = Array(tree.accountsByGeneration[...last])
        trees = tree.clusters.count
        largest = []
        for one in tree.clusters.sorted(by: { $0.usd > $1.usd }).prefix(count) {
            largest.append(
                Tree(
                    root: one.root.description, asset: world.exchanges.assets[one.firstAsset], usd: one.usd,
                    accounts: Int(one.accounts), generations: Int(one.generations),
                    venues: one.venues.nonzeroBitCount, crossesAssets: one.crossesAssets))
        }
    }
}
