import InputFiles
import Primitives
import RealModule

/// Fire sales among 48 European banks (Farmer, Kleinnijenhuis, Nahai-Williamson, Wetzer; figures of the 2018 stress test): a
/// shock to government bonds, banks below a leverage ratio sell, sales push prices.
struct FireSale2018: Reproduction {
    let name = "fire-sale-2018"
    let title = "Fire sales of 48 European banks (Farmer, Kleinnijenhuis, Nahai-Williamson, Wetzer)"
    let parameters = [
        ReproductionParameter(
            "price_impact", .number(0.01, 0...0.5), "fall of a price when 5 % of all of it is sold"),
        ReproductionParameter("shock", .number(0.2, 0...1), "exogenous fall of government bonds"),
        ReproductionParameter(
            "targeting", .choice("threshold", ["threshold", "leverage"]),
            "act below a 4 % leverage ratio, or whenever below the target of 5 %"),
    ]

    func run(_ settings: ReproductionSettings) throws -> ReproductionResult {
        let banksAtFirst = try Self.table()
        var banks = banksAtFirst
        let isTargeting = settings.text("targeting") == "leverage"
        let impact = settings.number("price_impact")
        let shock = settings.number("shock")
        let (extent, sold) = Self.simulate(&banks, impact, shock, actsBelow: isTargeting ? 0.05 : 0.04)
        var result = ReproductionResult()
        result.add("extent", extent)
        result.add("share_sold", sold)
        result.add("banks", Double(banks.count))
        if impact == 0.01 && shock == 0.2 {
            result.compare("systemic extent", extent, isTargeting ? 0.2708 : 0.3750, within: 1e-4)
            result.compare("share of tradable assets sold", sold, isTargeting ? 0.9470 : 0.9145, within: 1e-4)
        }
        var map: [[Double]] = []
        for i in 0...5 {
            map.append(
                (0...6).map { k in
                    var fresh = banksAtFirst
                    return Self.simulate(
                        &fresh, Double(i) * 0.02, Double(k) * 0.05, actsBelow: isTargeting ? 0.05 : 0.04
                    ).extent
                })
        }
        result.quantities.append(("extent_by_impact_and_shock", .table(map)))
        result.notes.append(
            "Rows: price impact 0, .02, … .10; columns: shock 0, .05, … .30. Extent below .05 counts as none."
        )
        return result
    }

    struct Bank {
        var cash: Double
        /// Government bonds and other tradable securities, at the initial price.
        var holdings: [Double]
        var other: Double
        var loan: Double
        var liabilities: Double
        var hasDefaulted = false
        /// Defaulted last round: everything is for sale.
        var sellsAll = false

        func assets(_ prices: [Double]) -> Double { cash + tradable(prices) + other }
        func tradable(_ prices: [Double]) -> Double { zip(holdings, prices).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    static func table() throws -> [Bank] {
        let table = try ColumnTable(
            text: EmbeddedFiles.text("eba-2018.csv")!, file: "eba-2018.csv",
            columns: ["cet1", "leverage_pct", "debt_securities", "government_bonds"])
        return try table.numbers().map { cells in
            let (equity, ratio, debt, government) = (cells[0], cells[1] / 100, cells[2], cells[3])
            let assets = equity / ratio
            let cash = 0.05 * assets
            let liabilities = assets - equity
            return Bank(
                cash: cash, holdings: [government, debt - government], other: assets - cash - debt,
                loan: liabilities / 2, liabilities: liabilities)
        }
    }

    /// Six rounds: offers of the round before clear at once, at a price that falls exponentially with the share of the initial
    /// total sold; then banks look at their leverage ratio.
    static func simulate(_ banks: inout [Bank], _ impact: Double, _ shock: Double, actsBelow: Double) -> (
        extent: Double, sold: Double
    ) {
        let depth = -Double.log(1 - impact) / 0.05
        let total = [0, 1].map { k in banks.reduce(0) { $0 + $1.holdings[k] } }
        var prices = [1 - shock, 1.0]
        var offers = banks.map { _ in [0.0, 0.0] }
        for _ in 0..<6 {
            for i in banks.indices where banks[i].sellsAll {
                offers[i] = banks[i].holdings
                banks[i].sellsAll = false
            }
            for k in 0..<2 {
                let sold = offers.reduce(0) { $0 + $1[k] }
                let next = prices[k] * Double.exp(-sold / total[k] * depth)
                let middle = (prices[k] + next) / 2
                for i in banks.indices where offers[i][k] > 0 {
                    banks[i].holdings[k] -= offers[i][k]
                    banks[i].cash += offers[i][k] * middle
                    offers[i][k] = 0
                }
                prices[k] = next
            }
            for i in banks.indices where !banks[i].hasDefaulted {
                act(&banks[i], &offers[i], prices, actsBelow)
            }
        }
        let defaults = Double(banks.filter(\.hasDefaulted).count) / Double(banks.count)
        let left = banks.reduce(0) { $0 + $1.holdings.reduce(0, +) }
        return (defaults < 0.05 ? 0 : defaults, 1 - left / total.reduce(0, +))
    }

    private static func act(
        _ bank: inout Bank, _ offer: inout [Double], _ prices: [Double], _ actsBelow: Double
    ) {
        let assets = bank.assets(prices)
        let equity = assets - bank.liabilities
        let ratio = equity / assets
        if ratio < 0.03 {
            bank.hasDefaulted = true
            bank.sellsAll = true
            return
        }
        guard ratio < actsBelow else { return }
        // Down to assets at which equity is 5 %: repaid from cash as far as it goes, the rest raised by selling.
        var missing = min(assets - equity / 0.05, bank.loan)
        let paid = min(bank.cash, missing)
        bank.cash -= paid
        bank.loan -= paid
        bank.liabilities -= paid
        missing -= paid
        let tradable = bank.tradable(prices)
        guard missing > 0, tradable > 0 else { return }
        let share = min(1, missing / tradable)
        for k in 0..<2 { offer[k] = bank.holdings[k] * share }
    }
}
