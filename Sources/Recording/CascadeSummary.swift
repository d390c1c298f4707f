import Exchanges
import Market
import Primitives

/// Who pushed whom, as `--json` prints it. Definitions: docs/anatomy.md.
public struct CascadeSummary: Codable, Sendable {
    /// Dollars closed by force, and the part owed to earlier forced sales; their ratio.
    public var closedUsd = 0.0
    public var causedUsd = 0.0
    public var branchingRatio = 0.0
    public var clusters = 0
    public var meanClusterAccounts = 0.0
    /// Accounts by generation, 0 for roots; the last entry counts all beyond.
    public var accountsByGeneration: [Int] = []
    public var largest: [Cluster] = []
    /// By asset: the index at its lowest second.
    public var falls: [String: Parts] = [:]

    public struct Cluster: Codable, Sendable {
        public var rootUtc: String
        public var firstAsset: String
        public var accounts: Int
        public var usd: Double
        public var generations: Int
        public var venues: Int
        public var crossesAssets: Bool
    }

    /// Logarithms; the fall is the sum of its parts.
    public struct Parts: Codable, Sendable {
        public var fallLog: Double
        public var newsLog: Double
        public var forcedLog: Double
        public var otherLog: Double
        /// Fall over the part that news explains; nil where news explains none.
        public var amplification: Double?
        public var forcedShare: Double
    }

    public init() {}

    init(_ watch: CascadeWatch, _ exchanges: borrowing Exchanges) {
        let tree = watch.tree
        (closedUsd, causedUsd, branchingRatio) = (tree.closedUSD, tree.causedUSD, tree.branchingRatio)
        clusters = tree.clusters.count
        let accounts = tree.clusters.reduce(0) { $0 + Int($1.accounts) }
        meanClusterAccounts = clusters > 0 ? Double(accounts) / Double(clusters) : 0
        let last = tree.accountsByGeneration.lastIndex { $0 > 0 } ?? -1
        accountsByGeneration = Array(tree.accountsByGeneration.prefix(last + 1))
        let order = tree.clusters.indices.sorted {
            (-tree.clusters[$0].usd, $0) < (-tree.clusters[$1].usd, $1)
        }
        largest = order.prefix(10).map { i in
            let c = tree.clusters[i]
            return Cluster(
                rootUtc: c.root.description, firstAsset: exchanges.assets[c.firstAsset],
                accounts: Int(c.accounts),
                usd: c.usd, generations: Int(c.generations), venues: c.venues.nonzeroBitCount,
                crossesAssets: c.crossesAssets)
        }
        for low in watch.atLow where low.fall > 0 {
            falls[exchanges.assets[low.asset]] = Parts(
                fallLog: low.fall, newsLog: low.news, forcedLog: low.forced,
                otherLog: low.fall - low.news - low.forced,
                amplification: low.news > 1e-6 ? low.fall / low.news : nil, forcedShare: low.forced / low.fall
            )
        }
    }
}
