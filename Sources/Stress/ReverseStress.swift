import Desk
import Primitives

/// The smallest move of all prices together that breaks a limit.
public struct ReverseStress: Sendable, Encodable {
    public var figure: String
    public var limit: Double
    /// Per cent; nil where no move down to -95, or up to 95, breaks it.
    public var fallPct: Double?
    public var risePct: Double?
    /// What the figure is at the found moves.
    public var atFall: Double?
    public var atRise: Double?

    enum CodingKeys: String, CodingKey {
        case figure, limit
        case fallPct = "fall_pct"
        case risePct = "rise_pct"
        case atFall = "at_fall"
        case atRise = "at_rise"
    }

    /// Figures that can be asked for; `fund_left_usd` breaks from above, the others from below.
    public static let figures: [String: @Sendable (StressOutcome) -> Double] = [
        "fund_left_usd": { $0.fundLeftUsd }, "fund_draw_usd": { $0.fundDrawUsd },
        "deficit_usd": { $0.deficitUsd },
        "bad_debt_usd": { $0.badDebtUsd }, "accounts_liquidated": { Double($0.accountsLiquidated) },
        "accounts_called": { Double($0.accountsCalled) }, "deleveraged_usd": { $0.deleveragedUsd },
        "liquidated_usd": { $0.liquidatedLongUsd + $0.liquidatedShortUsd },
        "margin_lost_usd": { $0.marginLostUsd },
        "cover_2_usd": { $0.cover2Usd },
        "lending_bad_debt_usd": { ($0.lending ?? []).reduce(0) { $0 + $1.badDebtUsd } },
        "lending_liquidated": { Double(($0.lending ?? []).reduce(0) { $0 + $1.accountsLiquidated }) },
    ]

    /// `fund_left_usd=0`.
    ///
    /// - Throws: `InputError` for what is no figure with a number.
    public static func parse(_ text: String) throws(InputError) -> (figure: String, limit: Double) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let limit = Double(parts[1]), limit.isFinite else {
            throw InputError(
                file: "--reverse", found: "`\(text)`", allowed: "figure=limit, as fund_left_usd=0")
        }
        guard figures[parts[0]] != nil else {
            throw InputError(
                file: "--reverse", found: "`\(parts[0])`",
                allowed: figures.keys.sorted().joined(separator: ", "),
                nearest: nearestName(to: parts[0], among: Array(figures.keys)))
        }
        return (parts[0], limit)
    }
}

extension StressedBook {
    /// Walks from zero by half a per cent to the first move that breaks the limit, then halves to a hundredth of one: a limit
    /// that breaks and heals again within half a per cent is not seen.
    public func reverse(_ figure: String, limit: Double, impact: Impact) -> ReverseStress {
        let value = ReverseStress.figures[figure]!
        func figureAt(_ hundredths: Int) -> Double {
            value(
                outcome(
                    Shock(name: "", moves: [:], others: Exact(digits: Int128(hundredths), places: 2)),
                    impact: impact))
        }
        func breaks(_ value: Double) -> Bool { figure == "fund_left_usd" ? value <= limit : value >= limit }
        var result = ReverseStress(figure: figure, limit: limit)
        for sign in [-1, 1] {
            var (whole, broken) = (0, 0)
            for step in stride(from: 0, through: 9500, by: 50) {
                if breaks(figureAt(sign * step)) {
                    broken = step
                    break
                }
                whole = step
                if step == 9500 { broken = -1 }
            }
            guard broken >= 0 else { continue }
            while broken - whole > 1 {
                let middle = (broken + whole) / 2
                if breaks(figureAt(sign * middle)) { broken = middle } else { whole = middle }
            }
            let move = Double(sign * broken) / 100
            if sign < 0 {
                (result.fallPct, result.atFall) = (move, figureAt(sign * broken))
            } else {
                (result.risePct, result.atRise) = (move, figureAt(sign * broken))
            }
        }
        return result
    }
}
