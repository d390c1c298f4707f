import Foundation
import Primitives
import Testing

@testable import Desk

@Suite("Books of own accounts")
struct BookTests {
    @Test func aBookIsReadWhole() throws {
        let (book, health) = try BookFolder().read()
        #expect(
            book.accounts.count == 2 && book.positions.count == 2 && book.tiers.count == 2
                && book.coins == ["BTC"])
        #expect(health.rowsRead == 7 && health.rowsKept == 7 && health.warnings.isEmpty)
    }

    /// What is wrong, the table it is put into, and place and words of the answer.
    static let faults: [(what: String, table: String, text: String, key: String?, line: Int, says: String)] =
        [
            ("a column is missing", "accounts.csv", "account,venue\na,own\n", "margin_mode", 1, "columns"),
            (
                "another margin mode", "accounts.csv",
                BookFolder.accounts.replacing("a,own,cross", with: "a,own,crosss"), "margin_mode", 2, "cross"
            ),
            (
                "a size of 1e30", "positions.csv",
                BookFolder.positions.replacing("long,0.1", with: "long,1e30"), "size", 2, "10^24"
            ),
            (
                "a text where a number is", "positions.csv",
                BookFolder.positions.replacing("long,0.1", with: "long,much"), "size", 2, "number"
            ),
            (
                "a negative size", "positions.csv",
                BookFolder.positions.replacing("long,0.1", with: "long,-0.1"), "size", 2, "side"
            ),
            (
                "an account that is not there", "positions.csv",
                BookFolder.positions.replacing("b,own,BTC", with: "c,own,BTC"), "account", 3, "accounts.csv"
            ),
            (
                "an account twice", "accounts.csv", BookFolder.accounts + "a,own,cross,USDT,7\n", "account",
                4, "line 2"
            ),
            (
                "a symbol that is not there", "positions.csv",
                BookFolder.positions.replacing("b,own,BTC-PERP", with: "b,own,BTC-PREP"), "symbol", 3,
                "BTC-PERP"
            ),
            (
                "a mark of zero", "markets.csv",
                BookFolder.markets.replacing("BTC-PERP,100000", with: "BTC-PERP,0"), "mark_price", 2,
                "above zero"
            ),
            (
                "tiers with a gap", "tiers.csv",
                BookFolder.tiers.replacing("own,BTC-PERP,5000,", with: "own,BTC-PERP,6000,"), "min_notional",
                3, "gaps"
            ),
            (
                "tiers that do not begin at zero", "tiers.csv",
                BookFolder.tiers.replacing("BTC-PERP,0,5000", with: "BTC-PERP,1,5000"), "min_notional", 2,
                "0 in the first row"
            ),
            (
                "rates that fall", "tiers.csv", BookFolder.tiers.replacing("0.02,20", with: "0.005,20"),
                "maintenance_rate", 3, "do not fall"
            ),
            (
                "a rate of two", "tiers.csv", BookFolder.tiers.replacing("0.02,20", with: "2,20"),
                "maintenance_rate", 3, "0 to 1"
            ),
            ("too few cells", "positions.csv", BookFolder.positions + "a,own\n", nil, 4, "header"),
            (
                "an unfinished quote", "accounts.csv", BookFolder.accounts + "\"c,own,cross,USDT,1\n", nil, 4,
                "quoted cell"
            ),
            (
                "a second long", "positions.csv",
                BookFolder.positions + "a,own,BTC-PERP,long,0.2,99000,10,\n", "symbol", 4, "line 2"
            ),
            ("an empty table", "markets.csv", "", nil, 0, "header"),
        ]

    @Test(arguments: faults.indices) func faultsAreToldWithTheirPlace(i: Int) throws {
        let fault = Self.faults[i]
        let folder = try BookFolder([fault.table: fault.text])
        let error = #expect(throws: InputError.self, "\(fault.what)") { try folder.read() }
        let found = try #require(error)
        #expect(found.file.hasSuffix(fault.table), "\(fault.what): \(found)")
        if let key = fault.key { #expect(found.key == key, "\(fault.what): \(found)") }
        if fault.line > 0 { #expect(found.line == fault.line, "\(fault.what): \(found)") }
        #expect(found.description.contains(fault.says), "\(fault.what): \(found)")
    }

    @Test(arguments: [
        ("CR LF", BookFolder.accounts.replacing("\n", with: "\r\n")),
        ("a byte-order mark", "\u{feff}" + BookFolder.accounts),
        ("quoted names", BookFolder.accounts.replacing("\na,", with: "\n\"a\",")),
    ])
    func spellingsOfATableReadAlike(what: String, text: String) throws {
        #expect(try BookFolder(["accounts.csv": text]).read().book.accounts.count == 2, "\(what)")
    }

    @Test func namesAreData() throws {
        let hostile = "<b>=cmd|x,\"../../etc\""
        let cell = "\"" + hostile.replacing("\"", with: "\"\"") + "\""
        let folder = try BookFolder([
            "accounts.csv": BookFolder.accounts.replacing("\na,", with: "\n\(cell),"),
            "positions.csv": BookFolder.positions.replacing("\na,", with: "\n\(cell),"),
        ])
        let book = try folder.read().book
        #expect(book.accounts[0].name == hostile)
        // Written and read again it is the same.
        let again = try BookFolder()
        try book.write(to: again.path)
        #expect(try again.read().book.positions[0].account == hostile)
    }

    @Test func whatIsDoubtfulIsSaid() throws {
        let health = try BookFolder([
            "tiers.csv": BookFolder.tiers.replacing("20,50\n", with: "20,0\n"),
            "depth.csv":
                "venue,symbol,side,price,size\nown,BTC-PERP,bid,100010,1\nown,BTC-PERP,ask,100000,1\n",
            "accounts.csv": BookFolder.accounts.replacing("USDT,500", with: "USDT,-5"),
            "positions.csv": BookFolder.positions.replacing("short,0.1", with: "short,0.2")
                + "a,own,BTC-PERP,short,0,1,1,\n",
        ]).read().health
        #expect(
            Set(health.counts.keys) == [
                "tiers that jump", "crossed book", "negative collateral", "one-sided market",
            ])
        #expect(health.dropped == ["position of size zero": 1])
        #expect(throws: InputError.self) { try health.refuse(allowing: ["crossed book"]) }
        #expect(throws: Never.self) { try health.refuse(allowing: Array(health.counts.keys)) }
        #expect(throws: InputError.self) { try health.refuse(allowing: ["crossd book"]) }
    }
}
