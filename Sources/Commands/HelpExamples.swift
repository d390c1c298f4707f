/// What is typed, at the end of a verb's help and of its page in the manual.
enum HelpExamples {
    static func text(_ lines: String...) -> String {
        "\n\nExamples:\n" + lines.map { "  undertow \($0)" }.joined(separator: "\n")
    }
}
