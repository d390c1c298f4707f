import Primitives

/// Maker's vaults as a book: factor 2i is the spot of ilk i, factor 2i + 1 its rate; slack is in rad.
extension MakerLiquidations: LendingBook {
    public var positionCount: Int32 { urnCount }
    public var factorCount: Int32 { Int32(2 * ilks.count) }

    public func factor(_ factor: Int32) -> Double {
        let ilk = ilks[Int(factor >> 1)]
        return Double(factor & 1 == 0 ? ilk.spot : ilk.rate)
    }

    public func forEachExposure(of urn: Int32, _ body: (_ factor: Int32, _ slope: Double) -> Void) {
        let vault = self.urn(urn)
        guard urn > 0, !vault.art.isZero else { return }
        body(2 * vault.ilk, Double(vault.ink))
        body(2 * vault.ilk + 1, -Double(vault.art))
    }

    /// Nothing is rounded.
    public var slackTolerance: Double { 1 }

    /// Undecided while the ilk has no price. Unsafe says nothing about room in the holes.
    public func verdict(_ urn: Int32) -> LendingVerdict {
        let vault = self.urn(urn)
        guard urn > 0, !vault.art.isZero else { return .safe }
        if ilks[Int(vault.ilk)].spot.isZero { return .undecided }
        return isSafe(vault) ? .safe : .unsafe
    }
}
