import Desk
import Foundation
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
    /// With an impact: what must be lost of the depth at the shock asked for, per cent; nil where 99 do not break it.
    public var depthLossPct: Double?
    public var depthLossAt: String?
    /// With an impact: the shortest way of both together, each measured by what it takes alone.
    public var pair: Pair?

    /// In words, behind the moves; empty without an impact.
    var withDepth: String {
        guard let at = depthLossAt else { return "" }
        let loss =
            depthLossPct.map { String(format: "%.0f %% of depth", $0) } ?? "no loss of depth up to 99 %"
        let both = pair.map {
            String(format: "; or %.2f %% down with %.0f %% of depth lost", $0.movePct, $0.depthLossPct)
        }
        return "; at \(at) \(loss)\(both ?? "")"
    }

    public struct Pair: Sendable, Encodable {
        public var movePct: Double
        public var depthLossPct: Double

        enum CodingKeys: String, CodingKey {
            case movePct = "move_pct"
            case depthLossPct = "depth_loss_pct"
        }
    }

    enum CodingKeys: String, CodingKey {
        case figure, limit, pair
        case depthLossPct = "depth_loss_pct"
        case depthLossAt = "depth_loss_at"
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

    /// A fund breaks a limit from above, every other figure from below; of a limit of nothing it takes something.
    static func breaks(_ figure: String, _ value: Double, _ limit: Double) -> Bool {
        figure == "fund_left_usd" ? value <= limit : limit == 0 ? value > 0 : value >= limit
    }

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
    ///
    /// - Parameter shock: at which the smallest loss of depth is looked for.
    /// - Throws: `CancellationError` once `watch` says so.
    public func reverse(
        _ figure: String, limit: Double, impact: Impact, at shock: Shock? = nil
    ) throws -> ReverseStress {
        let value = ReverseStress.figures[figure]!
        func breaks(_ value: Double) -> Bool { ReverseStress.breaks(figure, value, limit) }
        func told(at shock: Shock, losing depth: Double) throws -> Double {
            try watch.check()
            return value(outcome(shock, impact: impact.thinned(by: depth)))
        }
        var result = ReverseStress(figure: figure, limit: limit)
        try smallestMoves(&result, breaks) { hundredths, loss in
            try told(
                at: Shock(name: "", moves: [:], others: Exact(digits: Int128(hundredths), places: 2)),
                losing: loss)
        }
        guard impact != .none, let shock else { return result }
        result.depthLossAt = shock.name
        result.depthLossPct = try Self.smallestLoss { breaks(try told(at: shock, losing: $0)) }
        return result
    }

    /// Whole per cents up to 99 by halving: a loss of depth never helps.
    private static func smallestLoss(_ breaks: (Double) throws -> Bool) rethrows -> Double? {
        try breaks(99) ? Double(try halved(-1, 99) { try breaks(Double($0)) }) : nil
    }

    private func smallestMoves(
        _ result: inout ReverseStress, _ breaks: (Double) -> Bool,
        _ figureAt: (_ hundredths: Int, _ lossPct: Double) throws -> Double
    ) rethrows {
        for sign in [-1, 1] {
            guard let broken = try Self.smallestMove(sign, { breaks(try figureAt($0, 0)) }) else { continue }
            let move = Double(sign * broken) / 100
            if sign < 0 {
                (result.fallPct, result.atFall) = (move, try figureAt(sign * broken, 0))
            } else {
                (result.risePct, result.atRise) = (move, try figureAt(sign * broken, 0))
            }
        }
        guard let alone = result.fallPct, alone < 0 else { return }
        // The way: the fall over the fall it takes alone, and the share of depth lost.
        var best = Double.infinity
        for loss in stride(from: 10.0, through: 90, by: 20) {
            // Thinner books never help: the move lies below that of today's depth.
            let broken = try Self.halved(0, Int((-alone * 100).rounded())) { breaks(try figureAt(-$0, loss)) }
            let move = Double(-broken) / 100
            guard move / alone + loss / 100 < best, move != alone else { continue }
            best = move / alone + loss / 100
            result.pair = .init(movePct: move, depthLossPct: loss)
        }
    }

    /// Hundredths of a per cent; nil where no move up to 95 % breaks it.
    private static func smallestMove(_ sign: Int, _ breaks: (Int) throws -> Bool) rethrows -> Int? {
        var (whole, broken) = (0, 0)
        for step in stride(from: 0, through: 9500, by: 50) {
            if try breaks(sign * step) {
                broken = step
                break
            }
            whole = step
            if step == 9500 { return nil }
        }
        return try halved(whole, broken) { try breaks(sign * $0) }
    }

    /// Between what holds and what breaks.
    private static func halved(_ whole: Int, _ broken: Int, _ breaks: (Int) throws -> Bool) rethrows -> Int {
        var (whole, broken) = (whole, broken)
        while broken - whole > 1 {
            let middle = (broken + whole) / 2
            if try breaks(middle) { broken = middle } else { whole = middle }
        }
        return broken
    }
}
