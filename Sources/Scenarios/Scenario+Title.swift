import Events
import Primitives

/// One line for people that is true of a run.
extension Scenario {
    /// The scenario's own title where the run is what it was written for; where something was changed since, what the
    /// settings say, and what was changed.
    public func title(until: SimTime? = nil, indexPath: String? = nil) -> String {
        let changes = changedPaths
        let isShortened = until.map { $0 < end } ?? false
        if changes.isEmpty && !isShortened && indexPath == nil && !text("title").isEmpty {
            return text("title")
        }
        var parts = [
            event.perpetuals.count == 1 && event.spots.isEmpty ? venueInWords(indexPath) : marketInWords
        ]
        parts.append(Self.span(start, isShortened ? until! : end))
        let shown = changes.filter { !["window.start_utc", "window.end_utc"].contains($0) }.map { path in
            let value = text(path)
            return path + "=" + (value.count > 40 ? value.prefix(40) + "…" : value)
        }
        if !shown.isEmpty {
            let rest = shown.count > 4 ? " and \(shown.count - 4) more" : ""
            parts.append("with " + shown.prefix(4).joined(separator: ", ") + rest)
        }
        return parts.joined(separator: ", ")
    }

    /// Settings made after the title was written: on the command line, or in a file that goes on from the one with the
    /// title. Built-in scenarios go on only from each other.
    private var changedPaths: [String] {
        let titled = setting("title").file
        return file.settings.keys.sorted().filter { path in
            let file = setting(path).file
            if ["title", "note", "scenario"].contains(path) || file == titled || file == "default" {
                return false
            }
            return file.hasPrefix("--")
                || (BuiltInEvents.isBuiltIn(path: titled) && !BuiltInEvents.isBuiltIn(path: file))
        }
    }

    private var marketInWords: String {
        news().isEmpty ? "The market of \(name), no announcement" : "The market of \(name)"
    }

    private func venueInWords(_ indexPath: String?) -> String {
        let venue = event.perpetuals[0]
        let assets = event.listings.filter { $0.venue == venue.name }.map { event.assets[$0.asset].name }
        var words = "\(assets.joined(separator: ", ")) perpetual on \(venue.name)"
        if venue.rulebook != venue.name { words += " under the rulebook \(venue.rulebook)" }
        if !venue.rules.isEmpty { words += " with \(venue.rules)" }
        if rulesDay != "\(start)".prefix(10) { words += " under the rules of \(rulesDay)" }
        if let indexPath {
            words += ", index of \(indexPath.split(separator: "/").last ?? "")"
        } else {
            words += text("index.kind") == "imposed" ? ", recorded index" : ", modelled index"
        }
        return words
    }

    /// A stretch of time in words.
    static func span(_ from: SimTime, _ to: SimTime) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        func day(_ t: SimTime) -> String {
            let text = "\(t)"
            return "\(Int(text.dropFirst(8).prefix(2))!) \(months[Int(text.dropFirst(5).prefix(2))! - 1]) "
                + text.prefix(4)
        }
        func clock(_ t: SimTime) -> String {
            let text = "\(t)".dropFirst(11).prefix(8)
            return String(text.hasSuffix(":00") ? text.prefix(5) : text)
        }
        return day(from) == day(to)
            ? "\(day(from)), \(clock(from)) to \(clock(to)) UTC"
            : "\(day(from)) \(clock(from)) to \(day(to)) \(clock(to)) UTC"
    }
}
