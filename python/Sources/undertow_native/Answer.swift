import Commands
import Foundation
import Primitives

/// What goes back to Python as text: the caller frees it by `undertow_free`.
enum Answer {
    struct Fault: Encodable {
        var file: String?
        var line: Int?
        var key: String?
        var found: String
        var allowed: String?
        var nearest: String?

        init(_ error: InputError) {
            (file, line, key) = (error.file, error.line, error.key)
            (found, allowed, nearest) = (error.found, error.allowed, error.nearest)
        }
        init(words: String) { found = words }
    }

    private struct Reply: Encodable {
        var code: Int32
        var results: String
        var notes: String
        var error: Fault?
    }

    static func text(_ string: String) -> UnsafeMutablePointer<CChar>? { strdup(string) }

    static func call(_ call: EmbeddedCall) -> UnsafeMutablePointer<CChar>? {
        let error = call.end.error.map(Fault.init) ?? call.end.words.map(Fault.init(words:))
        return reply(call.end.code, call.results, call.notes, error)
    }

    /// A result, or what was wrong with the question.
    static func of(_ work: () throws -> String) -> UnsafeMutablePointer<CChar>? {
        do { return reply(0, try work(), "", nil) } catch let error as InputError {
            return reply(2, "", "", Fault(error))
        } catch {
            return reply(2, "", "", Fault(words: "\(error)"))
        }
    }

    private static func reply(_ code: Int32, _ results: String, _ notes: String, _ error: Fault?)
        -> UnsafeMutablePointer<CChar>?
    {
        let reply = Reply(code: code, results: results, notes: notes, error: error)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let data = try? encoder.encode(reply) else { return nil }
        return strdup(String(decoding: data, as: UTF8.self))
    }
}
