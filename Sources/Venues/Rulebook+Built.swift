import Primitives
import Rules

/// Whether the code does what a rulebook says, found from what reads its settings and what acts on them.
extension Rulebook {
    /// Entry by entry: `yes`, with what of it does not act or only in some worlds; `in words` where an entry has neither a
    /// setting nor a worked example; `no` with the reason.
    ///
    /// - Throws: `InputError` for a setting that nothing reads, among all that `init` refuses.
    public static func built(_ file: RuleFile) throws(InputError) -> [String] {
        var books: [String: Rulebook] = [:]
        var texts: [String] = []
        for entry in file.entries {
            if let missing = entry.missing {
                texts.append("no: \(missing)")
            } else if entry.settings.isEmpty {
                texts.append(entry.examples.isEmpty ? "in words" : "yes")
            } else {
                let day = dayInForce(entry, file)
                let book: Rulebook
                if let known = books[day] { book = known } else { book = try Rulebook(file, on: day) }
                books[day] = book
                texts.append(book.built(entry))
            }
        }
        return texts
    }

    private func built(_ entry: RuleEntry) -> String {
        let keys = entry.settings.map(\.key)
        let unread = keys.filter { !rules.isRead($0) }
        if !unread.isEmpty { return "no: nothing reads \(Self.quoted(unread))" }
        let idle = idleSettings
        let own = keys.filter { Self.ownIndexSettings.contains($0) }
        var remarks = own.isEmpty ? [] : ["\(Self.quoted(own)) where venues make their own index"]
        for key in keys { if let why = idle[key] { remarks.append("not \(Self.quoted([key])): \(why)") } }
        if keys.allSatisfy({ own.contains($0) || idle[$0] != nil }) {
            // What is nought by rule is done where nothing could take it.
            let isNought = entry.settings.allSatisfy { $0.texts == ["0"] }
            return (isNought ? "yes; " : own.isEmpty ? "no: " : "") + remarks.joined(separator: "; ")
        }
        return (["yes"] + remarks).joined(separator: "; ")
    }

    private static func quoted(_ keys: [String]) -> String {
        keys.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// A day on which this revision of a rule holds: its first, or the last before the next.
    private static func dayInForce(_ entry: RuleEntry, _ file: RuleFile) -> String {
        if let since = entry.since { return since }
        let later = file.entries.filter { $0.rule == entry.rule }.compactMap(\.since).min()
        guard let later, let first = SimTime(iso8601: later + "T00:00Z") else { return defaultDay }
        return String(SimTime(seconds: first.seconds - 1).description.prefix(10))
    }
}
