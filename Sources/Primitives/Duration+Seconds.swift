extension Duration {
    /// As a number of seconds, for what is shown and counted.
    public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
