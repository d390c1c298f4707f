/// A statement of the press about 10 October 2025, and what was recorded.
struct ClaimStatement {
    /// Among the facts.
    var key: String
    var statement: String
    /// What was recorded, by whom.
    var evidence: String
    /// The verdict where the record alone decides; nil where a run is asked.
    var recorded: String?

    /// In the order of the facts.
    static let all = [
        ClaimStatement(
            key: "seed.liq.long", statement: "over 16.7 bn of longs liquidated",
            evidence:
                "CoinGlass 16.69 bn, as reported by feeds"),
        ClaimStatement(
            key: "seed.liq.short", statement: "2.5 bn of shorts liquidated",
            evidence:
                "CoinGlass 2.46 bn"),
        ClaimStatement(
            key: "seed.liq.ratio_long_short", statement: "seven longs to one short",
            evidence:
                "6.8 of the feeds; Binance alone about 1.5"),
        ClaimStatement(
            key: "seed.liq.total", statement: "20 bn within hours",
            evidence:
                "19.1 to 19.5 bn in 24 hours"),
        ClaimStatement(
            key: "seed.traders_liquidated", statement: "1.6 million traders",
            evidence:
                "1.6 million accounts of all venues; people have several"),
        ClaimStatement(
            key: "seed.price.max_single_asset_loss", statement: "some coins lost up to 95 %",
            evidence:
                "32 of 430 Binance pairs lost more than 90 %; elsewhere the same coins lost half"),
        ClaimStatement(
            key: "seed.tariff", statement: "a 100 % tariff announced late on Friday",
            evidence:
                "posted at 20:50 UTC, in force from 1 November",
            recorded: "true; an input of the run, not a result"),
        ClaimStatement(
            key: "seed.total3.before", statement: "1.15 tn without Bitcoin and Ether",
            evidence:
                "its high that week was 1.18 to 1.19 tn",
            recorded: "plausible; the run starts from recorded supply and prices"),
        ClaimStatement(
            key: "seed.total3.low", statement: "a low of 76.6 bn",
            evidence:
                "would be a fall of 93 % and below the 308 bn of stablecoins that TOTAL3 contains",
            recorded: "false as printed: a misprint for 766 bn"),
        ClaimStatement(
            key: "seed.claim.cause_leverage",
            statement: "leverage and a macro shock did it, not fundamentals",
            evidence:
                "post-mortems agree, and add faults of venues and makers who left",
            recorded: "not decided by one run: needs the shares of attribution"),
        ClaimStatement(
            key: "seed.claim.liquidity_worsened_by_tariff_news", statement: "the news made liquidity worse",
            evidence:
                "Kaiko, Coin Metrics, Amberdata: depth fell after the post"),
        ClaimStatement(
            key: "seed.claim.small_caps_near_zero", statement: "small coins near zero",
            evidence:
                "on Binance spot alone (ATOM, IOTX, ENJ); elsewhere -46 to -65 %"),
        ClaimStatement(
            key: "seed.claim.worst_since_ftx_terra", statement: "the worst since Terra and FTX",
            evidence:
                "a record in liquidations and for alts; Bitcoin fell further in March 2020 and May 2021",
            recorded: "true of liquidations, not of Bitcoin's price"),
        ClaimStatement(
            key: "seed.claim.actual_losses_exceed_reported", statement: "more was lost than was reported",
            evidence:
                "estimates of 30 to 40 bn of notional; but notional is not loss: CryptoQuant counts 2.3 bn lost in Bitcoin and Ether"
        ),
        ClaimStatement(
            key: "seed.claim.contagion_to_lending", statement: "it spread to lending",
            evidence:
                "180 to 260 M liquidated, bad debt of 1 to 3 M: contained"),
        ClaimStatement(
            key: "seed.claim.mainly_cex", statement: "mainly centralised exchanges",
            evidence:
                "Hyperliquid alone showed half of all that feeds reported, because it hides nothing"),
        ClaimStatement(
            key: "seed.claim.infrastructure_intact", statement: "infrastructure held",
            evidence:
                "chains ran; Binance's transfers were slow for 33 minutes, dYdX stood for eight hours",
            recorded: "mixed; an input of the run"),
        ClaimStatement(
            key: "seed.claim.whales_accumulating", statement: "whales bought",
            evidence:
                "mixed: the largest and the long-term holders sold on balance",
            recorded: "mixed; what cohorts do is a hypothesis the user sets"),
        ClaimStatement(
            key: "seed.claim.not_end_of_bull", statement: "not the end of the bull market",
            evidence:
                "Bitcoin stood below 90,000 in November 2025 and near 60,000 in February 2026",
            recorded: "contradicted by what followed; outside the run"),
        ClaimStatement(
            key: "seed.claim.absence_of_buyers", statement: "no buyers",
            evidence:
                "Kaiko: Bitcoin's books nearly empty for minutes"),
        ClaimStatement(
            key: "seed.quote.klippsten", statement: "a flush of leverage and weak hands, then gains",
            evidence:
                "an opinion"),
        ClaimStatement(
            key: "seed.quote.kobeissi", statement: "technical, no change of long-term fundamentals",
            evidence:
                "an opinion; the wording is a paraphrase"),
        ClaimStatement(
            key: "seed.quote.kobeissi_sell_start", statement: "selling began an hour before the first post",
            evidence:
                "13:50 UTC by the thread itself",
            recorded: "before the run's start"),
    ]
}
