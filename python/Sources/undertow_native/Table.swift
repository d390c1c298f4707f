import CUndertow
import Primitives
import Recording

/// Rows that are read forward, in batches. One thread at a time.
protocol TableSource: AnyObject {
    var fields: [RecordedField] { get }
    /// Puts up to so many further rows into a batch; returns how many, 0 at the end.
    ///
    /// - Throws: `InputError` where they cannot be read.
    func read(atMost rows: Int, into batch: inout Batch) throws -> Int
}

extension RecordedRows: TableSource {}

/// Columns of one batch while they are filled.
struct Batch: RecordedSink {
    private(set) var columns: [ColumnBuffer]
    /// A column had more text than a batch can address: 2 GB.
    private(set) var isTooLarge = false

    init(_ fields: [RecordedField], rows: Int) {
        columns = fields.map { ColumnBuffer($0.buffer, rows: rows) }
    }

    mutating func add(whole: Int64, column: Int) { columns[column].add(whole) }
    mutating func add(number: Double, column: Int) { columns[column].add(number) }
    mutating func add(text: UnsafeRawBufferPointer, column: Int) {
        guard columns[column].takes(text.count) else {
            isTooLarge = true
            return columns[column].addMissing()
        }
        columns[column].add(text)
    }
    mutating func addMissing(column: Int) { columns[column].addMissing() }

    consuming func array(_ fields: [RecordedField], rows: Int) -> ArrowArray {
        let arrays = zip(fields, columns).map { field, column in
            if case .name(let names) = field.kind {
                return column.array(dictionary: ArrowMemory.dictionary(names))
            }
            return column.array(dictionary: nil)
        }
        return ArrowMemory.batch(arrays, rows: rows)
    }

    consuming func free() { for column in columns { column.free() } }
}

extension RecordedField {
    var buffer: ColumnBuffer.Kind {
        switch kind {
        case .time: .time
        case .text: .text
        case .whole: .whole
        case .flag: .flag
        case .number: .number
        case .name: .name
        }
    }

    var arrow: ArrowMemory.Field {
        var field = ArrowMemory.Field(name: name, format: "", isNullable: hasMissing)
        switch kind {
        case .time: field.format = "tsm:UTC"
        case .text: field.format = "u"
        case .whole: field.format = "l"
        case .flag: field.format = "b"
        case .number: field.format = "g"
        case .name: field.isDictionary = true
        }
        field.metadata = [("unit", unit), ("meaning", meaning)]
        return field
    }
}
