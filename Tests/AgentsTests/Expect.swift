import Testing

/// `#expect` for conditions over values that cannot be copied, which the macro cannot take apart.
func expect(_ holds: Bool, _ comment: String = "", at location: SourceLocation = #_sourceLocation) {
    #expect(holds, Comment(rawValue: comment), sourceLocation: location)
}
