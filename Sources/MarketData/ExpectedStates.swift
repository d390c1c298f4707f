import InputFiles
import Primitives

/// Price and size of the best ask and bid, in ticks and lots; zeros where a side is empty.
struct BestState: Hashable, CustomStringConvertible {
    var ask: Int64 = 0
    var askSize: Int64 = 0
    var bid: Int64 = 0
    var bidSize: Int64 = 0

    var description: String {
        let left = bid == 0 ? "no bid" : "bid \(bid) × \(bidSize)"
        return left + ", " + (ask == 0 ? "no ask" : "ask \(ask) × \(askSize)")
    }
}

/// Streams recorded book states: CSV rows `ask price, ask size, bid price, bid size`, repeated per level, as
/// LOBSTER writes them. Row k of the file is state k.
final class ExpectedStates {
    private let rows: TableRows
    private let priceDecimals: Int
    /// LOBSTER's price of a level that is not occupied.
    private static let dummy: Int64 = 9_999_999_999

    /// - Parameter priceDecimals: decimals of the price column that make one tick (0: the column is in
    ///   ticks).
    init(path: String, priceDecimals: Int) throws {
        rows = try TableRows(path: path)
        self.priceDecimals = priceDecimals
    }

    var path: String { rows.path }

    /// The best level of the next row, or nil after the last.
    func next() throws -> BestState? {
        guard let row = try rows.next() else { return nil }
        try check(row)
        return try state(row, row.cells[..<4])
    }

    /// Every level of the next row, best first, the unoccupied left out; nil after the last row.
    func nextWithDepth() throws -> [(side: Side, price: Int64, size: Int64)]? {
        guard let row = try rows.next() else { return nil }
        try check(row)
        var found: [(side: Side, price: Int64, size: Int64)] = []
        for at in stride(from: 0, to: row.cells.count, by: 4) {
            let level = try state(row, row.cells[at..<(at + 4)])
            if level.ask != 0 { found.append((.sell, level.ask, level.askSize)) }
            if level.bid != 0 { found.append((.buy, level.bid, level.bidSize)) }
        }
        return found
    }

    private func check(_ row: TableRow) throws {
        guard row.cells.count >= 4, row.cells.count % 4 == 0 else {
            throw rows.error(
                row, found: "\(row.cells.count) columns",
                allowed: "ask price, ask size, bid price, bid size, once per level")
        }
    }

    private func state(_ row: TableRow, _ cells: ArraySlice<ArraySlice<UInt8>>) throws -> BestState {
        let c = Array(cells)
        let (ask, askSize) = try level(row, c[0], c[1], "ask")
        let (bid, bidSize) = try level(row, c[2], c[3], "bid")
        return BestState(ask: ask, askSize: askSize, bid: bid, bidSize: bidSize)
    }

    private func level(
        _ row: TableRow, _ price: ArraySlice<UInt8>, _ size: ArraySlice<UInt8>, _ side: String
    ) throws -> (Int64, Int64) {
        guard let lots = parseDecimal(size, decimals: 0), lots >= 0 else {
            throw rows.error(row, "\(side) size", size, allowed: "a whole number, not negative")
        }
        if lots == 0, let whole = parseDecimal(price, decimals: 0),
            whole == Self.dummy || whole == -Self.dummy
        {
            return (0, 0)
        }
        guard let ticks = parseDecimal(price, decimals: priceDecimals), ticks > 0 else {
            throw rows.error(row, "\(side) price", price, allowed: "a positive price on the tick")
        }
        guard lots > 0 else {
            throw rows.error(
                row, "\(side) size", size, allowed: "a positive size, or price ±\(Self.dummy) for no level")
        }
        return (ticks, lots)
    }
}
