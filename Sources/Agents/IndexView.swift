import Primitives
import RealModule

/// What every agent can see of the world outside the venue.
public struct IndexView: Sendable {
    /// The index price in dollars.
    public private(set) var price: Double
    /// Exponentially weighted volatility of the index, as a fraction per square root of a second.
    public private(set) var volatility: Double
    private let memorySeconds: Double

    /// - Parameter calmVolatility: where the average starts.
    public init(price: Double, calmVolatility: Double, memorySeconds: Double = 60) {
        self.price = price
        volatility = calmVolatility
        self.memorySeconds = memorySeconds
    }

    public mutating func move(to next: Double, seconds dt: Double) {
        let r = Double.log(next / price)
        let keep = Double.exp(-dt / memorySeconds)
        volatility = (keep * volatility * volatility + (1 - keep) * r * r / dt).squareRoot()
        price = next
    }
}
