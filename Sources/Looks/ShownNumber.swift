extension Double {
    /// JSON has no other numbers: a price that is none yet is 0.
    public var shown: Double { isFinite ? self : 0 }
}
