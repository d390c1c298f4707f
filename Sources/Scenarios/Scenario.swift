import Primitives

/// A checked scenario: typed access to its settings.
public struct Scenario: Sendable {
    public let file: ScenarioFile

    public init(_ file: ScenarioFile) throws {
        self.file = file
        if isWholeMarket { try checkMarket() } else { try checkTogether() }
    }

    /// Whether this is a scenario of the whole market, not of one venue.
    public var isWholeMarket: Bool { text("world") == ScenarioKeys.wholeMarket }

    public var name: String { text("scenario") }
    public var start: SimTime { time("window.start_utc") }
    public var end: SimTime { time("window.end_utc") }
    public var reference: SimTime { time("window.reference_utc") }
    public var stepSeconds: Double { number("window.step_seconds") }
    public var steps: Int { Int((end.seconds(since: start) / stepSeconds).rounded()) }
    public var isIndexImposed: Bool { text("index.kind") == "table" }

    public func text(_ path: String) -> String { setting(path).text }
    public func number(_ path: String) -> Double { SettingKey.number(setting(path).text)! }
    public func integer(_ path: String) -> Int { Int(number(path)) }
    public func flag(_ path: String) -> Bool { setting(path).text == "true" }
    public func time(_ path: String) -> SimTime { SimTime(iso8601: setting(path).text)! }
    public func money(_ path: String) -> Money { Money(micros: Int64(number(path) * 1e6)) }

    func setting(_ path: String) -> Setting {
        guard let setting = file.settings[path] else {
            preconditionFailure("no setting \(path): not in ScenarioKeys")
        }
        return setting
    }

    /// A refusal of a setting at the place it was set.
    func refuse(_ path: String, _ allowed: String, nearest: String? = nil) -> InputError {
        let s = setting(path)
        return InputError(
            file: s.file, line: s.line, key: path, found: "`\(s.text)`", allowed: allowed, nearest: nearest)
    }

    func checkWindow() throws {
        if end <= start { throw refuse("window.end_utc", "a time after window.start_utc") }
        if steps > 2_000_000 { throw refuse("window.end_utc", "at most 2,000,000 steps in the window") }
        if reference < start || reference >= end {
            throw refuse("window.reference_utc", "a time inside the window")
        }
    }

    /// What no single key can say.
    private func checkTogether() throws {
        try checkWindow()
        if number("margin_calls.adds_share") + number("margin_calls.reduces_share") > 1 {
            throw refuse("margin_calls.reduces_share", "at most 1 together with adds_share")
        }
        if number("population.large_short_usd") > number("market.open_interest_usd") {
            throw refuse(
                "population.large_short_usd",
                "no more than market.open_interest_usd: an impossible population")
        }
        let accounts = number("population.accounts")
        if accounts > number("market.open_interest_usd") - number("population.large_short_usd") {
            throw refuse(
                "population.accounts",
                "at least a dollar of open interest, the large short left out, for each account: an impossible population"
            )
        }
        let capital =
            number("venue.vault_capital_usd") + number("venue.fund_capital_usd")
            + number("makers.capital_usd") * number("makers.count") + number("value_buyers.capital_usd")
            + number("noise.capital_usd") * number("noise.accounts")
        if capital > 2e12 {
            throw refuse(
                "makers.capital_usd", "at most 2,000 bn USD for all makers, buyers, noise accounts and funds")
        }
    }
}
