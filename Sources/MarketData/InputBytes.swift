import CZlib
import Foundation
import Primitives

/// The bytes of a plain or gzip file in chunks of bounded size: which of the two it is, the first bytes say.
///
/// A gzip file may hold several members one after the other; it must end at the end of one.
final class InputBytes {
    private let path: String
    private let file: FileHandle
    /// On the heap because zlib remembers the address; nil for a plain file.
    private var stream: UnsafeMutablePointer<z_stream>?
    private var input: [UInt8] = []
    private var used = 0
    private var output: [UInt8] = []
    /// Inside a gzip member: the file must not end here.
    private var insideMember = false
    private static let chunk = 1 << 17

    /// - Throws: `InputError` if the file cannot be opened or read, or is a folder.
    init(path: String) throws {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw InputError(file: path, found: "no such file", allowed: "an existing file")
        }
        guard !isFolder.boolValue else { throw InputError(file: path, found: "a folder", allowed: "a file") }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw InputError(file: path, found: "a file that cannot be opened", allowed: "a readable file")
        }
        self.file = file
        // A pipe may hand over one byte at a time.
        while input.count < 2, try readMore() {}
        if input.starts(with: [0x1F, 0x8B]) { try startInflating() }
    }

    deinit {
        if let stream {
            inflateEnd(stream)
            stream.deallocate()
        }
        try? file.close()
    }

    /// The next bytes of the content, or nil at its end.
    func next() throws -> [UInt8]? {
        guard let stream else {
            guard try used < input.count || readMore() else { return nil }
            defer { used = input.count }
            return used == 0 ? input : Array(input[used...])
        }
        while true {
            guard try used < input.count || readMore() else {
                if insideMember {
                    throw InputError(
                        file: path, found: "the end of the file in the middle of compressed data",
                        allowed: "a whole gzip file")
                }
                return nil
            }
            if !insideMember { try startMember(stream) }
            let produced = try inflateSome(stream)
            if !produced.isEmpty { return produced }
        }
    }

    private func startInflating() throws {
        let new = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        new.initialize(to: z_stream())
        // 15 + 32: the largest window, with the gzip header recognised.
        let code = inflateInit2_(new, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            new.deallocate()
            throw InputError(file: path, found: "zlib error \(code)", allowed: "a gzip file zlib can open")
        }
        stream = new
        output = [UInt8](repeating: 0, count: Self.chunk)
        insideMember = true
    }

    /// Begins the member that follows the one just ended.
    private func startMember(_ stream: UnsafeMutablePointer<z_stream>) throws {
        guard input[used] == 0x1F else {
            throw InputError(
                file: path, found: "bytes after the end of the compressed data",
                allowed: "a gzip file, or several one after the other")
        }
        inflateReset(stream)
        insideMember = true
    }

    private func inflateSome(_ stream: UnsafeMutablePointer<z_stream>) throws -> [UInt8] {
        let (code, consumed, produced) = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                let available = source.count - used
                stream.pointee.next_in = source.baseAddress.map { $0 + used }
                stream.pointee.avail_in = UInt32(available)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                let code = inflate(stream, Z_NO_FLUSH)
                return (
                    code, available - Int(stream.pointee.avail_in),
                    target.count - Int(stream.pointee.avail_out)
                )
            }
        }
        used += consumed
        switch code {
        case Z_STREAM_END: insideMember = false
        case Z_OK, Z_BUF_ERROR: break
        default:
            throw InputError(
                file: path, found: "damaged compressed data (zlib error \(code))",
                allowed: "a whole gzip file")
        }
        return Array(output[..<produced])
    }

    /// Puts the next chunk of the file behind what is left; false at the end of the file.
    private func readMore() throws -> Bool {
        let data: Data?
        do {
            data = try file.read(upToCount: Self.chunk)
        } catch {
            throw InputError(file: path, found: "a file that cannot be read", allowed: "a readable file")
        }
        guard let data, !data.isEmpty else { return false }
        if used == input.count {
            input = [UInt8](data)
            used = 0
        } else {
            input.append(contentsOf: data)
        }
        return true
    }
}
