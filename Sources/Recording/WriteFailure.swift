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
    if error.domain == NSCocoaErrorDomain, error.code == CocoaError.fileWriteOutOfSpace.rawValue {
        return "no space left on the disk"
    }
    return error.localizedDescription
}
