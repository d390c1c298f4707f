import Foundation
import InputFiles
import Primitives

/// Files of venues and tools put together into one book. What a file is, its content says.
public struct Import: Sendable {
    public internal(set) var book = AccountBook()
    public internal(set) var health = Health()
    /// What each file was taken for, in order.
    public internal(set) var read: [(file: String, format: String)] = []
    /// The account of answers that do not say whose they are.
    let account: String?
    /// The symbol of depth that does not say of what.
    let symbol: String?
    /// The venue of answers that several venues shape alike.
    let venue: String?
    /// Liquidation prices as the venue printed them, by the place of the position.
    public internal(set) var printed: [Int: Exact] = [:]
    /// What accounts are worth in all, of snapshots that say nothing of collateral.
    var accountValues: [String: Exact] = [:]
    private struct Wallet: Hashable {
        var account: String
        var venue: String
        var asset = ""
    }
    /// Where rows of the book stand, so that a million of them are found as fast as ten.
    private var wallets: [Wallet: Int] = [:]
    /// Accounts that any file told of: for every venue, and for each of its currencies there.
    private var knownAccounts: Set<Wallet> = []
    /// Markets whose contract no file has told: taken from the symbol.
    private var assumed: Set<RebuiltBook.Name> = []
    /// Books made again from feeds that may go on in the next file.
    var feeds: [RebuiltBook.Name: RebuiltBook] = [:]
    /// Up to which change a snapshot goes.
    var feedVersions: [RebuiltBook.Name: Int] = [:]
    /// Positions that an `account` answer told, which `positionRisk` tells better: by account, venue, symbol and side.
    var fromAccount: [[String]: Int] = [:]
    private var marketPlaces: [RebuiltBook.Name: Int] = [:]
    /// Tables bring rows past the dictionaries: they are found when a file needs them.
    var hasUnfoundRows = false
    /// Accounts whose wallet no file has told so far, with the place where they were met.
    private var withoutWallet: [Wallet: (file: String, line: Int)] = [:]
    /// Name and asset of wallets that Bybit told.
    var bybitWallets: Set<[String]> = []
    /// Reserves of Aave by their ids.
    var reserves: [String: Reserve] = [:]
    /// Users whose whole debt a table has told, and rows of those of whom another has told a first one.
    var outstanding: [String: Bool] = [:]
    var firstDebt: [String: Int] = [:]
    /// Health factors as files print them.
    public internal(set) var printedHealth: [(account: String, factor: Exact, file: String, line: Int)] = []
    /// Whether any file is a venue's answer, which has liquidation prices or should have.
    public private(set) var hasAnswers = false
    /// By symbol of OKX: coins, or dollars, of a contract.
    var contractSizes: [String: Exact] = [:]
    /// What each symbol was read as.
    public var spelling: [String: String] {
        Dictionary(
            book.markets.map { ($0.venue + " " + $0.symbol, $0.coin) }, uniquingKeysWith: { a, _ in a })
    }

    public init(account: String? = nil, symbol: String? = nil, venue: String? = nil) {
        self.account = account
        self.symbol = symbol
        self.venue = venue
    }

    /// - Parameter format: in place of what the content says; nil looks at it.
    /// - Throws: `InputError` for a file that is none of the known formats, at the line where it is not.
    public mutating func add(_ file: String, as format: String? = nil) throws(InputError) {
        let known = Self.tables.map(\.name) + Self.formats.map(\.name) + [Self.capture]
        if let format, !known.contains(format) {
            throw InputError(
                file: "--as", found: "`\(format)`", allowed: known.joined(separator: ", "),
                nearest: nearestName(to: format, among: known))
        }
        // JSON begins with a bracket, a table with names, a recorded connection with an address.
        let start = try firstBytes(of: file, 64)
        if format == nil || format == Self.capture, Self.isCapture(start) { return try addCapture(file) }
        let first = start.first { $0 > 32 && ![0xef, 0xbb, 0xbf].contains($0) }
        let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        isJSON ? try addJSON(file, format) : try addTable(file, format)
    }

    private mutating func addJSON(_ file: String, _ format: String?) throws(InputError) {
        findRows()
        var reader = JSONReader(try wholeText(of: file), file: file)
        let documents = try reader.documents()
        var names: [String] = []
        for (i, document) in documents.enumerated() {
            guard
                let found = Self.formats.first(where: {
                    format == nil ? $0.isLike(document) : $0.name == format
                })
            else {
                throw InputError(
                    file: file, line: document.line,
                    found: document.members.map {
                        "an object with the keys \($0.prefix(12).map(\.key).joined(separator: ", "))"
                    } ?? document.kind,
                    allowed: "an answer of " + Self.formats.map(\.name).joined(separator: ", "))
            }
            if names.last != found.name { names.append(found.name) }
            if i > 0 && documents.count == 2 {
                health.warn(
                    "several documents", file, document.line, "a second document in one file: both are read")
            }
            try found.take(&self, document, file)
            hasAnswers = true
        }
        read.append((file, names.joined(separator: " and ")))
    }

    static let capture = "capture of a connection"

    /// A format of JSON: its name, how it is recognised, how it is taken in.
    struct Format: Sendable {
        var name: String
        var isLike: @Sendable (JSONText) -> Bool
        var take: @Sendable (inout Import, JSONText, String) throws(InputError) -> Void
    }

    /// In the order in which they are tried.
    static let formats: [Format] =
        hyperliquidFormats + binanceFormats + bybitFormats + okxFormats + ccxtFormats + lendingFormats

    // MARK: Reading values

    static func refuse(
        _ node: JSONText?, _ parent: JSONText, _ file: String, _ key: String, _ allowed: String
    ) -> InputError {
        InputError(
            file: file, line: node?.line ?? parent.line, key: key,
            found: node.map { $0.text.map { "`\($0.prefix(60))`" } ?? $0.kind } ?? "nothing",
            allowed: allowed, nearest: node == nil ? nearestName(to: key, among: parent.keys) : nil)
    }

    func number(_ parent: JSONText, _ key: String, _ file: String) throws(InputError) -> Exact {
        guard let node = parent[key], let text = node.text, let value = Exact(text) else {
            throw Self.refuse(parent[key], parent, file, key, "a decimal number below 10^24")
        }
        return value
    }

    /// Nil for a key that is absent, null or empty.
    func optional(_ parent: JSONText, _ key: String, _ file: String) throws(InputError) -> Exact? {
        guard let node = parent[key], !node.isNull, node.text != "" else { return nil }
        return try number(parent, key, file)
    }

    /// The first of several keys that is there.
    func optional(_ parent: JSONText, any keys: [String], _ file: String) throws(InputError) -> Exact? {
        for key in keys { if let value = try optional(parent, key, file) { return value } }
        return nil
    }
    func number(_ parent: JSONText, any keys: [String], _ file: String) throws(InputError) -> Exact {
        guard let value = try optional(parent, any: keys, file) else {
            throw Self.refuse(nil, parent, file, keys[0], "a number")
        }
        return value
    }

    func text(_ parent: JSONText, _ key: String, _ file: String) throws(InputError) -> String {
        guard let text = parent[key]?.text, !text.isEmpty, text.utf8.count <= 200 else {
            throw Self.refuse(parent[key], parent, file, key, "a name")
        }
        return text
    }

    func list(_ parent: JSONText, _ key: String, _ file: String) throws(InputError) -> [JSONText] {
        guard let list = parent[key]?.list else {
            throw Self.refuse(parent[key], parent, file, key, "a list")
        }
        return list
    }

    /// Whose an answer is that does not say it.
    func owner(_ file: String) -> String {
        account ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    }

    // MARK: Adding rows

    mutating func addAccount(
        _ name: String, _ venue: String, _ asset: String, _ amount: Exact,
        mode: AccountBook.MarginMode = .cross, file: String, line: Int
    ) {
        health.rowsRead += 1
        let key = Wallet(account: name, venue: venue, asset: asset)
        let known = Wallet(account: name, venue: venue, asset: Self.currency(asset))
        knownAccounts.formUnion([known, Wallet(account: name, venue: venue)])
        let wasUnknown = withoutWallet.removeValue(forKey: known) != nil
        if let i = wallets[key] {
            if book.accounts[i].amount != amount, !wasUnknown {
                health.warn(
                    "account twice", file, line,
                    "\(venue): the same account and asset from two files; the later one counts")
            }
            book.accounts[i].amount = amount
            return
        }
        wallets[key] = book.accounts.count
        book.accounts.append(
            .init(name: name, venue: venue, mode: mode, asset: asset, amount: amount, line: line))
        health.rowsKept += 1
    }

    /// An account met in an answer that says nothing of its wallet: 0, unless another file tells it.
    mutating func addWithoutWallet(_ name: String, _ venue: String, _ asset: String, file: String, line: Int)
    {
        let known = Wallet(account: name, venue: venue, asset: Self.currency(asset))
        guard knownAccounts.insert(known).inserted else { return }
        knownAccounts.insert(Wallet(account: name, venue: venue))
        wallets[Wallet(account: name, venue: venue, asset: asset)] = book.accounts.count
        book.accounts.append(
            .init(name: name, venue: venue, mode: .cross, asset: asset, amount: .zero, line: line))
        withoutWallet[known] = (file, line)
    }

    /// What an asset stands behind: dollars are one, a coin is its own.
    private static func currency(_ asset: String) -> String {
        CoinNames.dollars.contains(asset) ? "USD" : asset
    }

    /// Takes in rows that a table brought past `addAccount` and `addMarket`.
    mutating func findRows() {
        guard hasUnfoundRows else { return }
        hasUnfoundRows = false
        for (i, account) in book.accounts.enumerated() {
            knownAccounts.formUnion([
                Wallet(account: account.name, venue: account.venue),
                Wallet(account: account.name, venue: account.venue, asset: Self.currency(account.asset)),
            ])
            wallets[Wallet(account: account.name, venue: account.venue, asset: account.asset)] = i
        }
        for (i, market) in book.markets.enumerated() {
            marketPlaces[RebuiltBook.Name(venue: market.venue, symbol: market.symbol)] = i
        }
    }

    /// Whether any file told of an account.
    func hasAccount(_ name: String, _ venue: String) -> Bool {
        knownAccounts.contains(Wallet(account: name, venue: venue))
    }

    /// What is known only when every file was read.
    public mutating func finish() {
        settleSnapshots()
        settleBybit()
        settleLoans()
        for name in assumed.sorted() {
            guard let i = marketPlaces[name] else { continue }
            let market = book.markets[i]
            health.warn(
                "assumed contract", "markets.csv", 0,
                "\(name.symbol) of \(name.venue): \(market.contract.rawValue), size \(market.contractSize); no file says it"
            )
        }
        for (wallet, place) in withoutWallet.sorted(by: {
            ($0.value.file, $0.value.line) < ($1.value.file, $1.value.line)
        }) {
            health.warn(
                "no collateral", place.file, place.line,
                "the wallet of this account of \(wallet.venue) is in no file: it is taken as 0; give its balance, too"
            )
        }
    }

    mutating func addPosition(_ position: AccountBook.Position, printed price: Exact?, file: String) {
        if isFlat(position.size) { return }
        health.rowsRead += 1
        if let price, !price.isZero, !price.isNegative { printed[book.positions.count] = price }
        book.positions.append(position)
        health.rowsKept += 1
    }

    /// The first price of a market stands unless a later file is about prices.
    mutating func addMarket(_ market: AccountBook.Market, replaces: Bool = false, file: String) {
        if market.mark.isZero {
            health.warn(
                "mark of zero", file, market.line,
                "\(market.symbol) of \(market.venue) has no price; it is left out")
            health.drop("market without a price")
            return
        }
        let name = RebuiltBook.Name(venue: market.venue, symbol: market.symbol)
        if let i = marketPlaces[name] {
            let old = book.markets[i]
            if replaces { book.markets[i] = market }
            if assumed.remove(name) != nil {
                // What the contract is was not known when its price was.
                book.markets[i].contract = market.contract
                book.markets[i].contractSize = market.contractSize
                if !replaces { (book.markets[i].mark, book.markets[i].index) = (old.mark, old.index) }
            }
            return
        }
        marketPlaces[name] = book.markets.count
        health.rowsRead += 1
        health.rowsKept += 1
        book.markets.append(market)
    }

    /// A price from a source that says nothing of the contract: of a known market the mark and the index change alone.
    mutating func addPrice(
        _ venue: String, _ symbol: String, _ mark: Exact, _ index: Exact?, file: String, line: Int
    ) {
        let name = RebuiltBook.Name(venue: venue, symbol: symbol)
        if let i = marketPlaces[name] {
            if mark.isZero { return addMarket(book.markets[i].with(mark: .zero), file: file) }
            (book.markets[i].mark, book.markets[i].index) = (mark, index ?? book.markets[i].index)
            return
        }
        let isInverse = CoinNames.isInverse(symbol)
        addMarket(
            .init(
                venue: venue, symbol: symbol, mark: mark, index: index,
                contract: isInverse ? .inverse : .linear,
                contractSize: .one, line: line), file: file)
        if venue != "hyperliquid", marketPlaces[name] != nil { assumed.insert(name) }
    }

    /// Counts a position that holds nothing, and drops it.
    mutating func isFlat(_ size: Exact) -> Bool {
        guard size.isZero else { return false }
        health.rowsRead += 1
        health.drop("position of size zero")
        return true
    }

    mutating func addDepth(
        _ venue: String, _ symbol: String, bids: [JSONText], asks: [JSONText], _ file: String
    ) throws(InputError) {
        book.depth.removeAll { $0.venue == venue && $0.symbol == symbol }
        for (levels, isBid) in [(bids, true), (asks, false)] {
            var last: Exact?
            for level in levels {
                health.rowsRead += 1
                let price = level["px"] ?? level.list?.first,
                    size = level["sz"] ?? level.list?.dropFirst().first
                guard let price = price?.text.flatMap({ Exact($0) }),
                    let size = size?.text.flatMap({ Exact($0) })
                else {
                    throw InputError(
                        file: file, line: level.line, key: isBid ? "bids" : "asks", found: level.kind,
                        allowed: "levels of price and size")
                }
                if size.isZero {
                    health.drop("empty level")
                    continue
                }
                if let before = last, isBid ? price > before : price < before {
                    health.warn(
                        "levels out of order", file, level.line, "\(symbol): \(price) after \(before)")
                }
                last = price
                book.depth.append(
                    .init(
                        venue: venue, symbol: symbol, isBid: isBid, price: price, size: size, line: level.line
                    ))
                health.rowsKept += 1
            }
        }
        if bids.isEmpty || asks.isEmpty {
            health.warn("empty book", file, 0, "\(symbol) of \(venue) has one side only")
        }
    }
}
