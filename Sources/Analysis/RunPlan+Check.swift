import Ensembles
import Primitives
import Scenarios

extension RunPlan {
    /// What is set for every point, as on the command line.
    private var overrides: [String] {
        self.set.filter { $0.key != "seed" }.map { "\($0.key)=\($0.value)" }
    }

    /// The scenario with the values of every point, before the first one runs: keys, ranges, what does not fit together. What
    /// only a run finds out is a failed point.
    ///
    /// - Parameter file: the plan's, for errors.
    /// - Returns: the scenario as every point begins with it.
    /// - Throws: `InputError` for the first value that cannot be.
    @discardableResult
    public func check(_ points: [[Assignment]], file: String) throws -> Scenario {
        let scenario = try Scenario(
            ScenarioFile(
                named: self.scenario,
                overrides: overrides))
        var seen: Set<Assignment> = []
        for item in points.joined() where seen.insert(item).inserted {
            if item.key == "seed" {
                guard UInt64(item.value) != nil else {
                    throw InputError(
                        file: file, key: "seed", found: "`\(item.value)`", allowed: "whole numbers from 0")
                }
                continue
            }
            do {
                _ = try ScenarioFile(
                    named: self.scenario,
                    overrides: overrides + [
                        "\(item.key)=\(item.value)"
                    ])
            } catch var error as InputError {
                error.file = file
                throw error
            }
        }
        return scenario
    }

    /// Folders and files on disk that its scenario is read from; none of a built-in one.
    ///
    /// - Throws: `InputError` where the scenario cannot be read.
    public func places() throws -> [String] {
        try ScenarioFile(
            named: scenario, overrides: overrides
        ).places
    }
}
