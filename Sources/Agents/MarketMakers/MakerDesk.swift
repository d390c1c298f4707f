import Exchanges
import Primitives
import RealModule

/// One firm's capital, which all its books draw on.
struct MakerFirm {
    let capital: Double
    /// What all its books have earned so far: exactly what their accounts have more than at the start.
    var profit = Money.zero
    /// Put in anew, and losses beyond its capital, which others bore.
    var raised = 0.0

    func combine(into hash: inout StateHash) {
        hash.combine(profit.micros)
        hash.combine(raised)
    }

    /// The share of its capital that it has.
    var left: Double { min(1, max(0, 1 + (profit.dollars + raised) / max(capital, 1))) }

    /// Losses draw new capital where making markets pays again: what is missing comes in at a rate that grows as the market
    /// settles.
    mutating func raise(settled: Double, minutes: Double, seconds: Double) {
        if capital + profit.dollars + raised < 0 { raised = -capital - profit.dollars }
        raised += (1 - left) * capital * settled * (1 - Double.exp(-seconds / 60 / minutes))
    }
}

/// What the makers of one asset hold in common: where they think its price is, and how many are there.
struct MakerDesk: BitwiseCopyable {
    /// The logarithm of the price that quotes lie around when there is no flow.
    var reference: Double
    /// Added by recent net flow on all books of the asset.
    var answer = 0.0
    /// Share of the calm depth that is quoted, 0 to 1.
    var presence = 1.0
    let absorptionUSD: Double
    let logRank: Double
    /// Lost or earned on this asset.
    var profit = Money.zero
    let share: Double
    /// Can be turned into something else at a known rate: makers quote around that whatever one venue's price does.
    let isPegged: Bool
    var lastIndex: Double
    /// The logarithm of the index at the start.
    private let opened: Double
    /// Patient orders of the asset on one side within a distance that is to it what 5 % is to Bitcoin, and that distance.
    private let patientUSD: Double
    private let patientWidth: Double

    init(_ view: AssetView, _ p: MakerParameters) {
        reference = Double.log(max(view.index, 1e-12))
        lastIndex = reference
        opened = reference
        absorptionUSD = p.absorptionUSD * Double.power(view.size, p.absorptionExponent)
        logRank = Double.log(Double(view.rank))
        share = view.size
        isPegged = view.isPegged
        patientUSD = p.patientAt5PctUSD * Double.power(view.size, p.patientDeepness)
        patientWidth = 0.05 * max(0.05, view.calmVolatility / max(p.referenceVolatility, 1e-12))
    }

    func combine(into hash: inout StateHash) {
        hash.combine(reference)
        hash.combine(answer)
        hash.combine(presence)
        hash.combine(profit.micros)
        hash.combine(lastIndex)
    }

    /// The asset's move in the last step beyond what its news explains.
    func move(_ view: AssetView) -> Double {
        Double.log(max(view.index, 1e-12)) - lastIndex - view.fundamentalMove
    }

    func capitalLeft(_ capital: Double) -> Double {
        max(0, 1 + min(0, profit.dollars) / max(capital * share, 1))
    }

    /// Requotes at once for news and for moves of Bitcoin's, follows the price slowly, forgets flow as fast as the makers
    /// who are there can refill.
    mutating func advance(
        _ view: AssetView, bitcoinSurprise: Double, seconds dt: Double, _ p: MakerParameters
    ) {
        let price = Double.log(max(view.index, 1e-12))
        lastIndex = price
        if isPegged {
            reference = view.fundamental
            return
        }
        reference += view.fundamentalMove + p.crossQuoting * view.beta * bitcoinSurprise
        reference += (price - reference) * dt / (p.referenceMinutes * 60)
        reference -= (reference - view.fundamental) * dt / (p.anchorMinutes * 60)
        answer *= Double.exp(-rate(p) * dt)
    }

    /// Net flow that moves the asset by one log unit now: what the makers who are there take, the patient orders at this
    /// distance from what news says it is worth, and the limit orders that people bring within the makers' horizon, which lie
    /// around their mean distance.
    ///
    /// - Parameter flow: purchases less sales of takers; sales meet bids.
    func resistance(
        _ view: AssetView, _ p: MakerParameters, to flow: Double, arriving: Exchanges.Arriving
    ) -> Double {
        let distance = abs(reference + answer - view.fundamental)
        let patient =
            distance > 1e-4
            ? p.patientExponent * patientUSD
                * Double.power(min(distance, 7 * patientWidth) / patientWidth, p.patientExponent)
                / distance : 0
        let people =
            arriving.distance > 0
            ? (flow < 0 ? arriving.bidsUSD : arriving.asksUSD) * p.flowHorizonSeconds / arriving.distance : 0
        return absorptionUSD * presence + patient + people
    }

    /// What collateral in the coin is worth over the start, to the power that makers' presence follows; at most 1.
    func coinCollateral(_ index: Double, _ p: MakerParameters) -> Double {
        guard p.coinCollateralExponent > 0, index > 0 else { return 1 }
        return min(1, Double.exp(p.coinCollateralExponent * (Double.log(index) - opened)))
    }

    func rate(_ p: MakerParameters) -> Double {
        p.resilience * (p.resilienceWithoutMakers + (1 - p.resilienceWithoutMakers) * presence)
    }
}
