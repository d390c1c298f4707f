import Foundation
import Recording

/// What the press said of 10 October 2025, beside the record and a run.
public struct Claim: Sendable {
    /// The key of the statement among the facts.
    public var key: String
    public var statement: String
    /// What was recorded, by whom.
    public var evidence: String
    /// The run's figure; nil where the model has nothing to say.
    public var figure: String?
    public var verdict: String

    /// Every statement, in the order of the facts.
    public static func of(_ run: RunRecord) -> [Claim] {
        let s = run.summary
        let liquidated = s.liquidatedLongUsd + s.liquidatedShortUsd
        let reported = s.reportedLongUsd + s.reportedShortUsd
        func bn(_ usd: Double) -> String { rounded(usd / 1e9) + " bn USD" }
        func within(_ value: Double, _ low: Double, _ high: Double) -> String {
            (low...high).contains(value)
                ? "recorded, and the run agrees" : "recorded; the run does not reproduce it"
        }
        func fall(_ name: String) -> String { rounded(s.fallPct[name] ?? 0) + " %" }
        let worst = s.worstAssets.first
        let dollars = reported > 0 ? liquidated / reported : 0
        let decentral =
            s.byVenue["hyperliquid"].map {
                ($0.liquidatedLongUsd + $0.liquidatedShortUsd) / max(liquidated, 1)
            } ?? 0
        let whales = s.cohorts.sorted { $0.key < $1.key }.map { name, c in
            "\(name) \(rounded((c.afterCoins / max(c.beforeCoins, 1e-9) - 1) * 100)) % \(c.asset)"
        }.joined(separator: ", ")
        return [
            Claim(
                key: "seed.liq.long", statement: "over 16.7 bn of longs liquidated",
                evidence: "CoinGlass 16.69 bn, as reported by feeds",
                figure: "\(bn(s.reportedLongUsd)) reported, \(bn(s.liquidatedLongUsd)) in truth",
                verdict: within(s.reportedLongUsd / 1e9, 13, 20)),
            Claim(
                key: "seed.liq.short", statement: "2.5 bn of shorts liquidated",
                evidence: "CoinGlass 2.46 bn",
                figure: "\(bn(s.reportedShortUsd)) reported, \(bn(s.liquidatedShortUsd)) in truth",
                verdict: within(s.reportedShortUsd / 1e9, 2, 3.5)),
            Claim(
                key: "seed.liq.ratio_long_short", statement: "seven longs to one short",
                evidence: "6.8 of the feeds; Binance alone about 1.5",
                figure: s.longShortRatio.map(rounded), verdict: within(s.longShortRatio ?? 0, 3.35, 12)),
            Claim(
                key: "seed.liq.total", statement: "20 bn within hours",
                evidence: "19.1 to 19.5 bn in 24 hours",
                figure: "\(bn(reported)) reported, \(bn(liquidated)) in truth",
                verdict: within(reported / 1e9, 15, 23)),
            Claim(
                key: "seed.traders_liquidated", statement: "1.6 million traders",
                evidence: "1.6 million accounts of all venues; people have several",
                figure: "\(rounded(Double(s.accountsLiquidated) / 1e6)) million accounts",
                verdict: within(Double(s.accountsLiquidated) / 1e6, 1, 2.5)),
            Claim(
                key: "seed.price.max_single_asset_loss", statement: "some coins lost up to 95 %",
                evidence: "32 of 430 Binance pairs lost more than 90 %; elsewhere the same coins lost half",
                figure: worst.map { "\($0.asset) on \($0.venue) \(rounded($0.fallPct)) %" },
                verdict: within(worst?.fallPct ?? 0, 85, 100)),
            Claim(
                key: "seed.tariff", statement: "a 100 % tariff announced late on Friday",
                evidence: "posted at 20:50 UTC, in force from 1 November",
                figure: "imposed: the announcement at its minute",
                verdict: "true; an input of the run, not a result"),
            Claim(
                key: "seed.total3.before", statement: "1.15 tn without Bitcoin and Ether",
                evidence: "its high that week was 1.18 to 1.19 tn",
                figure: nil, verdict: "plausible; the run starts from recorded supply and prices"),
            Claim(
                key: "seed.total3.low", statement: "a low of 76.6 bn",
                evidence: "would be a fall of 93 % and below the 308 bn of stablecoins that TOTAL3 contains",
                figure: "TOTAL3 fell \(fall("TOTAL3"))", verdict: "false as printed: a misprint for 766 bn"),
            Claim(
                key: "seed.claim.cause_leverage",
                statement: "leverage and a macro shock did it, not fundamentals",
                evidence: "post-mortems agree, and add faults of venues and makers who left",
                figure: "fundamentals moved by what the news imposes; Bitcoin fell \(fall("BTC"))",
                verdict: "not decided by one run: needs the shares of attribution"),
            Claim(
                key: "seed.claim.liquidity_worsened_by_tariff_news",
                statement: "the news made liquidity worse",
                evidence: "Kaiko, Coin Metrics, Amberdata: depth fell after the post",
                figure: "1 % depth at its lowest \(rounded(s.depth1pctMinShare)) of before",
                verdict: within(s.depth1pctMinShare, 0, 0.5)),
            Claim(
                key: "seed.claim.small_caps_near_zero", statement: "small coins near zero",
                evidence: "on Binance spot alone (ATOM, IOTX, ENJ); elsewhere -46 to -65 %",
                figure: "\(rounded(s.assetsBeyond90Pct)) % of assets beyond -90 % somewhere",
                verdict: s.assetsBeyond90Pct > 0
                    ? "recorded on one venue; some in the run" : "recorded on one venue; the run has none"),
            Claim(
                key: "seed.claim.worst_since_ftx_terra", statement: "the worst since Terra and FTX",
                evidence:
                    "a record in liquidations and for alts; Bitcoin fell further in March 2020 and May 2021",
                figure: "Bitcoin \(fall("BTC")), \(bn(liquidated)) liquidated",
                verdict: "true of liquidations, not of Bitcoin's price"),
            Claim(
                key: "seed.claim.actual_losses_exceed_reported", statement: "more was lost than was reported",
                evidence:
                    "estimates of 30 to 40 bn of notional; but notional is not loss: CryptoQuant counts 2.3 bn lost in Bitcoin and Ether",
                figure:
                    "notional in truth \(rounded(dollars)) times the feeds'; realised losses \(bn(s.realisedLossUsd))",
                verdict: dollars > 1 && s.realisedLossUsd < reported
                    ? "true of notional, false of losses" : dollars > 1 ? "true" : "not in this run"),
            Claim(
                key: "seed.claim.contagion_to_lending", statement: "it spread to lending",
                evidence: "180 to 260 M liquidated, bad debt of 1 to 3 M: contained",
                figure:
                    "\(rounded(s.lendingLiquidatedUsd / 1e6)) M liquidated, bad debt \(rounded(s.lendingBadDebtUsd / 1e6)) M",
                verdict: "spread, and contained: bad debt " + (s.lendingBadDebtUsd < 5e6 ? "is" : "is not")
                    + " small in the run"),
            Claim(
                key: "seed.claim.mainly_cex", statement: "mainly centralised exchanges",
                evidence:
                    "Hyperliquid alone showed half of all that feeds reported, because it hides nothing",
                figure: "Hyperliquid \(rounded(decentral * 100)) % of what was liquidated in truth",
                verdict: decentral < 0.5 ? "true in truth, false in the feeds" : "false in this run"),
            Claim(
                key: "seed.claim.infrastructure_intact", statement: "infrastructure held",
                evidence:
                    "chains ran; Binance's transfers were slow for 33 minutes, dYdX stood for eight hours",
                figure: "imposed: recorded outages", verdict: "mixed; an input of the run"),
            Claim(
                key: "seed.claim.whales_accumulating", statement: "whales bought",
                evidence: "mixed: the largest and the long-term holders sold on balance",
                figure: whales, verdict: "mixed; what cohorts do is a hypothesis the user sets"),
            Claim(
                key: "seed.claim.not_end_of_bull", statement: "not the end of the bull market",
                evidence: "Bitcoin stood below 90,000 in November 2025 and near 60,000 in February 2026",
                figure: nil, verdict: "contradicted by what followed; outside the run"),
            Claim(
                key: "seed.claim.absence_of_buyers", statement: "no buyers",
                evidence: "Kaiko: Bitcoin's books nearly empty for minutes",
                figure: "makers' capital left at worst \(rounded(s.makerCapitalLeftMinShare)) of before",
                verdict: within(s.depth1pctMinShare, 0, 0.1)),
            Claim(
                key: "seed.quote.klippsten", statement: "a flush of leverage and weak hands, then gains",
                evidence: "an opinion",
                figure:
                    "traders' gross leverage \(rounded(s.leverageBefore)) before, \(rounded(s.leverageAfter)) at the end",
                verdict: s.leverageAfter < s.leverageBefore
                    ? "leverage left, in the run too; gains are outside it" : "not in this run"),
            Claim(
                key: "seed.quote.kobeissi", statement: "technical, no change of long-term fundamentals",
                evidence: "an opinion; the wording is a paraphrase",
                figure: "Bitcoin regained \(rounded(s.regainedByMidnightPct["BTC"] ?? 0)) % by midnight",
                verdict: "consistent with what was regained; not decided by one run"),
            Claim(
                key: "seed.quote.kobeissi_sell_start",
                statement: "selling began an hour before the first post",
                evidence: "13:50 UTC by the thread itself",
                figure: nil, verdict: "before the run's start"),
        ]
    }

    /// All of them as a page of Markdown.
    public static func markdown(_ run: RunRecord) -> String {
        var lines = [
            "# What was said of the day", "",
            "Written by `undertow claims RUN` from \(run.summary.scenario), scale \(run.summary.scale), seed \(run.summary.seed), state hash \(run.summary.stateHash); do not edit. One run, not an average.",
            "", "| statement | recorded | this run | verdict |", "|---|---|---|---|",
        ]
        for claim in of(run) {
            lines.append(
                "| \(claim.statement) (`\(claim.key)`) | \(claim.evidence) | \(claim.figure ?? "–") | \(claim.verdict) |"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
