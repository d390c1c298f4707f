import MarketData
import Primitives

/// What a run may change about a scenario without being another scenario.
public struct RunOptions: Sendable {
    public var seed: UInt64
    /// The largest `scale`.
    public static let mostScale = 100_000
    /// One account stands for so many.
    public var scale: Int
    public var threads: Int
    /// A recorded path in place of the event's index.
    public var indexPath: PricePath?
    public var until: SimTime?
    /// Everything fast runs beside its slow twin; the result must not change.
    public var usesTwins = false
    /// Carried into the market in place of as much of its population.
    public var own: [OwnAccount] = []
    /// Told of each part of the world once it is built.
    public var onBuilt: (@Sendable (String) -> Void)?
    /// Asked while the world is built, from any thread; true ends that with a `CancellationError`.
    public var isInterrupted: @Sendable () -> Bool = { false }

    public init(
        seed: UInt64, scale: Int = 1, threads: Int = 1, indexPath: PricePath? = nil, until: SimTime? = nil
    ) {
        self.seed = seed
        self.scale = scale
        self.threads = threads
        self.indexPath = indexPath
        self.until = until
    }
}

extension Scenario {
    /// Refuses whatever a run with these options would refuse before its first step.
    ///
    /// - Throws: `InputError` at the setting, cell or option that cannot be.
    public func check(_ options: RunOptions) throws { try WorldBuilder(self, options).check() }

    /// One account stands for so many: there must be that many.
    func checkScale(_ scale: Int) throws {
        let most = min(RunOptions.mostScale, integer("accounts.total"))
        guard (1...most).contains(scale) else {
            throw InputError(
                file: "--scale", found: "\(scale)",
                allowed: "1 to \(most); accounts.total is \(integer("accounts.total"))")
        }
    }
}
