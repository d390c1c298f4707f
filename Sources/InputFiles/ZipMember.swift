import Foundation
import Primitives

/// Where the one file of a zip archive lies, as the archive's directory says. An archive of several is refused: nothing
/// says which is meant.
struct ZipMember {
    /// Of the file's first packed byte.
    var offset: UInt64
    var packedBytes: Int
    var checksum: UInt32
    var isDeflated: Bool

    static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    /// Bytes of a directory's closing record, and of the longest comment behind it.
    private static let closing = 22
    private static let longestComment = 65_535
    private static let allowed = "a zip archive of one file, stored or deflated, up to 4 GB"

    init(_ file: FileHandle, path: String) throws(InputError) {
        func refuse(_ found: String) -> InputError {
            InputError(file: path, found: found, allowed: Self.allowed)
        }
        do {
            let size = try file.seekToEnd()
            let from =
                size > Self.closing + Self.longestComment
                ? size - UInt64(Self.closing + Self.longestComment) : 0
            let tail = try Self.bytes(file, at: from, count: Int(size - from))
            guard let end = Self.lastClosing(tail) else { throw refuse("a zip archive cut short") }
            let count = tail.little(end + 10, 2)
            let directory = try Self.bytes(
                file, at: UInt64(tail.little(end + 16, 4)), count: tail.little(end + 12, 4))
            var members: [Int] = []
            var at = 0
            for _ in 0..<count {
                guard at + 46 <= directory.count, directory.little(at, 4) == 0x0201_4B50 else {
                    throw refuse("a damaged zip directory")
                }
                let length = directory.little(at + 28, 2)
                let end = at + 46 + length
                guard end <= directory.count else { throw refuse("a damaged zip directory") }
                let name = directory[at + 46..<end]
                // Folders, and what macOS adds, are no files of the user's.
                if name.last != UInt8(ascii: "/") && !name.starts(with: Array("__MACOSX/".utf8)) {
                    members.append(at)
                }
                at = end + directory.little(at + 30, 2) + directory.little(at + 32, 2)
            }
            guard members.count == 1 else { throw refuse("a zip archive of \(members.count) files") }
            let own = members[0]
            let method = directory.little(own + 10, 2)
            guard method == 0 || method == 8, directory.little(own + 8, 2) & 1 == 0 else {
                throw refuse("a zip archive that is encrypted or packed in another way")
            }
            isDeflated = method == 8
            checksum = UInt32(directory.little(own + 16, 4))
            packedBytes = directory.little(own + 20, 4)
            let start = UInt64(directory.little(own + 42, 4))
            guard packedBytes < 0xFFFF_FFFF, start < 0xFFFF_FFFF else { throw refuse("more than 4 GB") }
            let header = try Self.bytes(file, at: start, count: 30)
            guard header.starts(with: Self.signature) else { throw refuse("a damaged zip archive") }
            offset = start + 30 + UInt64(header.little(26, 2) + header.little(28, 2))
        } catch let error as InputError {
            throw error
        } catch {
            throw refuse("a zip archive that cannot be read")
        }
    }

    private static func bytes(_ file: FileHandle, at offset: UInt64, count: Int) throws -> [UInt8] {
        try file.seek(toOffset: offset)
        // A damaged directory may claim any size.
        guard count <= 64 << 20, let data = try file.read(upToCount: count), data.count == count else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return [UInt8](data)
    }

    private static func lastClosing(_ tail: [UInt8]) -> Int? {
        guard tail.count >= closing else { return nil }
        return (0...tail.count - closing).last { tail.little($0, 4) == 0x0605_4B50 }
    }
}

extension [UInt8] {
    /// `count` bytes as a number, the lowest first.
    fileprivate func little(_ at: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(self[at + $1]) << (8 * $1) }
    }
}
