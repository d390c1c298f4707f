import Primitives
import Yams

/// The top node of a YAML text.
///
/// - Parameter what: what the file should hold, for whoever gave an empty one.
/// - Throws: `InputError` with the line of what is no YAML, or of a key that stands twice.
public func yamlNode(_ text: String, file: String, what: String) throws(InputError) -> Node {
    do {
        if let node = try compose(yaml: text) { return node }
    } catch let error as YamlError {
        var line: Int?
        var problem = "\(error)"
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
            .composer(_, let text, let mark, _):
            line = mark.line
            problem = text
        case .duplicatedKeysInMapping(let keys, let context):
            line = context.mark.line
            problem = "duplicated key \(keys.joined(separator: ", "))"
        default: break
        }
        throw InputError(file: file, line: line, found: problem, allowed: "YAML")
    } catch {
        throw InputError(file: file, found: "\(error)", allowed: "YAML")
    }
    throw InputError(file: file, found: "an empty file", allowed: what)
}
