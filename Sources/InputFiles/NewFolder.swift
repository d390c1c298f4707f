import Foundation
import Primitives

/// Makes a folder and those above it; one that is there stays as it is.
///
/// - Throws: `InputError` for no name, which would be the root of the disk, a file in the way, or a place that cannot be
///   written.
public func makeFolder(_ path: String, option: String = "--out") throws(InputError) {
    guard !path.isEmpty else { throw InputError(file: option, found: "nothing", allowed: "a folder") }
    var above = path
    while !above.isEmpty && above != "/" {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: above, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw InputError(
                    file: above, key: option, found: "a file", allowed: "a folder, or a new name")
            }
            break
        }
        let parent = (above as NSString).deletingLastPathComponent
        if parent == above { break }
        above = parent
    }
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        throw InputError(
            file: path, key: option, found: "a folder that cannot be made: \(plainWords(error))",
            allowed: "a writable folder with free space")
    }
}
