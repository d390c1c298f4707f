import Primitives
import RealModule

/// What `calibrate` may change, what it should reach, and how long it may look.
public struct CalibrationPlan: Sendable {
    private static let keys =
        RunPlan.keys + ["free", "targets", "seeds", "points", "rounds", "keep", "design_seed"]

    public struct Parameter: Sendable {
        public var key: String
        public var from: Double
        public var to: Double
        public var isLogarithmic: Bool

        /// The value at a share of the range, 0 to 1.
        public func value(at share: Double) -> String {
            plainNumber(isLogarithmic ? from * Double.pow(to / from, share) : from + (to - from) * share)
        }
    }

    public struct Target: Sendable {
        /// The measure, as in a table of facts.
        public var key: String
        public var low: Double
        public var high: Double
        public var weight: Double
        /// `fit` counts, `held_out` is only shown.
        public var role: String

        public init(key: String, low: Double, high: Double, weight: Double, role: String) {
            self.key = key
            self.low = low
            self.high = high
            self.weight = weight
            self.role = role
        }

        /// How far outside the band, in widths of the band; 0 inside.
        public func miss(_ x: Double) -> Double {
            max(0, low - x, x - high) / max(high - low, 1e-9)
        }
    }

    public let run: RunPlan
    public let parameters: [Parameter]
    /// Nil for the built-in table's.
    public let targets: [Target]?
    public let seeds: [UInt64]
    /// Points tried in each round, and rounds: the first fills the box, each later one draws around the best so far.
    public let points: Int
    public let rounds: Int
    /// The share of all points tried so far that the next round draws around, and that make up the posterior.
    public let keep: Double
    public let designSeed: UInt64

    /// - Parameter measure: reads the measure of a target, of a line, of the plan's runs; throws for what is none, and gives it back as it is
    ///   written everywhere.
    /// - Throws: `InputError` at the line of a key that is unknown, missing or not allowed.
    public init(file: String, measure: (_ text: String, _ line: Int?, _ run: RunPlan) throws -> String) throws
    {
        let plan = try PlanNode(file: file)
        try plan.allowOnly(Self.keys)
        run = try RunPlan(plan)
        if run.record == "off" {
            throw (plan["record"] ?? plan).refuse(
                "`off`", "minute or full: what targets ask is read from the recording")
        }
        guard let free = plan["free"], !free.entries.isEmpty, free.entries.count <= Sobol.mostDimensions
        else {
            throw plan.refuse(
                "no `free`, or too many", "`free:` with 1 to \(Sobol.mostDimensions) keys and their ranges")
        }
        parameters = try free.entries.map { key, node in
            try node.allowOnly(["from", "to", "log"])
            guard let from = try node["from"]?.number(), let to = try node["to"]?.number(), from < to else {
                throw node.refuse("no range", "`{from: 1, to: 2}`, with `log: true` for equal ratios")
            }
            let isLogarithmic = try node["log"]?.flag() ?? false
            if isLogarithmic && from <= 0 {
                throw node.refuse("from \(from) with `log`", "a positive `from`")
            }
            return Parameter(key: key, from: from, to: to, isLogarithmic: isLogarithmic)
        }
        let run = self.run
        targets = try plan["targets"].map { try Self.targets($0) { try measure($0, $1, run) } }
        if let node = plan["seeds"] {
            guard let list = node.list, !list.isEmpty else { throw node.refuse("no list", "a list of seeds") }
            seeds = try list.map { UInt64(try $0.count(in: 0...Int.max)) }
        } else {
            seeds = [1]
        }
        points = try plan["points"]?.count(in: 4...SweepPlan.mostPoints) ?? 32
        rounds = try plan["rounds"]?.count(in: 1...100) ?? 3
        keep = try plan["keep"]?.number(in: 0.01...1) ?? 0.2
        designSeed = UInt64(try plan["design_seed"]?.count(in: 0...Int.max) ?? 1)
    }

    private static func targets(
        _ node: PlanNode, _ measure: (String, Int?) throws -> String
    ) throws -> [Target] {
        guard let list = node.list, !list.isEmpty else {
            throw node.refuse(
                "no list",
                "a list of `{measure: fall_pct(asset=BTC), low: 9, high: 14}`, or no `targets` at all")
        }
        return try list.map { item in
            try item.allowOnly(["measure", "low", "high", "weight", "role"])
            guard let text = item["measure"]?.text else {
                throw item.refuse("no `measure`", "what `undertow scenarios measures` lists")
            }
            let key = try measure(text, item["measure"]?.line)
            guard let low = try item["low"]?.number(), let high = try item["high"]?.number(), low <= high
            else {
                throw item.refuse("no band", "`low` and `high`, the first not above the second")
            }
            let role = item["role"]?.text ?? "fit"
            guard ["fit", "held_out"].contains(role) else {
                throw item.refuse("role `\(role)`", "fit or held_out")
            }
            return Target(
                key: key, low: low, high: high, weight: try item["weight"]?.number(in: 0...1e6) ?? 1,
                role: role)
        }
    }

    /// The points of a round, as shares of each parameter's range.
    ///
    /// - Parameter best: the points kept so far, best first; empty in the first round.
    public func round(_ number: Int, around best: [[Double]]) -> [[Double]] {
        guard number > 0, best.count > 1 else { return Sobol.points(points, dimensions: parameters.count) }
        var draws = RandomStream(seed: designSeed, name: "calibration round \(number)")
        // Twice the spread of those kept, in each direction (the kernel of sequential ABC, Beaumont and others 2009).
        let spread = parameters.indices.map { d in
            let values = best.map { $0[d] }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            return max(0.01, (2 * variance).squareRoot())
        }
        return (0..<points).map { _ in
            let centre = best[draws.integer(below: best.count)]
            return parameters.indices.map { d in
                var x = centre[d] + spread[d] * draws.normal()
                // Reflected at the ends of the range.
                while x < 0 || x > 1 { x = x < 0 ? -x : 2 - x }
                return x
            }
        }
    }
}
