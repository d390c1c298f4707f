import Recording

/// What a run of the whole market makes of the statements.
struct MarketClaims {
    private let measures: Measures
    private let s: MarketSummary
    private typealias Judgement = Claim.Judgement

    init(_ run: RunRecord) {
        measures = Measures(run)
        s = run.summary
    }

    /// By key; what the run saw too little of has no verdict.
    var judgements: [String: Claim.Judgement] {
        var all = liquidations.merging(prices) { $1 }.merging(others) { $1 }
        let minutes = Measures.eventMinutes
        if measures.minutesAfterNews < minutes {
            for key in all.keys {
                all[key]!.verdict = nil
                all[key]!.why =
                    "the run ended less than \(Int(minutes)) min after the announcement"
            }
        }
        return all
    }

    private func fall(_ name: String) -> String {
        s.fallPct[name].map { rounded($0) + " %" } ?? "was not seen"
    }
    private var liquidated: Double { measures.liquidated }
    private var reported: Double { measures.reported }

    private var liquidations: [String: Judgement] {
        var all: [String: Judgement] = [:]
        all["seed.liq.long"] = Judgement(
            figure: "\(Claim.bn(s.reportedLongUsd)) reported, \(Claim.bn(s.liquidatedLongUsd)) in truth",
            verdict: Claim.within(s.reportedLongUsd / 1e9, 13, 20))
        all["seed.liq.short"] = Judgement(
            figure: "\(Claim.bn(s.reportedShortUsd)) reported, \(Claim.bn(s.liquidatedShortUsd)) in truth",
            verdict: Claim.within(s.reportedShortUsd / 1e9, 2, 3.5))
        all["seed.liq.ratio_long_short"] =
            s.longShortRatio.map { Judgement(figure: rounded($0), verdict: Claim.within($0, 3.35, 12)) }
            ?? .unseen("no short was liquidated")
        all["seed.liq.total"] = Judgement(
            figure: "\(Claim.bn(reported)) reported, \(Claim.bn(liquidated)) in truth",
            verdict: Claim.within(reported / 1e9, 15, 23))
        let accounts = Double(s.accountsLiquidated) / 1e6
        all["seed.traders_liquidated"] = Judgement(
            figure: "\(rounded(accounts)) million accounts", verdict: Claim.within(accounts, 1, 2.5))
        if reported > 0 {
            let dollars = liquidated / reported
            all["seed.claim.actual_losses_exceed_reported"] = Judgement(
                figure:
                    "notional in truth \(rounded(dollars)) times the feeds'; realised losses \(Claim.bn(s.realisedLossUsd))",
                verdict: dollars > 1 && s.realisedLossUsd < reported
                    ? "true of notional, false of losses" : dollars > 1 ? "true" : "not in this run")
        } else {
            all["seed.claim.actual_losses_exceed_reported"] = .unseen("the feeds reported nothing")
        }
        if let own = s.byVenue["hyperliquid"], liquidated > 0 {
            let share = (own.liquidatedLongUsd + own.liquidatedShortUsd) / liquidated
            all["seed.claim.mainly_cex"] = Judgement(
                figure: "Hyperliquid \(rounded(share * 100)) % of what was liquidated in truth",
                verdict: share < 0.5 ? "true in truth, false in the feeds" : "false in this run")
        } else {
            all["seed.claim.mainly_cex"] = .unseen("nothing was liquidated, or Hyperliquid is not in the run")
        }
        return all
    }

    private var prices: [String: Judgement] {
        var all: [String: Judgement] = [:]
        all["seed.price.max_single_asset_loss"] =
            s.worstAssets.first.map {
                Judgement(
                    figure: "\($0.asset) on \($0.venue) \(rounded($0.fallPct)) %",
                    verdict: Claim.within($0.fallPct, 85, 100))
            } ?? .unseen("no fall was seen")
        all["seed.total3.low"] = Judgement(figure: "TOTAL3 fell \(fall("TOTAL3"))")
        all["seed.claim.cause_leverage"] = Judgement(
            figure: "fundamentals moved by what the news imposes; Bitcoin fell \(fall("BTC"))")
        all["seed.claim.small_caps_near_zero"] = Judgement(
            figure: "\(rounded(s.assetsBeyond90Pct)) % of assets beyond -90 % somewhere",
            verdict: s.assetsBeyond90Pct > 0
                ? "recorded on one venue; some in the run" : "recorded on one venue; the run has none")
        all["seed.claim.worst_since_ftx_terra"] = Judgement(
            figure: "Bitcoin \(fall("BTC")), \(Claim.bn(liquidated)) liquidated")
        all["seed.quote.kobeissi"] =
            s.regainedByMidnightPct["BTC"].map {
                Judgement(
                    figure: "Bitcoin regained \(rounded($0)) % by midnight",
                    verdict: "consistent with what was regained; not decided by one run")
            } ?? .unseen("the run saw no midnight UTC after a fall")
        return all
    }

    private var others: [String: Judgement] {
        var all: [String: Judgement] = [:]
        all["seed.tariff"] = Judgement(figure: "imposed: the announcement at its minute")
        all["seed.claim.infrastructure_intact"] = Judgement(figure: "imposed: recorded outages")
        if measures.hasDepthBefore {
            all["seed.claim.liquidity_worsened_by_tariff_news"] = Judgement(
                figure: "1 % depth at its lowest \(rounded(s.depth1pctMinShare)) of before",
                verdict: Claim.within(s.depth1pctMinShare, 0, 0.5))
            all["seed.claim.absence_of_buyers"] = Judgement(
                figure: "makers' capital left at worst \(rounded(s.makerCapitalLeftMinShare)) of before",
                verdict: Claim.within(s.depth1pctMinShare, 0, 0.1))
        } else {
            for key in ["seed.claim.liquidity_worsened_by_tariff_news", "seed.claim.absence_of_buyers"] {
                all[key] = .unseen("no depth was recorded before the announcement")
            }
        }
        all["seed.claim.contagion_to_lending"] =
            s.lending.isEmpty
            ? .unseen("no lending in the run")
            : Judgement(
                figure:
                    "\(rounded(s.lendingLiquidatedUsd / 1e6)) M liquidated, bad debt \(rounded(s.lendingBadDebtUsd / 1e6)) M",
                verdict: "spread, and contained: bad debt " + (s.lendingBadDebtUsd < 5e6 ? "is" : "is not")
                    + " small in the run")
        all["seed.claim.whales_accumulating"] = Judgement(
            figure: s.cohorts.sorted { $0.key < $1.key }.map { name, c in
                c.beforeCoins > 0
                    ? "\(name) \(rounded((c.afterCoins / c.beforeCoins - 1) * 100)) % \(c.asset)"
                    : "\(name) held no \(c.asset) before"
            }.joined(separator: ", "))
        all["seed.quote.klippsten"] = Judgement(
            figure:
                "traders' gross leverage \(rounded(s.leverageBefore)) before, \(rounded(s.leverageAfter)) at the end",
            verdict: s.leverageAfter < s.leverageBefore
                ? "leverage left, in the run too; gains are outside it" : "not in this run")
        return all
    }
}
