import Foundation

/// Text that may stand in a page as it is. The one way for any other text to get there is an interpolation into a literal
/// of this type, which escapes it: forgetting to escape does not compile into a page, it shows as `&lt;`.
struct Markup: ExpressibleByStringInterpolation, Sendable {
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// A script, a style or a policy of this program's own, never of a run: nothing in it is escaped.
    init(ours text: String) { self.text = text }

    /// JSON inside a script element: what could end the element or open a comment is written as escapes of JSON.
    init(json text: String) {
        self.text = text.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e")
            .replacing("&", with: "\\u0026").replacing("\u{2028}", with: "\\u2028")
            .replacing("\u{2029}", with: "\\u2029")
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        mutating func appendInterpolation(_ plain: String) { text += plain.escaped }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        mutating func appendInterpolation(_ number: Int64) { text += String(number) }
        /// A place in a drawing, to a tenth.
        mutating func appendInterpolation(at number: Double) {
            text += number.isFinite ? String(format: "%.1f", number) : "0"
        }
    }
}

extension Sequence where Element == Markup {
    func joined(_ separator: String = "") -> Markup {
        Markup(ours: map(\.text).joined(separator: separator))
    }
}

extension String {
    /// Safe inside an element and inside a quoted attribute.
    fileprivate var escaped: String {
        var safe = ""
        safe.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            case "\0": safe += "\u{fffd}"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// As a string of JSON, quotes included.
    var quotedForJSON: String {
        var safe = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": safe += "\\\""
            case "\\": safe += "\\\\"
            case _ where scalar.value < 0x20: safe += String(format: "\\u%04x", scalar.value)
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe + "\""
    }
}
