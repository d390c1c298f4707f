import Primitives

/// The price of a Maker collateral auction over time. Prices and factors in ray, times in seconds.
/// Source: dss, src/abaci.sol.
public enum AuctionCurve: Sendable, Equatable {
    /// top × (tau - t) / tau, zero from `tau` on.
    case linear(tau: UInt256)
    /// top × cut^floor(t / step).
    case stairstep(cut: UInt256, step: UInt256)
    /// top × cut^t.
    case exponential(cut: UInt256)

    /// The price `elapsed` seconds after a start at `top`, rounded down.
    public func price(top: UInt256, elapsed: UInt256) -> UInt256 {
        switch self {
        case .linear(let tau):
            elapsed >= tau ? .zero : top.mulDivDown((tau - elapsed).mulDivDown(.ray, tau), .ray)
        case .stairstep(let cut, let step): top.mulDivDown(rayPower(cut, elapsed / step), .ray)
        case .exponential(let cut): top.mulDivDown(rayPower(cut, elapsed), .ray)
        }
    }

    /// The share of the oracle price at which an auction that started at `buf` needs a reset: buf × cusp. For
    /// display.
    public static func resetFloor(buf: Double, cusp: Double) -> Double { buf * cusp }

    /// What is lost of a debt covered `liquidationRatio` times if the whole lot sells at the reset floor, as a
    /// share of the debt; negative if it is covered. For display.
    public static func lossAtReset(buf: Double, cusp: Double, liquidationRatio: Double) -> Double {
        1 - buf * cusp * liquidationRatio
    }
}

/// x^n in ray by squaring, each product rounded half up.
/// Source: dss, rpow in src/abaci.sol and src/jug.sol.
public func rayPower(_ x: UInt256, _ n: UInt256) -> UInt256 {
    if n.isZero { return .ray }
    if x.isZero { return .zero }
    var base = x
    var rest = n.low
    precondition(n.high == 0)
    var result = rest & 1 == 1 ? x : .ray
    rest >>= 1
    while rest != 0 {
        base = base.mulDivHalfUp(base, .ray)
        if rest & 1 == 1 { result = result.mulDivHalfUp(base, .ray) }
        rest >>= 1
    }
    return result
}
