import CZlib
import Foundation
import Primitives

/// Runs `body` with the path of a file of these bytes, and removes the file.
func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
    let path = FileManager.default.temporaryDirectory.appending(path: "undertow-\(UUID().uuidString)").path
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

func withFile<R>(_ text: String, _ body: (String) throws -> R) throws -> R {
    try withFile(Array(text.utf8), body)
}

/// One gzip member.
func gzip(_ text: String) -> [UInt8] {
    var stream = z_stream()
    var input = Array(text.utf8)
    var output = [UInt8](repeating: 0, count: input.count + 1024)
    deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    let left = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            deflate(&stream, Z_FINISH)
            return Int(stream.avail_out)
        }
    }
    deflateEnd(&stream)
    return Array(output.dropLast(left))
}

/// The error a closure throws about its input, if it throws one.
func inputError(_ body: () throws -> Void) -> InputError? {
    do {
        try body()
        return nil
    } catch {
        return error as? InputError
    }
}
