import Foundation
import Primitives

/// How far selling moves the price, as a logarithm.
public enum ImpactLaw: Sendable, Equatable {
    /// I(Q) = Q / Λ, Λ in dollars per unit log price.
    case linear(depth: Double)
    /// I(Q) = Y σ √(Q / V), with σ the daily volatility and V the daily volume in dollars. Below one child order the law is
    /// taken linear, so that an infinitesimal sale does not move the price by itself; 0 for the bare law.
    case squareRoot(prefactor: Double, volatility: Double, volume: Double, childOrder: Double = 0)

    public func impact(of sold: Double) -> Double {
        switch self {
        case .linear(let depth): return sold / depth
        case .squareRoot(let y, let sigma, let volume, let child):
            if sold < child { return y * sigma * (child / volume).squareRoot() * sold / child }
            return y * sigma * (sold / volume).squareRoot()
        }
    }

    /// dI / dQ; infinite for the bare square root at zero.
    public func slope(at sold: Double) -> Double {
        switch self {
        case .linear(let depth): return 1 / depth
        case .squareRoot(let y, let sigma, let volume, let child):
            if sold < child { return y * sigma / (child * volume).squareRoot() }
            return sold > 0 ? y * sigma / (2 * (sold * volume).squareRoot()) : .infinity
        }
    }

    /// `linear:LAMBDA` or `sqrt:Y,SIGMA,V[,CHILD]`.
    ///
    /// - Throws: `InputError` for a text that is no impact law.
    public init(_ text: String) throws {
        let allowed =
            "linear:DEPTH in dollars per unit log price, or sqrt:Y,SIGMA,V[,CHILD] with V and CHILD in dollars"
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers =
            parts.count == 2
            ? parts[1].split(separator: ",", omittingEmptySubsequences: false).map {
                Double($0.trimmingCharacters(in: .whitespaces)) ?? .nan
            } : []
        let refusal = InputError(file: "--impact", found: "`\(text)`", allowed: allowed)
        guard numbers.allSatisfy({ $0.isFinite && $0 >= 0 }) else { throw refusal }
        switch (parts.first.map(String.init), numbers.count) {
        case ("linear", 1) where numbers[0] > 0: self = .linear(depth: numbers[0])
        case ("sqrt", 3) where numbers[0] > 0 && numbers[1] > 0 && numbers[2] > 0,
            ("sqrt", 4) where numbers[0] > 0 && numbers[1] > 0 && numbers[2] > 0:
            self = .squareRoot(
                prefactor: numbers[0], volatility: numbers[1], volume: numbers[2],
                childOrder: numbers.count == 4 ? numbers[3] : 0)
        default: throw refusal
        }
    }
}
