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
        above = folderAbove(above)
    }
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        throw InputError(
            file: path, key: option, found: "a folder that cannot be made: \(plainWords(error))",
            allowed: "a writable folder with free space")
    }
}

/// Nothing above a name alone. (Foundation's `deletingLastPathComponent` ends the process for a name of one letter.)
private func folderAbove(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
