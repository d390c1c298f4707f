import RealModule

extension Double {
    /// `base` to an exponent that a user may set: at 0 the effect is gone, so the answer is 1, for a base of 0 too
    /// (`Double.pow` calls that undefined and says nan).
    ///
    /// - Parameter base: 0 or more; below, the answer is nan.
    @inlinable public static func power(_ base: Double, _ exponent: Double) -> Double {
        exponent == 0 ? 1 : .pow(base, exponent)
    }
}
