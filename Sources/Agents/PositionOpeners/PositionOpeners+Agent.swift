import Exchanges
import Primitives
import RealModule

extension PositionOpeners: Agent {
    public static let keys = [
        SettingKey(
            "openers.share", .number(0...1),
            "of open interest a side that accounts without a position could open; 0: nobody does",
            default: "0"),
        SettingKey(
            "openers.short_rate", .number(0...60), "shorts opened a minute, of those left, in a free fall"),
        SettingKey(
            "openers.long_rate", .number(0...60), "longs a minute, of those left, when a deep fall turns"),
        SettingKey("openers.leverage", .number(0.1...100), "median of the notional over what they bring"),
        SettingKey("openers.exit_minutes", .number(0.1...1e6), "after which they leave, on average"),
    ]

    public static var liveKeys: [String] {
        ["openers.short_rate", "openers.long_rate", "openers.exit_minutes"]
    }

    public static var meansKeys: [String] { ["openers.share", "openers.leverage"] }

    /// All that they bring, both sides.
    public static func endowments(_ exchange: VenueID, _ opening: AgentOpening) -> [Endowment] {
        let share = opening.settings.number("openers.share")
        let open = opening.books(of: exchange).reduce(0) { $0 + opening.openInterestUSD[$1] }
        // The mean of one over a lognormal leverage, and room for the largest.
        let usd = open * share * 4 / opening.settings.number("openers.leverage") * 2
        return usd > 0 ? [Endowment(keys: meansKeys, usd: usd)] : []
    }

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> PositionOpeners? {
        let s = opening.settings
        let share = s.number("openers.share")
        guard share > 0 else { return nil }
        var random = opening.random("position openers")
        let all = opening.openInterestUSD.reduce(0, +)
        let law = opening.accountLaw
        let accountsASide = share * Double(law.accounts) / Double(opening.scale)
        var queues: [Queue] = []
        var notionals: [Float] = []
        // A venue's accounts one after another.
        for exchange in exchanges.perpetualIDs {
            for book in opening.books(of: exchange) where opening.openInterestUSD[book] > 0 {
                let open = opening.openInterestUSD[book]
                let count = max(1, Int((accountsASide * open / all).rounded()))
                for isLong in [true, false] {
                    let place = notionals.count
                    var first: AccountID?
                    for usd in sizes(count, open * share, most: open, opening, &random) {
                        let drawn = random.logNormal(
                            median: s.number("openers.leverage"), logSD: law.leverageLogSD)
                        let account = exchanges.openAccount(exchange, standingFor: opening.scale)
                        first = first ?? account
                        let most = exchanges.highestLeverage(book) * 0.9
                        exchanges.deposit(usd / min(max(drawn, 0.5), most), to: account, on: exchange)
                        exchanges.raiseLeverage(account, book)
                        notionals.append(Float(usd))
                    }
                    queues.append(
                        Queue(book: book, isLong: isLong, first: first!, place: place, count: Int32(count)))
                }
            }
        }
        var parameters = Parameters()
        parameters.shortRate = s.number("openers.short_rate")
        parameters.longRate = s.number("openers.long_rate")
        parameters.exitMinutes = s.number("openers.exit_minutes")
        parameters.stopShare = law.stopShare
        parameters.stopStart = law.stopStart
        parameters.stopMean = law.stopMean
        return PositionOpeners(
            parameters, queues: queues, notionals: notionals, assets: opening.assets.count,
            stepSeconds: opening.stepSeconds, random: random)
    }

    /// Sizes by the population's law that sum to a total; none larger than the venues' limit on one account.
    private static func sizes(
        _ count: Int, _ total: Double, most open: Double, _ opening: AgentOpening,
        _ random: inout RandomStream
    ) -> [Double] {
        let law = opening.accountLaw
        let limit = law.largestShare * open * Double(opening.scale)
        var drawn = (0..<count).map { _ in random.logNormal(median: 1, logSD: law.sizeLogSD) }
        for _ in 0..<3 {
            let factor = total / max(drawn.reduce(0, +), 1e-300)
            drawn = drawn.map { min($0 * factor, limit) }
        }
        return drawn
    }
}
