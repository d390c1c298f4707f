@_spi(World) import Exchanges
import Primitives
import RealModule

/// What public information says each asset is worth: a random walk whose volatility itself wanders, common to all
/// assets in part, and moved by announcements.
public struct Fundamentals: Sendable {
    /// One announcement: what it is worth to the reference asset (others by their beta), how fast it is understood, and how grave
    /// market makers take it.
    public struct News: Sendable, Hashable {
        public var time: SimTime
        /// Change of the reference asset's value, as a fraction: negative for bad news.
        public var move: Double
        public var digestionSeconds: Double
        /// 0 to 1.
        public var weight: Double
        public init(time: SimTime, move: Double, digestionSeconds: Double, weight: Double) {
            self.time = time
            self.move = move
            self.digestionSeconds = digestionSeconds
            self.weight = weight
        }
    }

    public var news: [News]
    private let perStep: [Double]
    private let reference: AssetID
    /// By asset and step: an index that is given is what everybody knows an asset to be worth.
    private let imposed: [[Double]]?
    private var step = 0
    /// Share of an asset's calm variance that is the reference asset's.
    private let common = 0.55
    /// Logarithm of the volatility: a slow and a fast wandering part.
    private var slow = 0.0
    private var fast = 0.0
    private let stepSeconds: Double
    private let wandering: Double
    private var random: RandomStream
    private var spare: Double?

    /// - Parameter wandering: standard deviation of the logarithm of volatility.
    public init(
        _ views: borrowing Pool<AssetView>, reference: AssetID, imposed: [[Double]]?, news: [News],
        wandering: Double, stepSeconds: Double, seed: UInt64
    ) {
        self.reference = reference
        self.imposed = imposed
        self.news = news
        self.stepSeconds = stepSeconds
        self.wandering = wandering
        var all: [Double] = []
        for a in AssetID.first(views.capacity) {
            // A peg has no fundamental of its own.
            all.append(views[a].beta == 0 ? 0 : views[a].calmVolatility * stepSeconds.squareRoot())
        }
        perStep = all
        random = RandomStream(seed: seed, name: "fundamentals")
    }

    func combine(into hash: inout StateHash) {
        hash.combine(each: news) { hash, item in
            hash.combine(item.time)
            hash.combine(item.move)
            hash.combine(item.digestionSeconds)
            hash.combine(item.weight)
        }
        hash.combine(step)
        hash.combine(slow)
        hash.combine(fast)
        hash.combine(random)
        hash.combine(spare)
    }

    /// Moves every asset's fundamental by one step and notes announcements.
    public mutating func advance(_ exchanges: inout Exchanges) {
        if let imposed {
            // What it moved is in the path; that it came is news to the makers all the same.
            _ = announced(&exchanges)
            follow(imposed, &exchanges)
            return
        }
        wander()
        // The mean of exp(2x) is one for this shift: volatility keeps its level.
        let level = Double.exp(slow + fast - wandering * wandering)
        let shock = announced(&exchanges)
        let bitcoin = normal() * level
        let own = (1 - common).squareRoot()
        let shared = common.squareRoot()
        for a in exchanges.assetIDs {
            if perStep[a] == 0 { continue }
            let noise = a == reference ? bitcoin : shared * bitcoin + own * normal() * level
            let move = perStep[a] * noise + exchanges.views[a].beta * shock
            exchanges.worldViews[a].fundamental += move
            exchanges.worldViews[a].fundamentalMove = move
        }
    }

    private mutating func follow(_ paths: [[Double]], _ exchanges: inout Exchanges) {
        step += 1
        for a in exchanges.assetIDs {
            let price = paths[a][min(step, paths[a].count - 1)]
            let move = Double.log(price) - exchanges.views[a].fundamental
            exchanges.worldViews[a].fundamental += move
            exchanges.worldViews[a].fundamentalMove = move
        }
    }

    private mutating func wander() {
        let (slowKeep, fastKeep) = (Double.exp(-stepSeconds / 14_400), Double.exp(-stepSeconds / 600))
        let part = wandering / 2.0.squareRoot()
        slow = slowKeep * slow + part * (1 - slowKeep * slowKeep).squareRoot() * normal()
        fast = fastKeep * fast + part * (1 - fastKeep * fastKeep).squareRoot() * normal()
    }

    /// Two normals at the price of one pair of logarithm and root (Box and Muller).
    private mutating func normal() -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        let radius = (-2 * Double.log(1 - random.uniform())).squareRoot()
        let angle = 2 * Double.pi * random.uniform()
        spare = radius * Double.sin(angle)
        return radius * Double.cos(angle)
    }

    /// What announcements move the reference asset's fundamental by in this step.
    private func announced(_ exchanges: inout Exchanges) -> Double {
        var move = 0.0
        for item in news {
            let since = exchanges.now.seconds(since: item.time)
            guard since > 0 else { continue }
            if exchanges.newsTime.map({ $0 < item.time }) ?? true {
                exchanges.announce(weight: item.weight, at: item.time)
            }
            let before = max(0, since - stepSeconds)
            let understood =
                Double.exp(-before / item.digestionSeconds) - Double.exp(-since / item.digestionSeconds)
            move += item.move * understood
        }
        return move
    }
}
