import CUndertow
import Foundation
import Synchronization

/// Arrow structures of ours: how they are made and freed.
enum ArrowMemory {
    /// Arrays whose memory was not given back yet: what a leak test counts.
    static let live = Atomic<Int>(0)

    /// A column as a schema says it.
    struct Field {
        var name: String
        /// Arrow's format string.
        var format: String
        var isNullable = false
        var isDictionary = false
        var metadata: [(key: String, value: String)] = []
    }

    static func releaseArray(_ array: UnsafeMutablePointer<ArrowArray>?) {
        guard let array, array.pointee.release != nil else { return }
        for i in 0..<Int(array.pointee.n_buffers) {
            UnsafeMutableRawPointer(mutating: array.pointee.buffers[i])?.deallocate()
        }
        array.pointee.buffers?.deallocate()
        for i in 0..<Int(array.pointee.n_children) {
            if let child = array.pointee.children[i] {
                // Who moved a child out has cleared its release.
                child.pointee.release?(child)
                child.deallocate()
            }
        }
        array.pointee.children?.deallocate()
        if let dictionary = array.pointee.dictionary {
            dictionary.pointee.release?(dictionary)
            dictionary.deallocate()
        }
        array.pointee.release = nil
        live.subtract(1, ordering: .relaxed)
    }

    static func releaseSchema(_ schema: UnsafeMutablePointer<ArrowSchema>?) {
        guard let schema, schema.pointee.release != nil else { return }
        Foundation.free(UnsafeMutableRawPointer(mutating: schema.pointee.format))
        Foundation.free(UnsafeMutableRawPointer(mutating: schema.pointee.name))
        UnsafeMutableRawPointer(mutating: schema.pointee.metadata)?.deallocate()
        for i in 0..<Int(schema.pointee.n_children) {
            if let child = schema.pointee.children[i] {
                child.pointee.release?(child)
                child.deallocate()
            }
        }
        schema.pointee.children?.deallocate()
        if let dictionary = schema.pointee.dictionary {
            dictionary.pointee.release?(dictionary)
            dictionary.deallocate()
        }
        schema.pointee.release = nil
    }

    /// Of a table: a structure with a child a column.
    static func schema(_ fields: [Field]) -> ArrowSchema {
        var all = schema(Field(name: "", format: "+s"))
        all.n_children = Int64(fields.count)
        all.children = .allocate(capacity: max(1, fields.count))
        for (i, field) in fields.enumerated() {
            let child = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
            child.initialize(to: schema(field))
            all.children[i] = child
        }
        return all
    }

    private static func schema(_ field: Field) -> ArrowSchema {
        var dictionary: UnsafeMutablePointer<ArrowSchema>?
        if field.isDictionary {
            dictionary = .allocate(capacity: 1)
            dictionary!.initialize(to: schema(Field(name: "", format: "u")))
        }
        // 2: values may be missing.
        return ArrowSchema(
            format: strdup(field.isDictionary ? "i" : field.format), name: strdup(field.name),
            metadata: metadata(field.metadata), flags: field.isNullable ? 2 : 0, n_children: 0, children: nil,
            dictionary: dictionary, release: { ArrowMemory.releaseSchema($0) }, private_data: nil)
    }

    /// A count of pairs, then each text behind its length, as 32-bit numbers of this machine.
    private static func metadata(_ pairs: [(key: String, value: String)]) -> UnsafePointer<CChar>? {
        if pairs.isEmpty { return nil }
        var bytes: [UInt8] = []
        func add(_ number: Int) { withUnsafeBytes(of: Int32(number)) { bytes += $0 } }
        add(pairs.count)
        for text in pairs.flatMap({ [$0.key, $0.value] }) {
            add(text.utf8.count)
            bytes += text.utf8
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 8)
        memory.copyMemory(from: bytes, byteCount: bytes.count)
        return UnsafePointer(memory.assumingMemoryBound(to: CChar.self))
    }

    /// A batch: a structure with an array a column.
    static func batch(_ columns: [ArrowArray], rows: Int) -> ArrowArray {
        let children = UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?>.allocate(
            capacity: max(1, columns.count))
        for (i, column) in columns.enumerated() {
            children[i] = .allocate(capacity: 1)
            children[i]!.initialize(to: column)
        }
        let buffers = UnsafeMutablePointer<UnsafeRawPointer?>.allocate(capacity: 1)
        buffers[0] = nil
        live.add(columns.count + 1, ordering: .relaxed)
        return ArrowArray(
            length: Int64(rows), null_count: 0, offset: 0, n_buffers: 1, n_children: Int64(columns.count),
            buffers: buffers, children: children, dictionary: nil, release: { ArrowMemory.releaseArray($0) },
            private_data: nil)
    }

    /// Names as the dictionary of a column.
    static func dictionary(_ names: [String]) -> UnsafeMutablePointer<ArrowArray> {
        var column = ColumnBuffer(.text, rows: names.count)
        for name in names {
            var name = name
            name.withUTF8 { column.add(UnsafeRawBufferPointer($0)) }
        }
        live.add(1, ordering: .relaxed)
        let memory = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)
        memory.initialize(to: column.array(dictionary: nil))
        return memory
    }
}
