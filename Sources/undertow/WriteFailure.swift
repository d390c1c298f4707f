import Foundation

extension Error {
    /// Why a file could not be written, in words: what Foundation says on Linux is a number.
    var whyNotWritten: String {
        switch (self as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "its folder does not exist"
        case .fileWriteNoPermission, .fileReadNoPermission: "no permission to write there"
        case .fileWriteOutOfSpace: "no space is left"
        case .fileWriteVolumeReadOnly: "the file system can only be read"
        case .fileWriteFileExists: "a file of that name stands there"
        case .fileWriteInvalidFileName: "no file can have that name"
        default: "the file system refused"
        }
    }
}
