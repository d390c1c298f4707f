import Clearing
import Exchanges
import Primitives
import Venues

/// Events on their way to the database, with what is needed to read their units.
struct EventPage: Sendable {
    struct Entry: Sendable {
        var venue: VenueID
        var event: ClearingEvent
    }

    /// What a venue's numbers stand for.
    struct Ledger: Sendable {
        var settlement = Settlement.dollars
        /// By market of the clearing house: contracts, then collateral.
        var units: [ContractUnit] = []
        /// By market; nil for collateral.
        var assets: [AssetID?] = []
    }

    var entries: [Entry]
    let ledgers: [Ledger]

    /// By venue.
    static func ledgers(of exchanges: borrowing Exchanges) -> [Ledger] {
        var ledgers: [Ledger] = []
        for p in exchanges.perpetualIDs {
            let units = exchanges.perps[p].house.markets.map(\.unit)
            ledgers.append(
                Ledger(
                    settlement: exchanges.settlement(p), units: units,
                    assets: Array(repeating: nil, count: units.count)))
        }
        for place in exchanges.books where !place.isSpot {
            ledgers[place.exchange].assets[Int(place.market)] = place.asset
        }
        return ledgers
    }

    fileprivate func asset(_ i: Int) -> Int64? {
        let (venue, market) = (entries[i].venue, Int(entries[i].event.market))
        guard market >= 0, let asset = ledgers[venue].assets[market] else { return nil }
        return Int64(asset.rawValue)
    }

    /// The change of the position in coins: of an inverse contract what its face value is worth at the event's price.
    fileprivate func coins(_ i: Int) -> Double? {
        let e = entries[i].event
        guard e.market >= 0 else { return nil }
        let unit = unit(i)
        guard unit.isInverse else { return unit.coins(e.lots) }
        if e.lots == .zero { return 0 }
        return e.price.count > 0 ? figure(unit.notional(e.lots, at: e.price), i) : nil
    }

    fileprivate func price(_ i: Int) -> Double? {
        let e = entries[i].event
        guard e.market >= 0, e.price.count > 0 else { return nil }
        return unit(i).usd(e.price)
    }

    /// Of an event of a market.
    private func unit(_ i: Int) -> ContractUnit {
        ledgers[entries[i].venue].units[Int(entries[i].event.market)]
    }

    /// Equity or maintenance margin of the decision behind an event; nil of a payment, which none is behind.
    fileprivate func reason(_ money: Money, _ i: Int) -> Double? {
        let e = entries[i].event
        return e.equity == .zero && e.maintenance == .zero ? nil : figure(money, i)
    }

    fileprivate func figure(_ money: Money, _ i: Int) -> Double {
        ledgers[entries[i].venue].settlement.amount(money)
    }
}

enum EventTable {
    /// What is kept one by one; margin calls, cancellations and recoveries are counted by the minute.
    static let kept: Set<ClearingEvent.Kind> = [
        .partialLiquidation, .fullLiquidation, .vaultTakeover, .fundTakeover, .deleveraging, .vaultPayment,
        .fundPayment, .fundSettlement, .liquidationFee, .socialisedLoss, .badDebt, .collateralSold,
        .equityTakenOver,
    ]

    /// USD, or the coin of a coin-margined venue: `venues.settlement`.
    static let currency = "settlement currency"

    static let events = RecordedTable<EventPage>(
        "events", row: "forced order, takeover, deleveraging fill or payment, with `--record full`",
        count: { $0.entries.count },
        [
            .milliseconds("when") { page, i in page.entries[i].event.time.milliseconds },
            .id("venue_id", of: "venues", "where") { page, i in Int64(page.entries[i].venue.rawValue) },
            .id("stage_id", of: "stages", "what") { page, i in Int64(page.entries[i].event.kind.rawValue) },
            .id(
                "asset_id", of: "assets", "the contract's coin",
                null: "a payment of the account as a whole, or collateral"
            ) { page, i in page.asset(i) },
            .whole("account", "number", "whose position or payment, by the venue's numbers; -1: nobody's") {
                page, i in Int64(page.entries[i].event.account.rawValue)
            },
            .whole("counterparty", "number", "the winner deleveraged, or the fund or vault", null: "none") {
                page, i in
                let other = page.entries[i].event.counterparty
                return other == .nobody ? nil : Int64(other.rawValue)
            },
            .number(
                "coins", "coins",
                "change of `account`'s position, negative where a long is closed, 0 of a payment; of an inverse contract its face value at `price_usd`",
                null: "a payment of the account as a whole"
            ) { page, i in page.coins(i) },
            .number(
                "price_usd", "USD", "price of it; of several fills their average, cut to the tick below",
                null: "a payment"
            ) { page, i in page.price(i) },
            .number("amount", currency, "notional of it, signed like `coins`; or the payment") { page, i in
                page.figure(page.entries[i].event.amount, i)
            },
            .number("loss", currency, "what `account` lost against its cost; negative is a profit") {
                page, i in
                page.figure(page.entries[i].event.loss, i)
            },
            .number(
                "equity", currency, "of the account, or of the isolated position, when it was decided",
                null: "a payment"
            ) { page, i in page.reason(page.entries[i].event.equity, i) },
            .number("maintenance", currency, "its maintenance margin then", null: "a payment") { page, i in
                page.reason(page.entries[i].event.maintenance, i)
            },
        ])

    /// Made when the run ends: one account's events, as a loser or as a winner, are found without a scan.
    static let indexes = """
        CREATE INDEX events_account ON events (venue_id, account);
        CREATE INDEX events_counterparty ON events (venue_id, counterparty) WHERE counterparty IS NOT NULL;
        """

    static let list = RecordedView(
        name: "event_list", row: "event, in words",
        columns: [
            (
                ColumnDescription("time_utc", .text, "UTC", "when"),
                "strftime('%Y-%m-%dT%H:%M:%SZ', time_ms / 1000, 'unixepoch')"
            ),
            (ColumnDescription("time_ms", .milliseconds, "ms since 1970, UTC", "the same"), "time_ms"),
            (ColumnDescription("venue", .text, "name", "where"), "venue"),
            (ColumnDescription("stage", .text, "name", "what"), "stage"),
            (
                ColumnDescription("asset", .text, "name", "the contract's coin", null: "as in `events`"),
                "asset"
            ),
            (ColumnDescription("account", .whole, "number", "as in `events`"), "account"),
            (
                ColumnDescription("counterparty", .whole, "number", "as in `events`", null: "none"),
                "counterparty"
            ),
            (
                ColumnDescription("coins", .number, "coins", "as in `events`", null: "a payment"),
                "coins"
            ),
            (
                ColumnDescription("price_usd", .number, "USD", "as in `events`", null: "a payment"),
                "price_usd"
            ),
            (
                ColumnDescription(
                    "amount_usd", .number, "USD", "`amount`; of a coin-margined venue at `price_usd`",
                    null: "a payment in coins has no price of its own"),
                "CASE settlement WHEN 'USD' THEN amount ELSE amount * price_usd END"
            ),
        ],
        from: """
            events JOIN venues ON venues.id = venue_id JOIN stages ON stages.id = stage_id
                LEFT JOIN assets ON assets.id = asset_id
            """)
}
