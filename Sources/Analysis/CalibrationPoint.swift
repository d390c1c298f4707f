import Ensembles
import Primitives
import Recording
import Scenarios
import Validation

/// One point of a calibration and what its runs measured.
public struct CalibrationPoint: Sendable {
    /// From 1.
    public var number: Int
    public var round: Int
    /// Of each free key's range.
    public var shares: [Double]
    /// By seed, then by target; nil for a run that failed.
    public var measures: [[Double?]?]
    /// The smaller the better; infinite until it is scored, and for a point with a run that failed.
    public private(set) var score = Double.infinity

    public init(number: Int, round: Int, shares: [Double], measures: [[Double?]?]) {
        self.number = number
        self.round = round
        self.shares = shares
        self.measures = measures
    }

    /// Scores every point anew. Targets that no run so far tells anything of do not count: a run that ends early has no
    /// midnight.
    public static func score(_ points: inout [CalibrationPoint], _ targets: [CalibrationPlan.Target]) {
        let told = targets.indices.filter { t in
            points.contains { $0.measures.contains { $0?[t] != nil } }
        }
        for i in points.indices { points[i].score(targets, told) }
    }

    /// A run that failed makes the point's score infinite; a target that this run alone does not tell is a miss of one band.
    private mutating func score(_ targets: [CalibrationPlan.Target], _ told: [Int]) {
        guard measures.allSatisfy({ $0 != nil }) else {
            score = .infinity
            return
        }
        let bySeed = measures.map { values in
            told.filter { targets[$0].role == "fit" }.reduce(0.0) { sum, t in
                let miss = values![t].map(targets[t].miss) ?? 1
                return sum + targets[t].weight * miss * miss
            }
        }
        score = bySeed.reduce(0, +) / Double(bySeed.count)
    }

    /// Median over the seeds.
    public func median(_ target: Int) -> Double? {
        quantile(measures.compactMap { $0?[target] }, 0.5)
    }

    /// The best share of the points, best first; at least two where two have a score.
    public static func kept(_ points: [CalibrationPoint], _ share: Double) -> [CalibrationPoint] {
        let scored = points.filter { $0.score.isFinite }.sorted {
            ($0.score, $0.number) < ($1.score, $1.number)
        }
        return Array(scored.prefix(max(2, Int((Double(points.count) * share).rounded(.up)))))
    }

    /// What the result in a point's folder measured, by target, nil where it does not tell.
    ///
    /// - Throws: `InputError` for a result that was not asked.
    public static func measures(
        _ folder: String, _ targets: [CalibrationPlan.Target], _ asked: [AskedMeasure]
    ) throws -> [Double?] {
        let file = folder + "/result.json"
        let told = try MarketSummary(file: file).measures ?? []
        return try zip(targets, asked).map { target, asked in
            guard let figure = told.first(where: { $0.measure == asked.call.text }) else {
                throw InputError(
                    file: file, key: "measures", found: "nothing of \(asked.call.text)",
                    allowed: "a result of this version; another --out begins anew")
            }
            return asked.call.seen(figure, in: asked.unit).value(upTo: target.high)
        }
    }
}

/// What a target asks of a run, and in which unit.
public struct AskedMeasure: Sendable {
    public var call: MeasureCall
    public var unit: String

    public init(_ call: MeasureCall, unit: String) { (self.call, self.unit) = (call, unit) }
}

extension CalibrationPlan {
    /// The plan's targets, or without any the facts of roles fit and held_out that are recorded of its scenario; with what
    /// each asks of a run.
    ///
    /// - Parameter file: the plan's, for errors.
    /// - Throws: `InputError` where nothing is recorded.
    public func targetsOrRecorded(file: String) throws -> ([Target], [AskedMeasure]) {
        let event = try EventRecord(Scenario(ScenarioFile(named: run.scenario)))
        if let targets {
            return (
                targets,
                try targets.map {
                    let call = try MeasureCall($0.key, file: file, names: event.names)
                    return AskedMeasure(call, unit: call.measure.unit.name)
                }
            )
        }
        let facts = event.facts.filter { $0.role == "fit" || $0.role == "held_out" }
        guard !facts.isEmpty else {
            throw InputError(
                file: file, key: "targets", found: "no targets, and nothing recorded of \(run.scenario)",
                allowed: "`targets:` with measures and bands")
        }
        return (
            facts.map {
                Target(key: $0.measure.text, low: $0.low, high: $0.high, weight: 1, role: $0.role)
            }, facts.map { AskedMeasure($0.measure, unit: $0.unit) }
        )
    }
}
