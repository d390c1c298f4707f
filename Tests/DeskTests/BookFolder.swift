import Foundation

@testable import Desk

/// A small book written into a folder of its own.
struct BookFolder {
    let path = FileManager.default.temporaryDirectory.path + "/book-\(UUID().uuidString)"

    static let accounts =
        "account,venue,margin_mode,collateral_asset,collateral_amount\na,own,cross,USDT,1000\nb,own,cross,USDT,500\n"
    static let positions =
        "account,venue,symbol,side,size,entry_price,leverage,isolated_margin\na,own,BTC-PERP,long,0.1,100000,10,\nb,own,BTC-PERP,short,0.1,100000,20,\n"
    static let markets =
        "venue,symbol,mark_price,index_price,contract,contract_size\nown,BTC-PERP,100000,100000,linear,1\n"
    static let tiers =
        "venue,symbol,min_notional,max_notional,maintenance_rate,max_leverage,maintenance_deduction\nown,BTC-PERP,0,5000,0.01,50,0\nown,BTC-PERP,5000,,0.02,20,50\n"

    init(_ changes: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var files = [
            "accounts.csv": Self.accounts, "positions.csv": Self.positions, "markets.csv": Self.markets,
            "tiers.csv": Self.tiers,
        ]
        for (name, text) in changes { files[name] = text }
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
    }

    func read() throws -> (book: AccountBook, health: Health) {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var health = Health()
        let book = try AccountBook(folder: path, health: &health)
        return (book, health)
    }
}
