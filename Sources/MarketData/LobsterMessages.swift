import InputFiles
import Primitives

/// One row of a LOBSTER message file. Prices are USD × 10,000, which is also the tick of the replay.
struct LobsterMessage {
    enum Kind: Int64 {
        case new = 1
        case partialCancel = 2
        case delete = 3
        case visibleExecution = 4
        case hiddenExecution = 5
        case crossTrade = 6
        case halt = 7
    }

    var kind: Kind
    var order: Int64
    /// Shares.
    var size: Int64
    var price: Int64
    /// The side of the resting order.
    var side: Side
}

/// Streams the rows of a LOBSTER message file, or of a snapshot in the same layout.
final class LobsterMessages {
    private let rows: TableRows
    private let snapshot: Bool
    /// Seconds after midnight of the row before.
    private var latest = 0.0

    /// - Parameter snapshot: rows list resting orders: every type is 1 and the time is any text.
    init(path: String, snapshot: Bool = false) throws {
        rows = try TableRows(path: path)
        self.snapshot = snapshot
    }

    var path: String { rows.path }

    func next() throws -> LobsterMessage? {
        guard let line = try rows.next() else { return nil }
        let cells = line.cells
        // Newer files carry a seventh column, the market participant, which says nothing about the book.
        guard cells.count == 6 || cells.count == 7 else {
            throw rows.error(
                line, found: "\(cells.count) columns", allowed: "time,type,order id,size,price,direction")
        }
        if !snapshot {
            // Read as a float: the files are printed from floats and carry their tails, e.g.
            // 35821.088778456004.
            guard let time = parseDouble(cells[0]), time >= 0 else {
                throw rows.error(
                    line, "time", cells[0], allowed: "seconds after midnight, e.g. 34200.004241176")
            }
            guard time >= latest else {
                throw rows.error(
                    line, "time", cells[0], allowed: "\(latest), the time of the row before, or later")
            }
            latest = time
        }
        guard let number = parseDecimal(cells[1], decimals: 0),
            let kind = LobsterMessage.Kind(rawValue: number),
            !snapshot || kind == .new
        else {
            throw rows.error(
                line, "type", cells[1],
                allowed: snapshot ? "1, a resting order" : "a whole number from 1 to 7")
        }
        let direction = try whole(line, "direction", cells[5])
        // Halts and hidden executions concern no order of the book: their direction has no meaning.
        let concernsOrder = Self.concernsOrder(kind)
        guard direction == 1 || direction == -1 || !concernsOrder else {
            throw rows.error(line, "direction", cells[5], allowed: "1 (buy order) or -1 (sell order)")
        }
        return LobsterMessage(
            kind: kind, order: try whole(line, "order id", cells[2]), size: try whole(line, "size", cells[3]),
            price: try whole(line, "price", cells[4]), side: direction == 1 ? .buy : .sell)
    }

    static func concernsOrder(_ kind: LobsterMessage.Kind) -> Bool {
        switch kind {
        case .new, .partialCancel, .delete, .visibleExecution: true
        case .hiddenExecution, .crossTrade, .halt: false
        }
    }

    private func whole(_ line: TableRow, _ key: String, _ cell: ArraySlice<UInt8>) throws -> Int64 {
        guard let value = parseDecimal(cell, decimals: 0) else {
            throw rows.error(line, key, cell, allowed: "a whole number")
        }
        return value
    }
}
