import Foundation

/// Progress on work over two seconds: a bar on a terminal, a line every ten seconds elsewhere; on stderr.
struct Progress {
    private let title: String
    private let total: Double
    private let unit: String
    private let isQuiet: Bool
    private let isTerminal = isatty(2) == 1
    private let start = ContinuousClock.now
    private var lastShown = 0.0
    private var hasShown = false

    init(_ title: String, total: Double, unit: String, isQuiet: Bool) {
        self.title = title
        self.total = max(total, 1)
        self.unit = unit
        self.isQuiet = isQuiet
    }

    mutating func show(_ done: Double) {
        if isQuiet { return }
        let elapsed = (ContinuousClock.now - start).seconds
        let pause = isTerminal ? 0.2 : 10
        guard elapsed > 2, elapsed - lastShown >= pause else { return }
        lastShown = elapsed
        hasShown = true
        let share = min(1, done / total)
        let left = share > 0 ? elapsed / share - elapsed : 0
        let rate = "\(Int(done / elapsed)) \(unit)/s, \(Int(left.rounded(.up))) s left"
        if isTerminal {
            let full = Int(share * 30)
            let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 30 - full)
            write("\r\(title) \(bar) \(Int(share * 100)) %  \(rate)   ")
        } else {
            write("\(title): \(Int(share * 100)) %, \(rate)\n")
        }
    }

    func end() {
        if hasShown && isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
