/// A text of a run in a table of Markdown: no cell ends early, and no markup of HTML is left.
func cell(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("\n", with: " ").replacing("\r", with: " ")
        .replacing("<", with: "&lt;").replacing("`", with: "'")
}
