import Primitives

/// Who pushed whom: of every forced closing, what part of the price move since its account was last safe was caused by earlier
/// forced sales, and to which of them it is owed.
///
/// Every step an asset's move is split into what the news explains, what followed Bitcoin, and the rest by who traded: forced
/// orders or anybody else. An account is safe until its first margin call (or until the step before, if it got none); the
/// split of the move from there to the closing is the closing's. The part due to forced sales is its chance to have a parent,
/// drawn among those sales by how much each step of them moved the price; the other part makes it a root.
public struct CascadeTree {
    /// One asset's step. Falls are positive, as logarithms; flows are net sales in dollars.
    public struct Move: Sendable {
        public var fall: Double
        /// Explained by the news.
        public var news: Double
        /// Followed from Bitcoin's own unexplained move.
        public var fromBitcoin: Double
        public var forcedSales: Double
        public var otherSales: Double

        public init(fall: Double, news: Double, fromBitcoin: Double, forcedSales: Double, otherSales: Double)
        {
            self.fall = fall
            self.news = news
            self.fromBitcoin = fromBitcoin
            self.forcedSales = forcedSales
            self.otherSales = otherSales
        }
    }

    /// A tree of closings that all go back to one root.
    public struct Cluster: Sendable {
        public var accounts: Int32 = 0
        public var usd = 0.0
        /// Of the farthest from the root, which is 0.
        public var generations: Int16 = 0
        public var venues: UInt32 = 0
        public let firstAsset: AssetID
        public var crossesAssets = false
        public var root: SimTime
    }

    /// Cumulative sums at the end of a step.
    private struct Sums: BitwiseCopyable {
        var fall = 0.0
        var news = 0.0
        var forced = 0.0
        var forcedFromBitcoin = 0.0
    }

    /// Steps that are remembered: longer waits count from the oldest.
    private static let memory = 3600
    private static let searched = 256
    private let assets: Int
    private let reference: AssetID
    /// By asset and step modulo `memory`.
    private var sums: RecentSteps<Sums>
    /// The closing that stands for its asset's closings of a step, drawn by size: its tree and generation, -1 for none.
    private var standing: RecentSteps<Int32>
    private var standingGeneration: RecentSteps<Int16>
    /// Dollars closed in this step, by asset.
    private var closedNow: [Double]
    private var bitcoinForcedShare = 0.0
    private var step = 0
    private var draws = SplitMix64(seed: 0x7EE)

    public private(set) var clusters: [Cluster] = []
    /// Accounts by generation, the last for all beyond.
    public private(set) var accountsByGeneration = [Int](repeating: 0, count: 64)
    /// Dollars closed by force, and the part of them owed to earlier forced sales.
    public private(set) var closedUSD = 0.0
    public private(set) var causedUSD = 0.0
    /// The latter in the present minute.
    private var minuteCausedUSD = 0.0

    /// - Parameter reference: the asset whose moves others follow.
    public init(assets: Int, reference: AssetID = AssetID(0)) {
        self.assets = assets
        self.reference = reference
        sums = RecentSteps(Sums(), assets: assets, steps: Self.memory)
        standing = RecentSteps(-1, assets: assets, steps: Self.memory)
        standingGeneration = RecentSteps(0, assets: assets, steps: Self.memory)
        closedNow = Array(repeating: 0, count: assets)
    }

    /// Begins a step; every asset's move must follow, the reference asset's first.
    public mutating func begin() {
        step += 1
        for a in AssetID.first(assets) {
            closedNow[a] = 0
            standing[place(a, step)] = -1
        }
    }

    public mutating func add(_ move: Move, asset a: AssetID) {
        var s = sums[place(a, step - 1)]
        let own = move.fall - move.news - move.fromBitcoin
        // Only trades that went the way the price did can have moved it.
        let sign = own < 0 ? -1.0 : 1.0
        let forced = max(0, move.forcedSales * sign)
        let other = max(0, move.otherSales * sign)
        let share = forced + other > 0 ? forced / (forced + other) : 0
        if a == reference { bitcoinForcedShare = share }
        s.fall += move.fall
        s.news += move.news
        s.forced += own * share
        s.forcedFromBitcoin += move.fromBitcoin * bitcoinForcedShare
        sums[place(a, step)] = s
    }

    /// A closing by force in this step.
    ///
    /// - Parameters:
    ///   - safe: the step at which the account was last known to be safe; 0 or later.
    ///   - isNew: the account's first closing: a node of the tree. Later ones count as dollars only.
    /// - Returns: the part owed to earlier forced sales, 0 to 1.
    @discardableResult
    public mutating func close(
        asset a: AssetID, venue: VenueID, usd: Double, safe: Int, isNew: Bool, accounts: Int32,
        at time: SimTime
    ) -> Double {
        let from = max(safe, step - Self.memory + 1, 0)
        let before = sums[place(a, min(from, step - 1))]
        let now = sums[place(a, step)]
        let total = now.fall - before.fall
        let own = (now.forced - before.forced) / total
        let crossed = (now.forcedFromBitcoin - before.forcedFromBitcoin) / total
        let isMoved = abs(total) > 1e-12
        let ownShare = isMoved ? min(1, max(0, own)) : 0
        let crossShare = isMoved ? min(1 - ownShare, max(0, crossed)) : 0
        let caused = ownShare + crossShare
        closedUSD += usd
        causedUSD += usd * caused
        minuteCausedUSD += usd * caused
        guard isNew else { return caused }
        let u = uniform()
        var parent: (tree: Int32, generation: Int16)?
        if u < ownShare {
            parent = drawParent(a, from)
        } else if u < caused {
            parent = drawParent(AssetID(0), from)
        }
        let tree: Int32
        let generation: Int16
        if let parent {
            tree = parent.tree
            generation = parent.generation &+ 1
        } else {
            tree = Int32(clusters.count)
            generation = 0
            clusters.append(Cluster(firstAsset: a, root: time))
        }
        clusters[Int(tree)].accounts += accounts
        clusters[Int(tree)].usd += usd
        clusters[Int(tree)].generations = max(clusters[Int(tree)].generations, generation)
        clusters[Int(tree)].venues |= 1 << UInt32(venue.index & 31)
        if clusters[Int(tree)].firstAsset != a { clusters[Int(tree)].crossesAssets = true }
        accountsByGeneration[min(accountsByGeneration.count - 1, Int(generation))] += Int(accounts)
        closedNow[a] += usd
        if uniform() * closedNow[a] <= usd {
            standing[place(a, step)] = tree
            standingGeneration[place(a, step)] = generation
        }
        return caused
    }

    /// One of the steps since `from`, drawn by how far forced sales moved the price in it, and the closing that stands for the
    /// step before: its orders are what traded then.
    private mutating func drawParent(_ a: AssetID, _ from: Int) -> (tree: Int32, generation: Int16)? {
        let first = max(from + 1, step - Self.searched, 1)
        guard first <= step else { return nil }
        var weights = 0.0
        var found: (Int32, Int16)?
        for k in first...step {
            let moved = abs(sums[place(a, k)].forced - sums[place(a, k - 1)].forced)
            guard moved > 0, let at = lastStanding(a, before: k) else { continue }
            weights += moved
            if uniform() * weights <= moved { found = (standing[at], standingGeneration[at]) }
        }
        return found.map { (tree: $0.0, generation: $0.1) }
    }

    /// The nearest step before `k` with a closing, up to three back: orders reach the book in the step of the closing or the
    /// next.
    private func lastStanding(_ a: AssetID, before k: Int) -> RecentPlace? {
        for back in 0...3 where k - back >= 1 {
            let at = place(a, k - back)
            if standing[at] >= 0 && k - back < step { return at }
        }
        return nil
    }

    /// Dollars of the present minute that are owed to earlier forced sales; begins the next.
    mutating func takeMinute() -> Double {
        defer { minuteCausedUSD = 0 }
        return minuteCausedUSD
    }

    /// What an asset has fallen since the start, and the parts that news, forced sales and Bitcoin's forced sales explain.
    public func parts(_ a: AssetID) -> (fall: Double, news: Double, forced: Double, forcedFromBitcoin: Double)
    {
        let s = sums[place(a, step)]
        return (s.fall, s.news, s.forced, s.forcedFromBitcoin)
    }

    /// The share of forced closings that earlier ones caused: the mean number of closings each causes, in dollars.
    public var branchingRatio: Double { closedUSD > 0 ? causedUSD / closedUSD : 0 }

    @inline(__always) private func place(_ a: AssetID, _ step: Int) -> RecentPlace {
        RecentPlace(a, step, of: Self.memory)
    }
    private mutating func uniform() -> Double { Double(draws.next() >> 11) * 0x1p-53 }
}
