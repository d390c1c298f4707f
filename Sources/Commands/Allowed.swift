import Foundation
import Primitives

/// Values of options: read and checked in one place, and refused with what is allowed.
enum Allowed {
    private static func refuse(_ option: String, _ text: String, _ allowed: String) -> InputError {
        let error = InputError(
            file: option, found: text.isEmpty ? "nothing" : "`\(text)`", allowed: allowed)
        Caller.current.refuse(error)
        return error
    }

    static let seeds = "a whole number from 0 to \(UInt64.max)"
    static let threads = 1...256

    static func seed(_ text: String) throws -> UInt64 {
        guard let value = UInt64(text) else { throw refuse("--seed", text, seeds) }
        return value
    }

    static func threads(_ text: String) throws -> Int { try whole("--threads", threads)(text) }

    static func whole(_ option: String, _ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
        { text in
            guard let value = Int(text), range.contains(value) else {
                throw refuse(
                    option, text,
                    range.upperBound == .max
                        ? "a whole number from \(range.lowerBound)"
                        : "a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
    }

    static func number(
        _ option: String, _ range: ClosedRange<Double>, _ words: String
    ) -> @Sendable (String) throws -> Double {
        { text in
            guard let value = Double(text), range.contains(value) else { throw refuse(option, text, words) }
            return value
        }
    }

    /// A path to write to: without a name it would be the root of the disk.
    static func path(_ option: String) -> @Sendable (String) throws -> String {
        { text in
            guard !text.isEmpty, !text.utf8.contains(0) else {
                throw refuse(option, text, "a file or folder")
            }
            return text
        }
    }
}
