import Primitives
import Rules

extension Rulebook {
    /// The eve of the day this simulator is about.
    public static let defaultDay = "2025-10-09"

    /// The rulebooks that come with the program, in the order they are listed.
    public static let builtInNames = [
        "binance", "binance-coinm", "bybit", "bybit-inverse", "okx", "hyperliquid", "dydx", "deribit",
        "bitmex", "other", "textbook",
    ]

    /// The file of a built-in rulebook.
    ///
    /// - Throws: `InputError` for a name that is no rulebook's.
    public static func file(_ name: String) throws(InputError) -> RuleFile {
        let bytes: [UInt8]
        switch name {
        case "binance": bytes = PackageResources.binance_yaml
        case "binance-coinm": bytes = PackageResources.binance_coinm_yaml
        case "bybit": bytes = PackageResources.bybit_yaml
        case "bybit-inverse": bytes = PackageResources.bybit_inverse_yaml
        case "okx": bytes = PackageResources.okx_yaml
        case "hyperliquid": bytes = PackageResources.hyperliquid_yaml
        case "dydx": bytes = PackageResources.dydx_yaml
        case "deribit": bytes = PackageResources.deribit_yaml
        case "bitmex": bytes = PackageResources.bitmex_yaml
        case "other": bytes = PackageResources.other_yaml
        case "textbook": bytes = PackageResources.textbook_yaml
        default:
            throw InputError(
                file: "rulebooks", found: "`\(name)`", allowed: builtInNames.joined(separator: ", "),
                nearest: nearestName(to: name, among: builtInNames))
        }
        return try RuleFile(
            yaml: String(decoding: bytes, as: UTF8.self), file: "\(name).yaml", extending: file)
    }

    /// A built-in rulebook on a day.
    ///
    /// - Throws: `InputError` for a name, day, asset or override that is not allowed.
    public static func named(
        _ name: String, assets: [String]? = nil, on day: String = defaultDay,
        overrides: [(key: String, text: String)] = []
    ) throws(InputError) -> Rulebook {
        try Rulebook(try file(name), assets: assets, on: day, overrides: overrides)
    }
}
