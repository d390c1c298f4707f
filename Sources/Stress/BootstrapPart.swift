import Foundation
import InputFiles
import Primitives

/// A share of a bootstrap's paths, worked out on its own: other machines take the other shares.
public struct BootstrapPart: Codable, Sendable {
    public var paths: Int
    public var horizonHours: Int
    public var seed: UInt64
    public var outcomes: [Bootstrap.PathOutcome]

    enum CodingKeys: String, CodingKey {
        case paths, seed, outcomes
        case horizonHours = "horizon_hours"
    }

    /// Works one share out.
    ///
    /// - Parameter text: `2/8` is the second of eight shares, which are as equal as can be.
    /// - Throws: `InputError` for a text that names no share, `CancellationError` once the book's watch says so.
    public init(
        _ text: String, of drawn: DrawnPaths, _ book: borrowing StressedBook, threads: Int
    ) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1],
            (1...drawn.paths.count).contains(count), (1...count).contains(number)
        else {
            throw InputError(
                file: "--part", found: "`\(text)`", allowed: "K/N, as 2/8, with N up to \(drawn.paths.count)")
        }
        (paths, horizonHours, seed) = (drawn.paths.count, drawn.horizonHours, drawn.seed)
        let range = (number - 1) * paths / count..<number * paths / count
        outcomes = try Bootstrap.outcomes(book, drawn, of: range, threads: threads)
    }

    /// The outcomes of all paths, from files of parts.
    ///
    /// - Throws: `InputError` for a file that is no part of these paths, or where a path is missing or there twice.
    public static func join(_ files: [String], of drawn: DrawnPaths) throws(InputError)
        -> [Bootstrap.PathOutcome]
    {
        var all: [Bootstrap.PathOutcome?] = Array(repeating: nil, count: drawn.paths.count)
        for file in files {
            let data = try readData(file)
            guard let part = try? JSONDecoder().decode(BootstrapPart.self, from: data) else {
                throw InputError(file: file, found: "no part", allowed: "what `stress --part K/N` printed")
            }
            guard part.paths == all.count, part.horizonHours == drawn.horizonHours, part.seed == drawn.seed
            else {
                throw InputError(
                    file: file,
                    found: "a part of \(part.paths) paths of \(part.horizonHours) hours, seed \(part.seed)",
                    allowed: "\(all.count) paths of \(drawn.horizonHours) hours, seed \(drawn.seed)")
            }
            for outcome in part.outcomes {
                guard all.indices.contains(outcome.path - 1), all[outcome.path - 1] == nil else {
                    throw InputError(
                        file: file, key: "path", found: "\(outcome.path)", allowed: "each path once")
                }
                all[outcome.path - 1] = outcome
            }
        }
        if let missing = all.firstIndex(where: { $0 == nil }) {
            throw InputError(
                file: "--parts", found: "no path \(missing + 1)", allowed: "parts with all \(all.count)")
        }
        return all.map { $0! }
    }
}
