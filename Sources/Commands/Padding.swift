extension String {
    /// With spaces behind it up to a width in characters.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
