import Foundation
import Primitives

/// Opens a regular file for reading. Pipes and devices are refused: a pipe nobody writes to waits for ever, a device
/// may never end.
///
/// - Parameter allowed: what the file should be, for the message.
func openRegular(_ path: String, allowed: String) throws(InputError) -> FileHandle {
    func refuse(_ found: String) -> InputError { InputError(file: path, found: found, allowed: allowed) }
    guard !path.isEmpty, !path.utf8.contains(0) else { throw refuse("an empty path") }
    // Without blocking: to open a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
        switch errno {
        case ENOENT, ENOTDIR: throw refuse("no such file")
        case EACCES, EPERM: throw refuse("a file that may not be read")
        case ENAMETOOLONG: throw refuse("a name too long for a file")
        case ENXIO: throw refuse("a socket")
        default: throw refuse("a file that cannot be opened")
        }
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw refuse("a folder")
        case S_IFIFO: throw refuse("a pipe")
        default: throw refuse("a device")
        }
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
}

/// The bytes of a regular file as they are, nothing unpacked.
///
/// - Throws: `InputError` for what is no regular file, is too large or cannot be read.
public func readData(_ path: String, atMost most: Int = 4 << 30) throws(InputError) -> Data {
    let file = try openRegular(path, allowed: "a readable file")
    let data: Data
    do { data = try file.read(upToCount: most + 1) ?? Data() } catch {
        throw InputError(file: path, found: "a file that cannot be read", allowed: "a readable file")
    }
    guard data.count <= most else {
        throw InputError(file: path, found: "more than \(most) bytes", allowed: "a file up to that size")
    }
    return data
}

/// The text of a file, plain, gzip or zip, without a byte-order mark.
///
/// - Parameters:
///   - most: bytes of the unpacked text.
///   - what: what the file should be, for messages: "a scenario file".
/// - Throws: `InputError` for what is no regular file, is too large, cannot be read or is no UTF-8.
public func readText(_ path: String, atMost most: Int, _ what: String) throws(InputError) -> String {
    let source = try InputBytes(path: path, allowed: what)
    var bytes: [UInt8] = []
    while let more = try source.next() {
        bytes += more
        if bytes.count > most {
            throw InputError(file: path, found: "more than \(most) bytes", allowed: "\(what) up to that size")
        }
    }
    if bytes.starts(with: byteOrderMark) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw InputError(file: path, found: "bytes that are not UTF-8", allowed: "UTF-8 text")
    }
    return text
}

let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
