import Exchanges
import OrderBook
import Primitives
import RealModule

/// One resting order of a ladder.
struct MakerQuote: BitwiseCopyable {
    var id: UInt64 = 0
    var lots: Int64 = 0
    var price: Int32 = 0

    func combine(into hash: inout StateHash) { hash.combine(Int64(bitPattern: id), lots, Int64(price)) }
}

/// The makers' orders on one book.
struct MakerLadder: BitwiseCopyable {
    static let levels = 6
    static let quotes = levels * 2
    /// Beyond the half-spread, as fractions of the price; and each level's share of the 1 % depth.
    static let distances: [Double] = [0, 0.001, 0.0025, 0.005, 0.0095, 0.03]
    static let weights: [Double] = [0.06, 0.12, 0.2, 0.3, 0.32, 0.8]

    let account: AccountID
    let firm: Int16
    let isInverse: Bool
    /// Looked at whatever the turn: there was a trade.
    var isStruck = true
    var isQuoted = false
    /// Flow seen so far.
    var tape: Int64 = 0
    /// Within 1 % a side when calm: what is shown, or what net flow of 1 % meets where that is more (hidden and at once
    /// renewed orders: the hidden multiple of large coins).
    let depthUSD: Double
    let absorptionUSD: Double
    let halfSpread: Double
    /// The log displacement that this book's own flow has caused.
    var answer = 0.0
    /// Where and how large it was last quoted.
    var centre = 0.0
    var presence = 0.0
    /// What the account began with.
    let start: Stake
    private let startLots: Lots
    /// What it has earned since, as its firm knows it.
    var gain = Money.zero
    /// Bought less sold since the start.
    var lots: Int64 = 0
    /// Coins (linear) or dollars (inverse) in a lot.
    private let lotSize: Double
    /// Quotes refused in this step: not told yet.
    var refusals: Int32 = 0

    init(
        account: AccountID, start: Stake, holding: Lots, firm: Int16, depthUSD: Double, absorptionUSD: Double,
        halfSpread: Double, unit: ContractUnit
    ) {
        self.start = start
        startLots = holding
        self.account = account
        self.firm = firm
        self.depthUSD = max(depthUSD, absorptionUSD * 0.01)
        self.absorptionUSD = absorptionUSD
        self.halfSpread = halfSpread
        isInverse = unit.isInverse
        lotSize = 1 / unit.lotsPerCoin
    }

    func combine(into hash: inout StateHash) {
        hash.combine(isStruck)
        hash.combine(isQuoted)
        hash.combine(tape)
        hash.combine(answer)
        hash.combine(centre)
        hash.combine(presence)
        hash.combine(gain.micros, lots, 0)
    }

    /// Takes note of what the account holds: a spot wallet begins with coins, and only what was bought or sold since is
    /// inventory.
    mutating func look(_ holding: Lots) { lots = (holding - startLots).count }

    /// Inventory in dollars.
    func inventory(_ price: Double) -> Double { Double(lots) * usdPerLot(price) }

    @inline(__always)
    func usdPerLot(_ price: Double) -> Double { isInverse ? lotSize : lotSize * price }
}
