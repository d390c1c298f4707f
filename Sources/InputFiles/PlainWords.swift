import Foundation
import Primitives

/// What went wrong in plain words: no names of types, no error domains, no SQL.
public func plainWords(_ error: any Error) -> String {
    switch error {
    case let error as InputError: return "\(error)"
    case let error as DecodingError:
        let known = InputError(file: "JSON", decoding: error, allowed: "")
        return known.found + (known.key.map { " at `\($0)`" } ?? "")
    case let error as EncodingError:
        guard case .invalidValue(_, let context) = error else { return "a figure that JSON cannot hold" }
        return "a figure that JSON cannot hold\(place(context.codingPath))"
    default: break
    }
    let known = error as NSError
    if known.domain == NSPOSIXErrorDomain { return systemWords(known.code) }
    if let under = known.userInfo[NSUnderlyingErrorKey] as? NSError, under.domain == NSPOSIXErrorDomain {
        return systemWords(under.code)
    }
    if known.domain == NSCocoaErrorDomain { return cocoaWords(known.code) }
    // SQLite's result codes, whose texts name statements and files.
    if known.domain.hasSuffix("DatabaseError") { return databaseWords(known.code) }
    return "something unforeseen (\(type(of: error)))"
}

private func place(_ path: [any CodingKey]) -> String {
    let text = path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
    return text.isEmpty ? "" : " at `\(text)`"
}

private func systemWords(_ code: Int) -> String {
    switch Int32(truncatingIfNeeded: code) {
    case ENOSPC, EDQUOT: "no free space"
    case EACCES, EPERM: "no permission"
    case EROFS: "a disk that may not be written to"
    case ENOENT: "no such file or folder"
    case ENOTDIR, EEXIST: "a file where a folder should be"
    case EISDIR: "a folder where a file should be"
    case ENAMETOOLONG: "a name too long for a file"
    case EPIPE: "a reader that went away"
    default: String(cString: strerror(Int32(truncatingIfNeeded: code))).lowercased()
    }
}

private func cocoaWords(_ code: Int) -> String {
    switch CocoaError.Code(rawValue: code) {
    case .fileNoSuchFile, .fileReadNoSuchFile: "no such file or folder"
    case .fileReadNoPermission, .fileWriteNoPermission: "no permission"
    case .fileWriteOutOfSpace: "no free space"
    case .fileWriteVolumeReadOnly: "a disk that may not be written to"
    case .fileWriteFileExists: "a file where a folder should be"
    case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: "a file that is not text"
    case .fileReadTooLarge: "a file that is too large"
    case .coderReadCorrupt, .propertyListReadCorrupt: "text that is not JSON"
    default:
        (256..<512).contains(code) ? "a file that cannot be read" : "a file or folder that cannot be written"
    }
}

private func databaseWords(_ code: Int) -> String {
    // The lowest byte is the kind, the rest says more than anybody needs.
    switch code & 0xFF {
    case 5, 6: "a database that another program is writing"
    case 8: "a database that may not be written to"
    case 10: "a disk that failed"
    case 11, 26: "a file that is no database, or damaged"
    case 13: "no free space"
    case 14: "a database that cannot be opened"
    default: "a database of another kind (SQLite \(code & 0xFF))"
    }
}
