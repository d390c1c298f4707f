import CUndertow
import Primitives

/// One column of a batch while it is filled: plain memory in Arrow's layout, which whoever reads the batch then owns.
struct ColumnBuffer {
    enum Kind {
        case whole, number, time, text
        /// Int32 places in a dictionary.
        case name
        /// A bit a row.
        case flag
    }
    let kind: Kind
    private(set) var count = 0
    private(set) var missing = 0
    /// Numbers, or the ends of texts.
    private var values: UnsafeMutableRawPointer
    /// A bit a row, 1 where there is a value; made with the first row that has none.
    private var present: UnsafeMutablePointer<UInt8>?
    private var bytes: UnsafeMutableRawPointer?
    private var byteCount = 0
    private var byteRoom = 0
    private let room: Int

    /// - Parameter rows: the most it is to hold.
    init(_ kind: Kind, rows: Int) {
        self.kind = kind
        room = rows
        let size = kind == .flag ? rows / 8 + 64 : (rows + 8) * (kind == .name || kind == .text ? 4 : 8)
        values = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        if kind == .flag { values.initializeMemory(as: UInt8.self, repeating: 0, count: size) }
        if kind == .text {
            values.storeBytes(of: 0, as: Int32.self)
            byteRoom = 16 * rows + 64
            bytes = UnsafeMutableRawPointer.allocate(byteCount: byteRoom, alignment: 64)
        }
    }

    mutating func add(_ value: Int64) {
        switch kind {
        case .name:
            values.storeBytes(of: Int32(truncatingIfNeeded: value), toByteOffset: count * 4, as: Int32.self)
        case .flag:
            let bits = values.assumingMemoryBound(to: UInt8.self)
            if value != 0 { bits[count / 8] |= 1 << UInt8(count % 8) }
        default: values.storeBytes(of: value, toByteOffset: count * 8, as: Int64.self)
        }
        count += 1
    }

    mutating func add(_ value: Double) {
        values.storeBytes(of: value, toByteOffset: count * 8, as: Double.self)
        count += 1
    }

    /// Whether there is room for so many more bytes of text: offsets are 32-bit.
    func takes(_ more: Int) -> Bool { byteCount + more <= Int(Int32.max) }

    mutating func add(_ text: UnsafeRawBufferPointer) {
        precondition(takes(text.count), "asked before")
        if byteCount + text.count > byteRoom {
            byteRoom = max(byteRoom * 2, byteCount + text.count)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: byteRoom, alignment: 64)
            larger.copyMemory(from: bytes!, byteCount: byteCount)
            bytes!.deallocate()
            bytes = larger
        }
        if let start = text.baseAddress {
            (bytes! + byteCount).copyMemory(from: start, byteCount: text.count)
        }
        byteCount += text.count
        endText()
        count += 1
    }

    mutating func addMissing() {
        if present == nil {
            let size = (room + 7) / 8 + 64
            present = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
            present!.initialize(repeating: 0xFF, count: size)
        }
        present![count / 8] &= ~(1 << UInt8(count % 8))
        missing += 1
        switch kind {
        case .text: endText()
        case .name: values.storeBytes(of: 0, toByteOffset: count * 4, as: Int32.self)
        case .flag: break
        default: values.storeBytes(of: 0, toByteOffset: count * 8, as: Int64.self)
        }
        count += 1
    }

    private mutating func endText() {
        values.storeBytes(of: Int32(byteCount), toByteOffset: (count + 1) * 4, as: Int32.self)
    }

    /// Hands the memory over; `ArrowMemory.releaseArray` frees it.
    consuming func array(dictionary: UnsafeMutablePointer<ArrowArray>?) -> ArrowArray {
        let isText = kind == .text
        let buffers = UnsafeMutablePointer<UnsafeRawPointer?>.allocate(capacity: isText ? 3 : 2)
        buffers[0] = present.map { UnsafeRawPointer($0) }
        buffers[1] = UnsafeRawPointer(values)
        if isText { buffers[2] = bytes.map { UnsafeRawPointer($0) } }
        return ArrowArray(
            length: Int64(count), null_count: Int64(missing), offset: 0, n_buffers: isText ? 3 : 2,
            n_children: 0, buffers: buffers, children: nil, dictionary: dictionary,
            release: { ArrowMemory.releaseArray($0) }, private_data: nil)
    }

    /// Frees what was not handed over.
    consuming func free() {
        values.deallocate()
        present?.deallocate()
        bytes?.deallocate()
    }
}
