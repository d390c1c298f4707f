import Desk
import Ensembles
import Foundation
import InputFiles
import Primitives
import Recording
import Stress
import Venues

extension CompareCommand {
    /// The same shocks of a book under its own rules and under each of a plan's.
    func compareBook(_ folder: String, _ plan: BookPlan) throws {
        var health = Health()
        let book = try AccountBook(folder: folder, health: &health)
        var shocks: [Shock] = []
        for text in plan.shocks {
            shocks += try Stress.shocks(text, coins: book.coins, assets: book.loanAssets)
        }
        let impact = try Impact(plan.impact, book: book)
        let room = StressedBook.room(for: shocks, impact: impact)
        var base = try StressedBook(book, health: health, room: room)
        base.watch = StressWatch(shown: "compare", isQuiet: quiet || json)
        var comparison = BookComparison(book: folder, impact: plan.impact)
        for rule in plan.rules {
            var changed = book
            if rule.fundMultiple != 1 { changed.multiplyFunds(by: rule.fundMultiple) }
            if let tiers = rule.tiers { try changed.replaceTiers(with: tiers, health: &health) }
            var settings: [String: [(key: String, text: String)]] = [:]
            for setting in rule.settings {
                settings[setting.venue, default: []].append((setting.key, setting.text))
            }
            try comparison.add(
                rule.name, base: base,
                changed: try StressedBook(changed, health: health, overrides: settings, room: room),
                shocks: shocks, impact: impact)
        }
        print(try json ? Recording.json(comparison) : comparison.text)
    }
}
