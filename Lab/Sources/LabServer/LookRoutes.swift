import Foundation
import HTTPTypes
import Hummingbird
import LabCore
import Looks
import Primitives

/// Looks into a run's world as it is now, between two steps.
struct LookRoutes: Sendable {
    let lab: Lab

    func add(to all: inout Interface) {
        let lab = self.lab
        all.add(
            .get, "/api/runs/{run}/books/{book}",
            "What rests in a book: ladder, depth, what market orders of some sizes would pay.",
            query: [.init(name: "levels", kind: .integer(1...500), meaning: "a side; default 25")]
        ) { request, context in
            let run = try await RunRoutes.find(lab, context)
            let number = Int(context.parameters.get("book") ?? "") ?? -1
            let levels = min(500, max(1, request.uri.queryParameters["levels"].flatMap { Int($0) } ?? 25))
            guard let look = await run.look({ BookLook(number, of: $0, levels: levels) }) ?? nil else {
                throw HTTPError(.notFound, message: "no such book")
            }
            return try Answer.json(look)
        }
        all.add(
            .get, "/api/runs/{run}/accounts/{account}", "One margin account: equity, margin, positions.",
            refusals: [422: "no such account"]
        ) { _, context in
            let run = try await RunRoutes.find(lab, context)
            let name = Self.account(context.parameters.get("account") ?? "")
            guard let look = await run.look({ world in Result { try AccountLook(name, of: world) } }) else {
                throw Lab.Refusal("the run has no world")
            }
            return try Answer.json(try look.get())
        }
        all.add(.get, "/api/runs/{run}/own", "The own accounts that were carried in, as they are now.") {
            _, context in
            let run = try await RunRoutes.find(lab, context)
            let names = run.info.ownAccounts
            let looks = await run.look { world in
                names.prefix(500).compactMap { own in
                    (try? AccountLook("\(own.venue):\(own.account)", of: world)).map {
                        OwnLook(name: own.name, account: $0)
                    }
                }
            }
            return try Answer.json(looks ?? [])
        }
        addMarket(to: &all)
    }

    /// Of the whole market.
    private func addMarket(to all: inout Interface) {
        let lab = self.lab
        all.add(
            .get, "/api/runs/{run}/triggers/{asset}",
            "What fails at which price, if nothing else moves: a bar a per cent."
        ) { _, context in
            let run = try await RunRoutes.find(lab, context)
            let asset = context.parameters.get("asset") ?? ""
            guard let look = await run.look({ TriggerLook(asset, of: $0) }) ?? nil else {
                throw HTTPError(.notFound, message: "no such asset")
            }
            return try Answer.json(look)
        }
        all.add(.get, "/api/runs/{run}/cascade", "The tree of forced closings as it has grown so far.") {
            _, context in
            let run = try await RunRoutes.find(lab, context)
            return try Answer.json(try await RunRoutes.look(run) { CascadeLook($0) })
        }
        all.add(
            .get, "/api/runs/{run}/against/{other}",
            "Who wins and who loses here against another run of the same market: every account beside itself.",
            refusals: [409: "not two futures of one market"]
        ) { _, context in
            let run = try await RunRoutes.find(lab, context)
            let id = Int(context.parameters.get("other") ?? "") ?? -1
            guard let beside = await lab.runs[id] else { throw HTTPError(.notFound, message: "no such run") }
            guard run.isFuture(ofTheMarketOf: beside), let here = await run.look({ Equities($0) }),
                let there = await beside.look({ Equities($0) }),
                let look = AgainstLook(here, there)
            else { throw Lab.Refusal("runs \(run.id) and \(id) are not two futures of one market") }
            return try Answer.json(look)
        }
        all.add(.get, "/api/runs/{run}/lending", "The lending protocols: debt, liquidations, bad debt.") {
            _, context in
            let run = try await RunRoutes.find(lab, context)
            return try Answer.json(try await RunRoutes.look(run) { LendingLook($0) })
        }
    }

    struct OwnLook: Encodable, Sendable {
        var name: String
        var account: AccountLook
    }

    /// A path has no `/` in a name: `VENUE~COIN:NUMBER` stands for `VENUE/COIN:NUMBER`.
    static func account(_ text: String) -> String {
        text.replacing("~", with: "/").replacing("%3A", with: ":")
    }
}
