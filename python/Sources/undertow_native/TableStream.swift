import CUndertow
import Foundation
import Primitives
import Recording

/// A table as an Arrow stream: batches are made when they are asked for, so that no table is in memory twice.
final class TableStream {
    /// About ten megabytes a batch of ten columns.
    static let rowsPerBatch = 131_072

    private let source: any TableSource
    private var failure: UnsafeMutablePointer<CChar>?

    init(_ source: any TableSource) { self.source = source }
    deinit { free(failure) }

    /// Fills a stream that whoever reads it releases.
    static func open(_ source: any TableSource, into stream: UnsafeMutablePointer<ArrowArrayStream>) {
        stream.initialize(
            to: ArrowArrayStream(
                get_schema: { stream, schema in
                    TableStream.of(stream).schema(into: schema!)
                },
                get_next: { stream, array in TableStream.of(stream).next(into: array!) },
                get_last_error: { stream in UnsafePointer(TableStream.of(stream).failure) },
                release: { stream in
                    guard let stream, let data = stream.pointee.private_data else { return }
                    Unmanaged<TableStream>.fromOpaque(data).release()
                    stream.pointee.private_data = nil
                    stream.pointee.release = nil
                }, private_data: Unmanaged.passRetained(TableStream(source)).toOpaque()))
    }

    private static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> TableStream {
        Unmanaged<TableStream>.fromOpaque(stream!.pointee.private_data!).takeUnretainedValue()
    }

    private func schema(into schema: UnsafeMutablePointer<ArrowSchema>) -> CInt {
        schema.initialize(to: ArrowMemory.schema(source.fields.map(\.arrow)))
        return 0
    }

    private func next(into array: UnsafeMutablePointer<ArrowArray>) -> CInt {
        var batch = Batch(source.fields, rows: Self.rowsPerBatch)
        do {
            let rows = try source.read(atMost: Self.rowsPerBatch, into: &batch)
            if batch.isTooLarge {
                throw InputError(file: "table", found: "more than 2 GB of text a batch", allowed: "less")
            }
            if rows == 0 {
                batch.free()
                // A released array ends a stream.
                array.initialize(
                    to: ArrowArray(
                        length: 0, null_count: 0, offset: 0, n_buffers: 0, n_children: 0, buffers: nil,
                        children: nil, dictionary: nil, release: nil, private_data: nil))
            } else {
                array.initialize(to: batch.array(source.fields, rows: rows))
            }
            return 0
        } catch {
            batch.free()
            free(failure)
            failure = strdup("\(error)")
            return EIO
        }
    }
}
