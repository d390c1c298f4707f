import Foundation
import InputFiles
import Primitives

/// The answer file of a workload.
public struct ExpectedAnswer {
    private let file: String
    private let values: [String: Any]
    /// - Throws: `InputError` for a file that holds no JSON object.
    public init(_ file: String) throws {
        self.file = file
        guard let parsed = try? JSONSerialization.jsonObject(with: try readData(file)) as? [String: Any]
        else {
            throw InputError(file: file, found: "no JSON object", allowed: "the workload's answer file")
        }
        values = parsed
    }
    public func number(_ key: String) -> Double? { (values[key] as? NSNumber)?.doubleValue }
    /// A count the workload cannot do without.
    ///
    /// - Throws: `InputError` where it is not there or is no count.
    public func whole(_ key: String) throws -> Int {
        guard let value = number(key).flatMap({ Int(exactly: $0) }), (0...1_000_000_000).contains(value)
        else {
            throw InputError(
                file: file, key: key, found: number(key).map { "\($0)" } ?? "nothing",
                allowed: "a whole number from 0 to 1,000,000,000")
        }
        return value
    }
    public func matches(_ key: String, _ value: Double?) -> Bool { number(key) == value }
    /// For sums of floats, whose order may differ.
    public func isNear(_ key: String, _ value: Double) -> Bool {
        guard let expected = number(key) else { return false }
        return abs(value - expected) <= 1e-9 * max(1, abs(expected))
    }
}
