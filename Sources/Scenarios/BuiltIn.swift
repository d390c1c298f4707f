import InputFiles
import Primitives

/// Our own tables that belong to no event.
enum BuiltIn {
    /// The rows of a table whose columns are these, in their order.
    static func rows(_ text: String, _ columns: [String]) -> [[String]] {
        do {
            return try ColumnTable(text: text, file: "built-in table", columns: columns).rows.map(\.texts)
        } catch { preconditionFailure("\(error)") }
    }
}
