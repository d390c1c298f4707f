import Primitives
import Recording

/// Lending protocols.
extension Measure {
    private static let of = MeasureArgument.optional("protocol", .text)

    static let lending: [Measure] = [
        Measure(
            "lending_liquidated_usd", .usd, "debt repaid by liquidators of lending protocols", [of],
            value: { try $0.lending()?.liquidatedUsd ?? $0.summary.lendingLiquidatedUsd }),
        Measure(
            "lending_bad_debt_usd", .usd, "debt without collateral at the end", [of],
            value: { try $0.lending()?.badDebtUsd ?? $0.summary.lendingBadDebtUsd }),
    ]
}

extension Reading {
    /// Of the protocol asked for; nil where none is.
    func lending() throws -> MarketSummary.LendingResult? {
        guard !summary.lending.isEmpty else { throw Untold("no lending in the run") }
        guard let name = text("protocol") else { return nil }
        guard let found = summary.lending[name] else {
            throw Untold("no \(name): \(summary.lending.keys.sorted().joined(separator: ", "))")
        }
        return found
    }
}
