import Primitives

/// A borrower to be opened.
struct DrawnBorrower {
    var debtUSD: Double
    /// Collateral × threshold / debt.
    var health: Double
    /// Index into the protocol's collaterals.
    var first: Int
    var second: Int?
    /// The part of the weighted collateral that is in the second one.
    var secondPart = 0.0

    /// Each collateral with the value, before its threshold, that gives the borrower its health.
    func collateralUSD(thresholds: [Double]) -> [(index: Int, dollars: Double)] {
        let weighted = debtUSD * health
        var parts = [(index: first, dollars: weighted * (1 - secondPart) / thresholds[first])]
        if let second { parts.append((index: second, dollars: weighted * secondPart / thresholds[second])) }
        return parts
    }
}

/// Draws the borrowers of one protocol: debts lognormal above a minimum with an exact total, health lognormal above
/// one.
struct BorrowerDraw {
    var parameters: LendingParameters
    var seed: UInt64
    /// Nobody starts nearer to liquidation than this.
    static let leastMargin = 0.002

    /// - Parameters: `shares` of the collaterals; `minimumUSD` the least debt a protocol allows, because of which
    ///   there may be fewer borrowers than asked for.
    func borrowers(
        of name: String, count asked: Int, totalUSD: Double, minimumUSD: Double, shares: [Double],
        secondShare: Double
    ) -> [DrawnBorrower] {
        precondition(parameters.healthMedian > 1, "the median health must be above one")
        guard !shares.isEmpty, asked > 0, totalUSD >= minimumUSD else { return [] }
        let count = min(asked, Int(totalUSD / minimumUSD))
        var random = RandomStream(seed: seed, name: "lending \(name)")
        var drawn: [DrawnBorrower] = []
        var sum = 0.0
        for _ in 0..<count {
            let size = random.logNormal(median: 1, logSD: parameters.sizeLogSD)
            let margin = random.logNormal(
                median: parameters.healthMedian - 1, logSD: parameters.healthLogSD)
            var borrower = DrawnBorrower(
                debtUSD: size, health: 1 + max(margin, Self.leastMargin), first: pick(&random, shares))
            let other = pick(&random, shares)
            let part = random.uniform(0.1, 0.5)
            if random.chance(secondShare) && other != borrower.first {
                (borrower.second, borrower.secondPart) = (other, part)
            }
            drawn.append(borrower)
            sum += size
        }
        let spread = totalUSD - minimumUSD * Double(count)
        for i in 0..<count { drawn[i].debtUSD = minimumUSD + spread * drawn[i].debtUSD / sum }
        return drawn
    }

    private func pick(_ random: inout RandomStream, _ shares: [Double]) -> Int {
        var rest = random.uniform()
        for i in 0..<shares.count {
            rest -= shares[i]
            if rest < 0 { return i }
        }
        return shares.count - 1
    }
}
