import Exchanges
import Looks
import Market
import Primitives
import Venues

/// What a page needs to draw the present: aggregates, never accounts. About two kilobytes as JSON.
public struct Frame: Codable, Sendable, Equatable {
    public var run: Int
    /// UTC.
    public var time: String
    public var seconds: Int64
    public var step: Int
    public var isPlaying: Bool
    /// Simulated seconds a second asked for; nil: as fast as it goes.
    public var speed: Double?
    /// Simulated seconds a second that came of it lately.
    public var pace: Double
    public var isFinished: Bool
    /// The end of the recorded minutes; later than `seconds` where somebody went back.
    public var recordedUntil: Int64
    /// Index prices of the largest assets, dollars, in the order of `RunInfo.majors`.
    public var prices: [Double]
    /// By venue (`RunInfo.venues`).
    public var venues: [VenueFrame]
    /// Closed by force so far, dollars.
    public var liquidatedLongUsd: Double
    public var liquidatedShortUsd: Double
    public var openInterestUsd: Double
    /// What is being done, in words; empty while nothing is.
    public var doing: String
    /// What happened to the run, in words: that it came back after a stop, or cannot be kept.
    public var note: String
    /// Moments kept to go back to, and those that had to go for want of memory.
    public var keptMoments: Int
    public var droppedMoments: Int
}

/// Who paid on one perpetual venue so far. Dollars.
public struct VenueFrame: Codable, Sendable, Equatable {
    public var venue: String
    public var liquidatedUsd = 0.0
    public var reportedUsd = 0.0
    public var filledInBooksUsd = 0.0
    public var takenOverUsd = 0.0
    public var deleveragedUsd = 0.0
    public var fundUsd = 0.0
    public var fundPaidUsd = 0.0
    public var badDebtUsd = 0.0
    public var accountsLiquidated = 0
    public var accountsDeleveraged = 0
    public var openInterestUsd = 0.0
    public var isHalted = false
}

/// One recorded minute: a point of every chart.
public struct MinuteFrame: Codable, Sendable, Equatable {
    /// Its start, Unix seconds.
    public var seconds: Int64
    public var prices: [Double]
    public var liquidatedLongUsd: Double
    public var liquidatedShortUsd: Double
    public var reportedUsd: Double
    public var openInterestUsd: Double
    public var takenOverUsd: Double
    public var deleveragedUsd: Double
    public var marginCalls: Int
    public var depthUsd: Double
    public var makersWithdrawn: Double
    /// The world's hash at its end.
    public var hash: String
    /// As a frame of that moment shows it.
    public var venues: [VenueFrame]
    /// The first asset's price at the end of that minute as recorded; nil where nothing is.
    public var recordedPrice: Double?
}

extension Frame {
    init(_ world: borrowing World, run: Int) {
        self.run = run
        time = world.now.description
        seconds = world.now.seconds
        step = world.steps
        (isPlaying, speed, pace, doing, note) = (false, nil, 0, "", "")
        (keptMoments, droppedMoments) = (1, 0)
        isFinished = world.isFinished
        recordedUntil = world.now.seconds
        prices = world.majors.map { world.exchanges.views[$0].index.shown }
        venues = VenueFrame.all(world)
        liquidatedLongUsd = world.metrics.tallies.reduce(0) { $0 + $1.liquidatedLong }.shown
        liquidatedShortUsd = world.metrics.tallies.reduce(0) { $0 + $1.liquidatedShort }.shown
        openInterestUsd = world.metrics.openInterest.after
    }
}

extension VenueFrame {
    /// Perpetual venues by their public names: of a coin-margined one all ledgers together.
    static func all(_ world: borrowing World) -> [VenueFrame] {
        var all: [VenueFrame] = []
        for p in world.exchanges.perpetualIDs {
            let name = world.exchanges.names[p]
            let i = all.firstIndex { $0.venue == name } ?? all.count
            if i == all.count { all.append(VenueFrame(venue: name)) }
            let tally = world.metrics.tallies[p.index]
            all[i].liquidatedUsd += tally.liquidatedLong + tally.liquidatedShort
            all[i].reportedUsd += tally.reportedLong + tally.reportedShort
            all[i].filledInBooksUsd += tally.filledInBooks
            all[i].takenOverUsd += tally.vaultTakeover + tally.fundTakeover
            all[i].deleveragedUsd += tally.deleveraged
            all[i].fundPaidUsd += tally.fundDraw
            all[i].badDebtUsd += tally.badDebt
            all[i].accountsLiquidated += tally.accountsLiquidated
            all[i].accountsDeleveraged += tally.deleveragedAccounts
            all[i].openInterestUsd += tally.openInterestAfter
            all[i].isHalted = all[i].isHalted || world.exchanges.perps[p].isHalted
            if let fund = world.exchanges.perps[p].fund {
                all[i].fundUsd += world.exchanges.equityUSD(p, fund).shown
            }
        }
        return all
    }
}

extension MinuteFrame {
    /// The minute that has just ended.
    init?(_ world: borrowing World) {
        guard let minute = world.metrics.minutes.last else { return nil }
        seconds = minute.time.seconds
        prices = world.majors.map { world.exchanges.views[$0].index.shown }
        liquidatedLongUsd = minute.liquidatedLong.reduce(0, +)
        liquidatedShortUsd = minute.liquidatedShort.reduce(0, +)
        reportedUsd = minute.reportedLong.reduce(0, +) + minute.reportedShort.reduce(0, +)
        openInterestUsd = minute.openInterest.reduce(0, +)
        takenOverUsd = minute.takeovers
        deleveragedUsd = minute.deleveraged
        marginCalls = minute.marginCalls
        depthUsd = minute.bitcoinDepthUSD
        makersWithdrawn = minute.caution
        hash = world.minuteHash().hex
        venues = VenueFrame.all(world)
    }
}
