/// Rows as lines, every column as wide as its widest cell.
public func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { i in rows.map { $0[i].count }.max() ?? 0 }
    return rows.map { row in
        row.indices.map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) }
            .joined(separator: "  ")
    }
}

extension String {
    /// With spaces behind it up to `width` characters; longer text as it is.
    public func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
