import Foundation
import Primitives
import Running

/// Progress on work over two seconds: a bar on a terminal, a line every ten seconds elsewhere; on stderr.
struct Progress {
    private let title: String
    private let total: Double
    private let unit: String
    private let isQuiet: Bool
    private let isTerminal = isatty(2) == 1
    private let caller: Caller
    private let start = ContinuousClock.now
    private var lastShown = 0.0
    private var hasShown = false
    /// Done before this began, by an earlier attempt: it says nothing of the pace.
    private var before = 0.0

    init(
        _ title: String, total: Double, unit: String, isQuiet: Bool, caller: Caller = .current
    ) {
        self.caller = caller
        self.title = title
        self.total = max(total, 1)
        self.unit = unit
        self.isQuiet = isQuiet
    }

    /// Of a run, over its steps.
    init(_ run: ScenarioRun, _ title: String, isQuiet: Bool) {
        self.init(title, total: run.steps, unit: "steps", isQuiet: isQuiet)
    }

    /// Counts what was found done.
    mutating func found(_ count: Double) { before += count }

    /// A part of the work that has no steps begins: said at once on a terminal, elsewhere once the work is long.
    mutating func begin(_ part: String) {
        if isQuiet || caller.isEmbedded { return }
        if isTerminal {
            hasShown = true
            caller.note("\r\u{1B}[K\(title): \(part)")
        } else if (ContinuousClock.now - start).seconds > 2 {
            caller.note("\(title): \(part)\n")
        }
    }

    mutating func show(_ done: Double) {
        let elapsed = (ContinuousClock.now - start).seconds
        if let onProgress = caller.onProgress {
            if done < total && elapsed - lastShown < 0.1 { return }
            lastShown = elapsed
            onProgress(title, unit, done, total)
            return
        }
        if isQuiet { return }
        let pause = isTerminal ? 0.2 : 10
        guard elapsed > 2, elapsed - lastShown >= pause else { return }
        lastShown = elapsed
        hasShown = true
        let share = min(1, done / total)
        let pace = Self.pace(done: done - before, left: total - done, unit: unit, seconds: elapsed)
        if isTerminal {
            let full = Int(share * 30)
            let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 30 - full)
            caller.note("\r\(title) \(bar) \(Int(share * 100)) %  \(pace)   ")
        } else {
            caller.note("\(title): \(Int(share * 100)) %, \(pace)\n")
        }
    }

    /// Rate and time left; of slow work the time each takes.
    static func pace(done: Double, left: Double, unit: String, seconds: Double) -> String {
        guard done > 0, seconds > 0 else { return "none of the \(unit) yet" }
        let rate = done / seconds
        let words =
            rate >= 10
            ? String(format: "%.0f %@/s", rate, unit as NSString)
            : rate >= 1
                ? String(format: "%.1f %@/s", rate, unit as NSString)
                : String(format: "%.1f %@/min", rate * 60, unit as NSString)
        return words + ", \(Int((max(0, left) / rate).rounded(.up))) s left"
    }

    func end() {
        if hasShown && isTerminal { caller.note("\r\u{1B}[K") }
    }
}
