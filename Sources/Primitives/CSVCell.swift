extension StringProtocol {
    /// As a cell of a comma-separated table (RFC 4180): quoted where it holds what would end a cell or a row, where spaces at its
    /// ends would be lost, and where it would begin a comment.
    public var csvCell: String {
        let needsQuotes =
            utf8.contains { [44, 34, 10, 13].contains($0) } || first == " " || last == " "
            || first == "#"
        guard needsQuotes else { return String(self) }
        return "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}
