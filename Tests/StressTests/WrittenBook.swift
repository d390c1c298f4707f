import Desk
import Foundation

/// A book read from tables as they would lie in a folder.
func writtenBook(_ tables: [String: String]) throws -> AccountBook {
    let path = FileManager.default.temporaryDirectory.path + "/book-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    for (name, text) in tables { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
    var health = Health()
    return try AccountBook(folder: path, health: &health)
}

/// One BTC long each at 100: with 10, 20 and 40 of collateral; maintenance 2 %, a fund of 15.
let threeLongs = [
    "accounts.csv":
        "account,venue,margin_mode,collateral_asset,collateral_amount\na,own,cross,USD,10\nb,own,cross,USD,20\nc,own,cross,USD,40\n",
    "positions.csv":
        "account,venue,symbol,side,size,entry_price\na,own,BTC-PERP,long,1,100\nb,own,BTC-PERP,long,1,100\nc,own,BTC-PERP,long,1,100\n",
    "markets.csv": "venue,symbol,mark_price\nown,BTC-PERP,100\n",
    "tiers.csv": "venue,symbol,min_notional,maintenance_rate\nown,BTC-PERP,0,0.02\n",
    "funds.csv": "venue,asset,balance\nown,USD,15\n",
]
