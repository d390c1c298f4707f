import Foundation
import GRDB

/// Why something could not be written, in words without the names of a library.
public func writeFailure(_ error: any Error) -> String {
    if let error = error as? DatabaseError { return error.message ?? "SQLite result \(error.resultCode)" }
    let error = error as NSError
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
        return String(cString: strerror(Int32(cause.code)))
    }
    if error.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(error.code))) }
    guard error.domain == NSCocoaErrorDomain else { return error.localizedDescription }
    // What Foundation says of these on Linux is a number.
    return switch CocoaError.Code(rawValue: error.code) {
    case .fileNoSuchFile, .fileReadNoSuchFile: "its folder does not exist"
    case .fileWriteNoPermission, .fileReadNoPermission: "no permission to write there"
    case .fileWriteOutOfSpace: "no space left on the disk"
    case .fileWriteVolumeReadOnly: "the file system can only be read"
    case .fileWriteFileExists: "a file of that name stands there"
    case .fileWriteInvalidFileName: "no file can have that name"
    default: "the file system refused"
    }
}
