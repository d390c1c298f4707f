extension String {
    /// As a cell of a comma-separated table (RFC 4180): quoted where it holds what would end a cell or a row, where spaces at its
    /// ends would be lost, and where it would begin a comment.
    public var csvCell: String {
        var needsQuotes = utf8.first == 32 || utf8.last == 32 || utf8.first == 35
        for byte in utf8 where byte == 44 || byte == 34 || byte == 10 || byte == 13 { needsQuotes = true }
        guard needsQuotes else { return self }
        return "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }

    /// The same for tables that people open in a spreadsheet: what would be taken for a formula there is made text.
    public var spreadsheetCell: String {
        let isFormula =
            utf8.first.map { [61, 43, 45, 64, 9, 13].contains($0) } == true && Double(self) == nil
        return (isFormula ? "'" + self : self).csvCell
    }
}
