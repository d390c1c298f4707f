/// What a measure counts, and the units of the same kind in which a fact may give its band.
public struct MeasureUnit: Sendable, Equatable {
    public let name: String
    /// One of each, in a unit that they share.
    private let sizes: [(name: String, size: Double)]

    public static func == (a: MeasureUnit, b: MeasureUnit) -> Bool { a.name == b.name }

    private init(_ name: String, _ sizes: [(String, Double)] = []) {
        self.name = name
        self.sizes = sizes.map { (name: $0.0, size: $0.1) }
    }

    static let usd = MeasureUnit("USD", [("USD", 1), ("USD M", 1e6), ("USD bn", 1e9)])
    static let seconds = MeasureUnit("s", time)
    static let minutes = MeasureUnit("min", time)
    static let hours = MeasureUnit("h", time)
    static let percent = MeasureUnit("pct")
    static let points = MeasureUnit("points")
    static let share = MeasureUnit("share")
    static let times = MeasureUnit("x")
    static let basisPoints = MeasureUnit("bp")
    static let rho = MeasureUnit("rho")
    /// A number of nothing.
    static let plain = MeasureUnit("number")
    static let microUSD = MeasureUnit("micro USD")

    /// A number of things.
    static func count(of things: String) -> MeasureUnit {
        MeasureUnit(things, [(things, 1), ("thousand", 1e3), ("million", 1e6)])
    }

    private static let time = [("s", 1.0), ("min", 60), ("h", 3600)]

    /// What a fact may name.
    public var allowed: [String] { sizes.isEmpty ? [name] : sizes.map(\.name) }

    /// A figure of this unit in another of the same kind.
    ///
    /// - Parameter unit: one of `allowed`.
    func converted(_ value: Double, to unit: String) -> Double {
        if unit == name { return value }
        let own = sizes.first { $0.name == name }!.size
        let other = sizes.first { $0.name == unit }!.size
        return value * own / other
    }

    /// The one of them in which a person would say it: .3 of a billion rather than eight noughts.
    func readable(_ value: Double) -> String {
        guard self != .seconds, self != .minutes, self != .hours else { return name }
        return sizes.last { abs(value) >= $0.size / 10 }?.name ?? name
    }
}
