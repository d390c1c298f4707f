import Clearing

/// What events moved on the ledgers, account by account: the view that lets a recording be held against its ledgers.
enum CashMoves {
    /// What a kind of event does to the cash and collateral of one of its two accounts.
    enum Move: String {
        case receives = "amount"
        case pays = "-amount"
        case loses = "-loss"
    }

    /// - Returns: of the account and of the counterparty; nil where nothing moves, or nothing the event knows of: what a
    ///   deleveraged winner gains is in no event.
    static func moves(_ kind: ClearingEvent.Kind) -> (account: Move?, counterparty: Move?) {
        switch kind {
        case .partialLiquidation, .fullLiquidation, .vaultTakeover, .fundTakeover, .deleveraging:
            (.loses, nil)
        case .vaultPayment, .fundPayment, .collateralSold: (.receives, .pays)
        case .liquidationFee, .fundSettlement, .equityTakenOver: (.pays, .receives)
        case .socialisedLoss, .badDebt: (.pays, nil)
        case .marginCall, .ordersCancelled, .recovered, .closedOut, .topUp, .voluntaryReduction, .legsNetted:
            (nil, nil)
        }
    }

    static let view = RecordedView(
        name: "cash_moves", row: "account whose cash or collateral an event moved",
        columns: [
            (ColumnDescription("time_ms", .milliseconds, "ms since 1970, UTC", "when"), "time_ms"),
            (ColumnDescription("venue_id", .id(of: "venues"), "id of `venues`", "where"), "venue_id"),
            (ColumnDescription("stage_id", .id(of: "stages"), "id of `stages`", "why"), "stage_id"),
            (ColumnDescription("account", .whole, "number", "whose"), "who"),
            (
                ColumnDescription(
                    "moved", .number, EventTable.currency, "received; negative where paid or lost"),
                "moved"
            ),
        ],
        from: """
            (SELECT time_ms, venue_id, stage_id, account AS who, \(sql { $0.account }) AS moved FROM events
            UNION ALL SELECT time_ms, venue_id, stage_id, counterparty, \(sql { $0.counterparty }) FROM events)
            WHERE who >= 0 AND moved IS NOT NULL
            """)

    private static func sql(_ side: ((account: Move?, counterparty: Move?)) -> Move?) -> String {
        let cases = ClearingEvent.Kind.allCases.compactMap { kind in
            side(moves(kind)).map { "WHEN \(kind.rawValue) THEN \($0.rawValue)" }
        }
        return "CASE stage_id \(cases.joined(separator: " ")) END"
    }
}
