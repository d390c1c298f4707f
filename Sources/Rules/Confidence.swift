/// How sure a rule is, as the sources mark it.
public enum Confidence: String, Sendable, Codable, CaseIterable {
    /// Official text or contract code read.
    case official = "A"
    /// Official text seen only in part, or republished.
    case secondary = "B"
    /// Inferred or conflicting: our choice, an option.
    case assumption = "C"
}
