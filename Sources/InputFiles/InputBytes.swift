import CZlib
import Foundation
import Primitives

/// The bytes of a plain, gzip or zip file in chunks of bounded size: which of them it is, the first bytes say.
///
/// A gzip file may hold several members one after the other and zeros behind the last; it must end at the end of one.
/// A zip archive must hold one file.
final class InputBytes {
    private enum Packing { case none, gzip, zip(ZipMember) }

    private let path: String
    /// Nil for bytes in memory.
    private let file: FileHandle?
    private var packing = Packing.none
    /// On the heap because zlib remembers the address; nil where nothing is to be inflated.
    private var stream: UnsafeMutablePointer<z_stream>?
    private var input: [UInt8] = []
    private var used = 0
    private var output: [UInt8] = []
    /// Inside a compressed member: the file must not end here.
    private var insideMember = false
    /// Of a zip member: packed bytes not read yet, and the checksum so far.
    private var packedLeft = Int.max
    private var checksum: UInt = 0
    private static let chunk = 1 << 17

    /// - Parameter allowed: what the file should be, for messages.
    /// - Throws: `InputError` if the file cannot be opened or read, or is a folder, a pipe or a device.
    init(path: String, allowed: String = "a file") throws(InputError) {
        self.path = path
        let file = try openRegular(path, allowed: allowed)
        self.file = file
        while input.count < 4, try readMore() {}
        if input.starts(with: [0x1F, 0x8B]) {
            packing = .gzip
            // 15 + 32: the largest window, with the gzip header recognised.
            try startInflating(windowBits: 15 + 32)
        } else if input.starts(with: ZipMember.signature) {
            let member = try ZipMember(file, path: path)
            packing = .zip(member)
            do { try file.seek(toOffset: member.offset) } catch {
                throw InputError(file: path, found: "a zip archive cut short", allowed: "a whole zip archive")
            }
            (input, used, packedLeft) = ([], 0, member.packedBytes)
            // Negative: the data alone, without a header.
            if member.isDeflated { try startInflating(windowBits: -15) }
            insideMember = true
        }
    }

    /// Bytes in memory, as they are.
    init(bytes: [UInt8], path: String) {
        self.path = path
        file = nil
        input = bytes
    }

    deinit {
        if let stream {
            inflateEnd(stream)
            stream.deallocate()
        }
        try? file?.close()
    }

    /// The next bytes of the content, or nil at its end.
    func next() throws(InputError) -> [UInt8]? {
        switch packing {
        case .none: return try stored()
        case .gzip: return try inflated()
        case .zip(let member):
            if let bytes = try member.isDeflated ? inflated() : stored() {
                checksum = crc32(checksum, bytes, UInt32(bytes.count))
                return bytes
            }
            guard packedLeft == 0, UInt32(truncatingIfNeeded: checksum) == member.checksum else {
                throw damaged("its checksum differs")
            }
            return nil
        }
    }

    private func stored() throws(InputError) -> [UInt8]? {
        if used == input.count, try !readMore() { return nil }
        defer { used = input.count }
        return used == 0 ? input : Array(input[used...])
    }

    private func inflated() throws(InputError) -> [UInt8]? {
        guard let stream else { return nil }
        while true {
            if case .zip = packing, !insideMember {
                (packedLeft, used) = (0, input.count)
                return nil
            }
            if used == input.count, try !readMore() {
                guard insideMember else { return nil }
                throw InputError(
                    file: path, found: "the end of the file in the middle of compressed data",
                    allowed: "a whole gzip or zip file")
            }
            if !insideMember, try !startMember(stream) { return nil }
            let produced = try inflateSome(stream)
            if !produced.isEmpty { return produced }
        }
    }

    private func startInflating(windowBits: Int32) throws(InputError) {
        let new = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        new.initialize(to: z_stream())
        let code = inflateInit2_(new, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            new.deallocate()
            throw InputError(file: path, found: "zlib error \(code)", allowed: "a file zlib can open")
        }
        stream = new
        output = [UInt8](repeating: 0, count: Self.chunk)
        insideMember = true
    }

    /// Begins the member that follows the one just ended; false if only zeros follow, as some archivers write.
    private func startMember(_ stream: UnsafeMutablePointer<z_stream>) throws(InputError) -> Bool {
        if input[used] == 0 {
            repeat {
                guard input[used...].allSatisfy({ $0 == 0 }) else { throw damaged("bytes after its end") }
                used = input.count
            } while try readMore()
            return false
        }
        guard input[used] == 0x1F else {
            throw InputError(
                file: path, found: "bytes after the end of the compressed data",
                allowed: "a gzip file, or several one after the other")
        }
        inflateReset(stream)
        insideMember = true
        return true
    }

    private func inflateSome(_ stream: UnsafeMutablePointer<z_stream>) throws(InputError) -> [UInt8] {
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
        default: throw damaged("zlib error \(code)")
        }
        return Array(output[..<produced])
    }

    private func damaged(_ why: String) -> InputError {
        InputError(file: path, found: "damaged compressed data (\(why))", allowed: "a whole gzip or zip file")
    }

    /// Puts the next chunk of the file behind what is left; false at the end of the file or of the zip member.
    private func readMore() throws(InputError) -> Bool {
        guard let file, packedLeft > 0 else { return false }
        let data: Data?
        do {
            data = try file.read(upToCount: min(Self.chunk, packedLeft))
        } catch {
            throw InputError(file: path, found: "a file that cannot be read", allowed: "a readable file")
        }
        guard let data, !data.isEmpty else { return false }
        if packedLeft != .max { packedLeft -= data.count }
        if used == input.count {
            input = [UInt8](data)
            used = 0
        } else {
            input.append(contentsOf: data)
        }
        return true
    }
}

/// The first bytes of a plain, gzip or zip file's content, at most `count`.
///
/// - Throws: `InputError` for a file that cannot be read.
public func firstBytes(of path: String, _ count: Int) throws(InputError) -> [UInt8] {
    let source = try InputBytes(path: path)
    var bytes: [UInt8] = []
    while bytes.count < count, let more = try source.next() { bytes += more }
    return Array(bytes.prefix(count))
}

/// All of a plain, gzip or zip file's text: for documents whose lines have no bound.
///
/// - Throws: `InputError` for a file that cannot be read, and one that is not UTF-8.
public func wholeText(of path: String) throws(InputError) -> [UInt8] {
    let source = try InputBytes(path: path)
    var bytes: [UInt8] = []
    while let more = try source.next() { bytes += more }
    guard String(validating: bytes, as: UTF8.self) != nil else {
        throw InputError(file: path, found: "bytes that are not UTF-8", allowed: "UTF-8 text")
    }
    return bytes
}
