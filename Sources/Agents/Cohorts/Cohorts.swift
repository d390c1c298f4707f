import Exchanges
import OrderBook
import Primitives

/// Long-term holders and whales, as cohorts with a wallet on a spot venue. What they do is a hypothesis of the user:
/// each buys (or sells) a share of its means a minute while the asset is so far below the reference price. Their
/// holdings through the event are an output.
public struct Cohorts: Strategy {
    public struct Cohort: Sendable {
        public var name: String
        public var book: BookID
        public var account: AccountID
        /// Positive buys, negative sells: the share of free dollars (or coins) used a minute.
        public var sharePerMinute: Double
        /// Acts while the price is this far below the price at the start, as a fraction.
        public var belowReference: Double
        public init(
            name: String, book: BookID, account: AccountID, sharePerMinute: Double, belowReference: Double
        ) {
            self.name = name
            self.book = book
            self.account = account
            self.sharePerMinute = sharePerMinute
            self.belowReference = belowReference
        }
    }

    public let name = "long-term holders"
    public let cohorts: [Cohort]
    private let references: [Double]
    var step = 0
    private let everySteps: Int

    public init(_ cohorts: [Cohort], _ exchanges: borrowing Exchanges, stepSeconds: Double) {
        self.cohorts = cohorts
        var references: [Double] = []
        for cohort in cohorts {
            references.append(exchanges.views[exchanges.place(cohort.book).asset].index)
        }
        self.references = references
        everySteps = max(1, Int(60 / stepSeconds))
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        step += 1
        guard step % everySteps == 0 else { return }
        for (i, cohort) in cohorts.enumerated() where cohort.sharePerMinute != 0 {
            let place = exchanges.place(cohort.book)
            let price = exchanges.views[place.asset].index
            guard price < references[i] * (1 - cohort.belowReference) else { continue }
            let unit = exchanges.unit(cohort.book)
            let buys = cohort.sharePerMinute > 0
            let lots: Lots
            if buys {
                let usd =
                    exchanges.freeCash(cohort.book, cohort.account).dollars * cohort.sharePerMinute
                lots = unit.lots(worth: usd, at: unit.nearestTick(price))
            } else {
                let free = exchanges.freeCoins(cohort.book, cohort.account).count
                lots = Lots(Int64(Double(free) * -cohort.sharePerMinute))
            }
            guard lots > .zero else { continue }
            // Patient: no further than half a per cent through the index.
            let top = Double(exchanges.maxTicks(cohort.book))
            let limit = min(max(1, price * (buys ? 1.005 : 0.995) * unit.ticksPerUSD), top)
            exchanges.submit(
                cohort.book,
                NewOrder(
                    buys ? .buy : .sell, lots, at: Ticks(Int(limit)), account: cohort.account,
                    timeInForce: .immediateOrCancel, selfTrade: .cancelMaker))
        }
    }
    public func combine(into hash: inout StateHash) { hash.combine(step) }
}

extension Cohorts: Agent {
    public static let keys = [
        SettingKey("holders.long_term_rate", .number(-1...1), "share of means used a minute; negative sells"),
        SettingKey("holders.whales_rate", .number(-1...1), "likewise"),
        SettingKey(
            "holders.venue", .text, "the spot venue of both cohorts' wallets; empty: nobody holds",
            default: ""),
        SettingKey(
            "holders.assets", .text, "`ASSET=share` with commas: what the cohorts hold and buy", default: ""),
        SettingKey("holders.below_pct", .number(0...100), "act while the price is so far below the start's"),
        SettingKey(
            "holders.long_term_usd", .usd, "dollars of long-term holders ready on spot venues", sourced: true),
        SettingKey("holders.whales_usd", .usd, "dollars of whales ready on spot venues", sourced: true),
        SettingKey(
            "holders.coins_share", .number(0...0.5),
            "of the assets' supply in each cohort's wallets"),
    ]

    /// - Throws: `InputError` for shares that are more than all of the dollars.
    public static func check(_ settings: any Settings) throws {
        let sum = try settings.figures("holders.assets").reduce(0) { $0 + $1.value }
        guard sum <= 1.000001 else {
            throw settings.refuse(
                "holders.assets", "shares of the cohorts' dollars that sum to at most 1, not \(sum)")
        }
    }

    /// Both cohorts' dollars, on the venue of their wallets.
    public static func endowments(_ exchange: VenueID, _ opening: AgentOpening) -> [Endowment] {
        guard opening.exchanges[exchange].name == opening.settings.text("holders.venue") else { return [] }
        return ["holders.long_term_usd", "holders.whales_usd"].map {
            Endowment(keys: [$0], usd: opening.settings.number($0))
        }
    }

    /// - Throws: `InputError` for holdings that are no `ASSET=share`.
    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) throws -> Cohorts? {
        let s = opening.settings
        var all: [Cohort] = []
        let holdings = try s.figures("holders.assets")
        let share = s.number("holders.coins_share")
        for (name, rate, dollars) in [
            ("long-term holders", "holders.long_term_rate", "holders.long_term_usd"),
            ("whales", "holders.whales_rate", "holders.whales_usd"),
        ] {
            for (ticker, part) in holdings {
                let a = AssetID(opening.assets.firstIndex { $0.name == ticker }!)
                guard let book = opening.book(a, on: s.text("holders.venue")) else { continue }
                let e = opening.books[book].exchange
                let wallet = exchanges.openAccount(e)
                exchanges.deposit(s.number(dollars) * part, to: wallet, on: e)
                exchanges.depositCoins(opening.assets[a].supply * share, to: wallet, book)
                all.append(
                    Cohort(
                        name: "\(name) \(ticker)", book: book, account: wallet,
                        sharePerMinute: s.number(rate),
                        belowReference: s.number("holders.below_pct") / 100))
            }
        }
        return Cohorts(all, exchanges, stepSeconds: opening.stepSeconds)
    }
}
