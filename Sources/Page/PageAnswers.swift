import Foundation
import InputFiles
import Primitives
import Recording

/// Answers of other commands that a page shows beside its run: what `attribute`, `fragility`, `compare PLAN` and `explain`
/// print with `--json`.
public struct PageAnswers: Sendable {
    struct Interval: Decodable, Sendable {
        var share: Double
        /// Nil of one seed.
        var low: Double?
        var high: Double?
    }
    struct Attribution: Decodable, Sendable {
        struct View: Decodable, Sendable {
            var total: Double
            var shares: [String: Interval]
        }
        var scenario: String
        var backEnd: String
        /// What it rests on, in words.
        var basis: String?
        var seeds: Int
        var coalitions: Int
        var outcomes: [String: View]
        var neutral: [String: String]

        enum CodingKeys: String, CodingKey {
            case scenario, basis, seeds, coalitions, outcomes, neutral
            case backEnd = "back_end"
        }
    }
    struct Fragility: Decodable, Sendable {
        var scenario: String
        /// What it rests on, in words.
        var basis: String?
        var seeds: Int
        var depths: [Double]
        var leverages: [Double]
        var fallPctByDepthAndLeverage: [[Double]]
        var criticalDepthCalm: [Double]
        var criticalDepthTenth: [Double]

        enum CodingKeys: String, CodingKey {
            case scenario, basis, seeds, depths, leverages
            case fallPctByDepthAndLeverage = "fall_pct_by_depth_and_leverage"
            case criticalDepthCalm = "critical_depth_calm"
            case criticalDepthTenth = "critical_depth_tenth"
        }
    }
    struct Comparison: Decodable, Sendable {
        struct Result: Decodable, Sendable {
            var base: Double
            var changed: Double
            var difference: Double
            var low: Double
            var high: Double
        }
        struct Row: Decodable, Sendable {
            var rule: String
            var set: String
            var figure: String
            var unit: String
            var result: Result
        }
        var scenario: String
        var scale: Int
        var seeds: [String]
        var rows: [Row]
    }
    struct Story: Decodable, Sendable {
        struct Step: Decodable, Sendable {
            var timeUtc: String
            var what: String
            var rule: String

            enum CodingKeys: String, CodingKey {
                case what, rule
                case timeUtc = "time_utc"
            }
        }
        var run: String
        var account: String
        var venue: String
        var steps: [Step]
    }

    var attributions: [Attribution] = []
    var fragilities: [Fragility] = []
    var comparisons: [Comparison] = []
    var stories: [Story] = []
    /// What each file is of: an event by its name, a run by its folder.
    private var subjects: [(file: String, scenario: String?, run: String?)] = []

    public init() {}

    /// - Throws: `InputError` naming the file that is none of these answers.
    public init(files: [String]) throws {
        for file in files { try add(file) }
    }

    private enum Kind {
        case attribution, fragility, comparison, story

        /// By the keys that only such an answer has. What `compare --facts` prints has rows, too, and no event.
        init?(_ object: [String: Any]) {
            if object["outcomes"] != nil {
                self = .attribution
            } else if object["fall_pct_by_depth_and_leverage"] != nil {
                self = .fragility
            } else if object["rows"] != nil, object["scenario"] != nil {
                self = .comparison
            } else if object["steps"] != nil, object["account"] != nil {
                self = .story
            } else {
                return nil
            }
        }
    }

    /// Answers that lie in a run's folder, by name: JSON files with the keys of one. Others are somebody else's.
    public static func files(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let own: Set = ["manifest.json", "summary.json"]
        return names.filter { $0.hasSuffix(".json") && !own.contains($0) }.sorted().map { folder + "/" + $0 }
            .filter { file in
                guard let data = try? readData(file),
                    let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
                else { return false }
                return Kind(object) != nil
            }
    }

    private mutating func add(_ file: String) throws {
        guard let data = try? readData(file) else {
            throw InputError(file: file, found: "no readable file", allowed: Self.allowed)
        }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw InputError(file: file, found: "no JSON object", allowed: Self.allowed)
        }
        subjects.append((file, object["scenario"] as? String, object["run"] as? String))
        let decoder = JSONDecoder()
        do {
            switch Kind(object) {
            case .attribution: attributions.append(try decoder.decode(Attribution.self, from: data))
            case .fragility:
                let map = try decoder.decode(Fragility.self, from: data)
                try check(map, file)
                fragilities.append(map)
            case .comparison: comparisons.append(try decoder.decode(Comparison.self, from: data))
            case .story: stories.append(try decoder.decode(Story.self, from: data))
            case nil:
                throw InputError(
                    file: file,
                    found:
                        "JSON with the keys \(String(object.keys.sorted().joined(separator: ", ").prefix(120)))",
                    allowed: Self.allowed)
            }
        } catch let error as DecodingError {
            throw InputError(file: file, decoding: error, allowed: Self.allowed)
        }
    }

    /// - Throws: `InputError` for an answer of another event, or the story of another run.
    func check(of scenario: String, folder: String) throws {
        // A folder keeps its name wherever it is moved to: it has event, seed and a hash of the settings in it.
        func name(_ folder: String) -> String {
            URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        }
        for (file, other, run) in subjects {
            if let other, other != scenario {
                throw InputError(
                    file: file, key: "scenario", found: "an answer of `\(other)`",
                    allowed: "`\(scenario)`, the event of \(folder)")
            }
            if let run, name(run) != name(folder) {
                throw InputError(
                    file: file, key: "run", found: "the story of a run `\(name(run))`",
                    allowed: "`\(name(folder))`, the run of the page")
            }
        }
    }

    /// A map has a row a depth and a column a leverage, and so have the lines drawn into it.
    private func check(_ map: Fragility, _ file: String) throws {
        func refuse(_ key: String, _ found: Int, _ allowed: Int) -> InputError {
            InputError(
                file: file, key: key, found: "\(found) values",
                allowed: "\(allowed): \(map.depths.count) depths, \(map.leverages.count) leverages")
        }
        let falls = map.fallPctByDepthAndLeverage
        guard falls.count == map.depths.count else {
            throw refuse("fall_pct_by_depth_and_leverage", falls.count, map.depths.count)
        }
        for (i, row) in falls.enumerated() where row.count != map.leverages.count {
            throw refuse("fall_pct_by_depth_and_leverage[\(i)]", row.count, map.leverages.count)
        }
        for (key, values) in [
            ("critical_depth_calm", map.criticalDepthCalm), ("critical_depth_tenth", map.criticalDepthTenth),
        ] where values.count != map.leverages.count {
            throw refuse(key, values.count, map.leverages.count)
        }
    }

    private static let allowed =
        "what `undertow attribute`, `fragility`, `compare PLAN` or `explain` of this version print with --json"
}
