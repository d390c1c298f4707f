/// One rule of a rulebook as one dated revision of it.
public struct RuleEntry: Sendable {
    /// What the rule is about; entries of the same name are its revisions.
    public var rule: String
    /// The day from which it holds, ISO; nil for always.
    public var since: String?
    /// A name the venue gives this revision, e.g. `v3.7`.
    public var revision: String?
    /// The rule in words.
    public var words: String
    public var confidence: Confidence
    /// Keys of the file's sources.
    public var sources: [String]
    /// Why the code does not do it; nil if it does.
    public var missing: String?
    /// Topics of worked examples that check it.
    public var examples: [String]
    /// What the code reads.
    public var settings: [RuleSetting]
    /// Settings that are a choice of ours, with what may be chosen; the file's value is the default.
    public var options: [String: [String]]
    public var line: Int?
}

/// One figure or choice that the code reads.
public struct RuleSetting: Sendable {
    public var key: String
    /// One text for a scalar, several for a list.
    public var texts: [String]
    public var isList: Bool
    public var line: Int?
}

/// Where rules were read.
public struct RuleSource: Sendable {
    public var key: String
    public var title: String
    public var url: String
}
