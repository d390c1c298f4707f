import Primitives

/// Many runs of one scenario: which keys take which values, and how the space between is filled.
public struct SweepPlan: Sendable {
    public static let mostPoints = 100_000
    private static let keys = RunPlan.keys + ["sweep", "design", "points", "design_seed"]

    public enum Design: String, CaseIterable, Sendable {
        /// Every combination; the last key changes first.
        case grid
        /// As many points as asked for, each key's range cut into as many slices, every slice used once.
        case latinHypercube = "latin-hypercube"
        /// The first points of a sequence that fills the space evenly at every length.
        case sobol
    }

    public let run: RunPlan
    public let axes: [SweepAxis]
    public let design: Design
    /// In their order; each gives every axis a value.
    public let points: [[Assignment]]

    /// - Throws: `InputError` at the line of a key that is unknown, missing or not allowed.
    public init(file: String) throws {
        let plan = try PlanNode(file: file)
        try plan.allowOnly(Self.keys)
        run = try RunPlan(plan)
        guard let sweep = plan["sweep"], !sweep.entries.isEmpty else {
            throw plan.refuse("no `sweep`", "`sweep:` with at least one key and its values")
        }
        let axes = try sweep.entries.map { try SweepAxis($0.key, $0.value) }
        self.axes = axes
        let names = Design.allCases.map(\.rawValue)
        let designNode = plan["design"]
        guard let design = designNode == nil ? .grid : designNode?.text.flatMap(Design.init(rawValue:)) else {
            throw designNode!.refuse(
                designNode!.text.map { "`\($0)`" } ?? "no text", names.joined(separator: ", "),
                nearest: nearestName(to: designNode!.text ?? "", among: names))
        }
        self.design = design
        let seed = try plan["design_seed"]?.count(in: 0...Int.max) ?? 1
        if design == .grid {
            if let node = plan["points"] {
                throw node.refuse("`points` with a grid", "no `points`: a grid has its own")
            }
            let count = axes.reduce(1.0) { $0 * Double($1.gridValues.count) }
            guard count <= Double(Self.mostPoints) else {
                throw sweep.refuse("\(count) points", "at most \(Self.mostPoints)")
            }
            points = Self.grid(axes)
        } else {
            guard let node = plan["points"] else {
                throw plan.refuse("no `points`", "`points:` with how many to draw, 1 to \(Self.mostPoints)")
            }
            let count = try node.count(in: 1...Self.mostPoints)
            if design == .sobol && axes.count > Sobol.mostDimensions {
                throw sweep.refuse(
                    "\(axes.count) keys", "at most \(Sobol.mostDimensions) with the sobol design")
            }
            let shares =
                design == .sobol
                ? Sobol.points(count, dimensions: axes.count)
                : latinHypercube(count, dimensions: axes.count, seed: UInt64(seed))
            points = shares.map { point in
                zip(axes, point).map { Assignment(key: $0.key, value: $0.value(at: $1)) }
            }
        }
    }

    private static func grid(_ axes: [SweepAxis]) -> [[Assignment]] {
        var all: [[Assignment]] = [[]]
        for axis in axes {
            all = all.flatMap { point in
                axis.gridValues.map { point + [Assignment(key: axis.key, value: $0)] }
            }
        }
        return all
    }
}
