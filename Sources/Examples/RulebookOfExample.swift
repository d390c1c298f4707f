import Lending
import Primitives
import Rules
import Synchronization
import Venues

/// The rulebook an example is about, on the day its revision names.
struct RulebookOfExample {
    let venue: String
    let revision: String

    private static let names = [
        "binance_usdm": "binance", "binance_coinm": "binance-coinm", "bybit_linear": "bybit",
        "bybit_inverse": "bybit-inverse", "okx_swap": "okx", "dydx_v4": "dydx", "aave_v3": "aave-v3",
    ]

    /// Rulebooks that rows before have asked for, by all that makes them.
    private static let known = Mutex<[String: Rulebook]>([:])

    /// The name of the venue's rulebook.
    var name: String { Self.names[venue] ?? venue }

    func day(_ revision: String? = nil) throws -> String {
        let revision = revision ?? self.revision
        if revision.isEmpty { return Rulebook.defaultDay }
        let file =
            try LendingRulebooks.names.contains(name) ? LendingRulebooks.file(name) : Rulebook.file(name)
        guard let day = file.day(ofRevision: revision) else {
            throw Refusal.unsupported("revision `\(excerpt(revision))`")
        }
        return day
    }

    /// - Parameter settings: figures of the example in place of the rulebook's.
    func rulebook(
        _ settings: [String: String] = [:], asset: String = "BTC", on day: String? = nil
    ) throws -> Rulebook {
        let day = try day ?? self.day()
        let overrides = settings.keys.sorted().map { (key: $0, text: settings[$0]!) }
        let key = "\(name) \(asset) \(day) \(overrides)"
        if let known = Self.known.withLock({ $0[key] }) { return known }
        do {
            let book = try Rulebook.named(name, assets: [asset], on: day, overrides: overrides)
            // Rows of a table ask for few: reading one takes longer than anything done with it.
            Self.known.withLock {
                if $0.count >= 200 { $0.removeAll() }
                $0[key] = book
            }
            return book
        } catch {
            guard !settings.isEmpty else { throw error }
            // A figure of the example that a run would refuse as a setting.
            throw Refusal.figure(
                error.key ?? "a setting", found: excerpt(error.found), allowed: error.allowed)
        }
    }

    /// Contracts of a fixed amount of dollars, margined in their coin.
    var isInverse: Bool { venue == "binance_coinm" || venue == "bybit_inverse" }

    /// The funding rule with figures of the example.
    func funding(_ settings: [String: String]) throws -> FundingRule {
        guard let rule = try rulebook(settings).funding else { throw Refusal.unsupported("no funding rule") }
        return rule
    }
}

extension Double {
    /// As a rulebook file would have it.
    var setting: String { self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)" }
}
