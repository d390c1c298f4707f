import Clearing
import Primitives
import Rules

/// One market as a rulebook file states it:
///
///     BTC tick=0.1 lot=0.001 tiers=0:0.4:150,300k:0.5:100 ref=119000
///
/// Tiers are `from:maintenance %:maximum leverage`; `from:maximum leverage` where maintenance is half of initial margin.
/// `from` counts notional in the settlement currency, or contracts where rows go by contracts. `steps=200:100:0.5` adds
/// rows from 200, another every 100, each with 0.5 % more of maintenance and of initial margin, sixteen rows in all.
struct MarketLine {
    var asset: String
    var fields: [String: String]
    let key: String
    let rules: RuleSet

    init(_ text: String, key: String, _ rules: RuleSet) throws(InputError) {
        let words = text.split(separator: " ").map(String.init)
        self.key = key
        self.rules = rules
        asset = words.first ?? ""
        fields = [:]
        for word in words.dropFirst() {
            guard let equals = word.firstIndex(of: "=") else {
                throw rules.refuse(key, "`field=value` after the asset, not `\(word)`")
            }
            fields[String(word[..<equals])] = String(word[word.index(after: equals)...])
        }
        let known = [
            "tick", "lot", "tiers", "ref", "contract_usd", "impact", "per_coin", "fraction", "decimals",
            "oi_lower", "oi_upper", "steps",
        ]
        for field in fields.keys.sorted() where !known.contains(field) {
            throw rules.refuse(
                key, "\(asset): \(known.joined(separator: ", ")), not `\(field)`",
                nearest: nearestName(to: field, among: known))
        }
    }

    func refuse(_ allowed: String) -> InputError { rules.refuse(key, "\(asset): \(allowed)") }

    func decimal(_ field: String) throws(InputError) -> Decimal12 {
        guard let text = fields[field] else { throw refuse("a `\(field)`") }
        let most = field.hasPrefix("oi_") ? Int128(9_000_000_000_000) : 1_000_000
        guard let value = Decimal12(text), value.units > 0, value.units <= most * Decimal12.one else {
            throw refuse("`\(field)` above 0 and at most \(most), of at most 12 places, not `\(text)`")
        }
        return value
    }

    /// The rows of the margin table; `unit` is what `from` is counted in.
    func tiers(unit: Int128) throws(InputError) -> [MarginTier] {
        guard let text = fields["tiers"], !text.isEmpty else { throw refuse("a market must have `tiers`") }
        var rows: [MarginTier] = []
        for row in text.split(separator: ",") {
            let parts = row.split(separator: ":").map(String.init)
            if parts.first == "cap" { continue }
            guard parts.count == 2 || parts.count == 3, let from = Decimal12(short: parts[0]),
                let leverage = Decimal12(parts[parts.count - 1]), leverage.units >= Decimal12.one,
                leverage.units <= 255 * Decimal12.one, from.units <= Decimal12.one * Decimal12.one
            else { throw refuse("rows `from:maintenance %:leverage`, leverage from 1 to 255, not `\(row)`") }
            let initial = Rate(
                pico: Int64(
                    truncatingIfNeeded: (Decimal12.one * Decimal12.one + leverage.units - 1) / leverage.units)
            )
            var maintenance = Rate(pico: (initial.pico + 1) / 2)
            if parts.count == 3 {
                guard let percent = Decimal12(parts[1]), percent.units > 0,
                    percent.units < 100 * Decimal12.one
                else {
                    throw refuse("a maintenance rate above 0 and below 100 %, not `\(parts[1])`")
                }
                maintenance = Rate(pico: Int64(percent.units / 100))
            } else {
                maintenance = Rate(
                    pico: Int64(
                        (Decimal12.one * Decimal12.one + 2 * leverage.units - 1) / (2 * leverage.units)))
            }
            rows.append(
                MarginTier(
                    floor: Int64(from.units * unit / Decimal12.one), initialRate: initial,
                    maintenanceRate: maintenance))
        }
        return rows + (try steps(after: rows, unit: unit))
    }

    private func steps(after rows: [MarginTier], unit: Int128) throws(InputError) -> [MarginTier] {
        guard let text = fields["steps"] else { return [] }
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 3, rows.count == 1, let from = Decimal12(short: parts[0]), from.units > 0,
            let step = Decimal12(short: parts[1]), step.units > 0, let percent = Decimal12(parts[2]),
            percent.units > 0, max(from.units, step.units) <= Decimal12.one * Decimal12.one
        else {
            throw refuse("`steps=from:step:percent`, each above 0, after one row of `tiers`, not `\(text)`")
        }
        return (1..<16).map { k in
            let more = Int64(percent.units / 100) * Int64(k)
            return MarginTier(
                floor: Int64((from.units + step.units * Int128(k - 1)) * unit / Decimal12.one),
                initialRate: Rate(pico: rows[0].initialRate.pico + more),
                maintenanceRate: Rate(pico: rows[0].maintenanceRate.pico + more))
        }
    }
}

/// A decimal of up to twelve places, exact.
struct Decimal12 {
    static let one: Int128 = 1_000_000_000_000
    var units: Int128

    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, whole.count <= 15,
            let value = Int64(whole.isEmpty ? "0" : String(whole)), value >= 0
        else { return nil }
        var places = parts.count > 1 ? String(parts[1]) : ""
        guard places.count <= 12, places.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        places += String(repeating: "0", count: 12 - places.count)
        units = Int128(value) * Self.one + Int128(Int64(places)!)
    }

    /// With `k`, `M` or `B` for thousands, millions and thousands of millions.
    init?(short text: String) {
        let scales: [Character: Int128] = ["k": 1000, "M": 1_000_000, "B": 1_000_000_000]
        guard let last = text.last, let scale = scales[last] else {
            self.init(text)
            return
        }
        self.init(String(text.dropLast()))
        units *= scale
    }

    var double: Double { Double(units) / 1e12 }
}
