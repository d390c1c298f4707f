import Foundation
import InputFiles
import Primitives
import Recording

/// Writes a page a command was asked for, or says where it could not.
func writePage(_ text: String, to file: String) throws {
    guard !file.isEmpty else { throw InputError(file: "--write", found: "nothing", allowed: "a file") }
    do { try text.write(toFile: file, atomically: true, encoding: .utf8) } catch {
        throw InputError(
            file: file, found: "cannot be written: \(plainWords(error))",
            allowed: "a path in a folder that exists and can be written to")
    }
}
