import Foundation
import Primitives

/// Writes a page a command was asked for, or says where it could not.
func writePage(_ text: String, to file: String) throws {
    do { try text.write(toFile: file, atomically: true, encoding: .utf8) } catch {
        throw InputError(
            file: file, found: "cannot be written: \(error.whyNotWritten)",
            allowed: "a path in a folder that exists and can be written to")
    }
}
