import Analysis
import Desk
import Foundation
import Primitives
import Recording
import Stress

extension ExplainCommand {
    /// What a shock did to one account of a book: the book is shocked again, and must still be the same.
    func explainStress(_ asked: StressAsked) throws {
        var health = Health()
        let book = try AccountBook(folder: asked.book, health: &health)
        var shocks =
            try asked.shockFile.map { try Shock.read($0, coins: book.coins, assets: book.loanAssets) }
            ?? asked.shocks.map { try Shock($0, coins: book.coins, assets: book.loanAssets) }
        if !asked.betas.isEmpty { shocks = shocks.map(try Betas(StressPath(candles: asked.betas)).follow) }
        let known = asked.shocks
        guard let name = shock ?? known.last, let place = known.firstIndex(of: name),
            let found = shocks.first(where: { $0.name == name })
        else {
            throw InputError(
                file: "--shock", found: shock.map { "`\($0)`" } ?? "no shock",
                allowed: known.joined(separator: ", "),
                nearest: shock.flatMap { nearestName(to: $0, among: known) })
        }
        let impact = try Impact(asked.impact, book: book)
        let room = StressedBook.room(for: shocks, impact: impact)
        let stressed = try StressedBook(
            book, health: health, overrides: try StressCommand.overrides(asked.rules), day: asked.day,
            room: room)
        let outcome = stressed.outcome(found, impact: impact)
        guard outcome.accountsLiquidated == asked.liquidated[place],
            abs(outcome.deficitUsd - asked.deficitsUsd[place]) < 1
        else {
            throw InputError(
                file: asked.book, found: "a book that has changed since this stress test",
                allowed: "the book as it was, or `undertow stress \(asked.book)` again")
        }
        guard let account else {
            let worst = outcome.largestDeficits.map {
                "  --account \($0.account)   \(String(format: "%.0f", $0.usd)) USD below zero"
            }
            return print(
                (["Largest deficits at \(name):" + (worst.isEmpty ? " none" : "")] + worst).joined(
                    separator: "\n"))
        }
        let story = try StressStory(stressed, account: account, found, impact: impact)
        print(try json ? Recording.json(story) : story.text)
    }
}
