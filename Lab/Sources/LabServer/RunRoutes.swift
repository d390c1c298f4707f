import Events
import Foundation
import HTTPTypes
import Hummingbird
import LabCore
import Market
import NIOCore
import Primitives
import Scenarios

/// Runs: opening, moving, forking, deleting, and their tables.
struct RunRoutes: Sendable {
    typealias Context = Answer.Context
    let lab: Lab

    /// A run and its present.
    struct Shown: Encodable {
        var info: RunInfo
        var frame: Frame
        init(_ run: LabRun) { (info, frame) = (run.info, run.frame.frame) }
    }

    static func find(_ lab: Lab, _ context: Context) async throws -> LabRun {
        let text = context.parameters.get("run") ?? ""
        guard let id = Int(text), let run = await lab.runs[id] else {
            throw HTTPError(.notFound, message: "no run `\(text.prefix(20))`")
        }
        return run
    }

    /// - Throws: `Refusal` where there is no world any more.
    static func look<T: Sendable>(
        _ run: LabRun, copies: Bool = false, _ question: @escaping @Sendable (borrowing World) -> T
    ) async throws -> T {
        guard let look = await run.look(copies: copies, question) else {
            throw Lab.Refusal("run \(run.id) has no world")
        }
        return look
    }

    static func time(_ text: String) throws -> SimTime {
        guard let time = SimTime(iso8601: text) else {
            throw InputError(
                file: "time", found: "`\(text.prefix(40))`", allowed: "a UTC time like 2025-10-10T21:15:00Z")
        }
        return time
    }

    func add(to all: inout Interface) {
        let lab = self.lab
        all.add(.get, "/api/scenarios", "Names of the scenarios that a run may be of.") { _, _ in
            try Answer.json(BuiltInEvents.names)
        }
        all.add(.get, "/api/books", "Names of the books of own accounts that the lab was started with.") {
            _, _ in
            try Answer.json(lab.books)
        }
        all.add(.get, "/api/keys", "What a fork may change: key, meaning, unit and what is allowed.") {
            _, _ in
            try Answer.json(ChangeKey.all)
        }
        all.add(.get, "/api/runs", "All runs: info and present frame.") { _, _ in
            try await Answer.json(lab.list().map(Shown.init))
        }
        addOpen(to: &all)
        all.add(.get, "/api/runs/{run}", "One run: info and present frame.") { _, context in
            try Answer.json(Shown(try await Self.find(lab, context)))
        }
        all.add(.delete, "/api/runs/{run}", "Deletes a run; its forks stay.") { _, context in
            let run = try await Self.find(lab, context)
            try await lab.close(run.id)
            return try Answer.json(["closed": run.id])
        }
        addMoves(to: &all)
        addFork(to: &all)
        addTables(to: &all)
    }

    private func addOpen(to all: inout Interface) {
        let lab = self.lab
        struct Ask: Decodable {
            var scenario: String
            var seed: UInt64?
            var scale: Int?
            var settings: [String]?
            var book: String?
            var name: String?
        }
        all.add(
            .post, "/api/runs", "A new run at its first moment.",
            body: [
                // A file of this machine is not opened for a request.
                .init(
                    name: "scenario", kind: .choice(BuiltInEvents.names), meaning: "of /api/scenarios",
                    isRequired: true),
                .init(name: "seed", kind: .integer(0...Int.max), meaning: "default 1"),
                .init(
                    name: "scale", kind: .integer(1...100_000),
                    meaning: "one account stands for so many; default 50"),
                .init(
                    name: "settings", kind: .texts(most: 100),
                    meaning: "`key=value` as `undertow run --set` takes them"),
                .init(
                    name: "book", kind: .text(), meaning: "of /api/books: own accounts that are carried in"),
                .init(name: "name", kind: .text(most: 80), meaning: "for people"),
            ], status: 201, refusals: [409: "no room", 422: "settings that cannot be"]
        ) { request, _ in
            let ask = try await Answer.body(request, Ask.self)
            var recipe = Lab.Recipe(scenario: ask.scenario)
            (recipe.seed, recipe.scale, recipe.book) = (ask.seed ?? 1, ask.scale ?? 50, ask.book)
            recipe.settings = ask.settings ?? []
            return try Answer.json(
                Shown(try await lab.open(recipe, name: ask.name.map { String($0.prefix(80)) })),
                status: .created)
        }
    }

    private func addMoves(to all: inout Interface) {
        let lab = self.lab
        struct Speed: Decodable { var speed: Double? }
        struct Steps: Decodable { var steps: Int? }
        struct To: Decodable { var time: String }
        all.add(
            .post, "/api/runs/{run}/play", "Goes on; the speed may change while it does.",
            body: [
                .init(
                    name: "speed", kind: .number(0.001...1e6),
                    meaning: "simulated seconds a second; null: as fast as it goes")
            ], refusals: [422: "a speed that cannot be"]
        ) { request, context in
            let speed = try await Answer.body(request, Speed.self).speed
            let run = try await Self.find(lab, context)
            run.play(at: speed)
            return try Answer.json(run.frame.frame)
        }
        all.add(.post, "/api/runs/{run}/pause", "Stops at the end of a step, whatever it is moving for.") {
            _, context in
            let run = try await Self.find(lab, context)
            run.pause()
            return try Answer.json(run.frame.frame)
        }
        all.add(
            .post, "/api/runs/{run}/step", "Some steps, then it stands.",
            body: [.init(name: "steps", kind: .integer(1...100_000), meaning: "default 1")],
            refusals: [422: "a number that cannot be"], isLong: true
        ) { request, context in
            let steps = try await Answer.body(request, Steps.self).steps ?? 1
            let run = try await Self.find(lab, context)
            await run.step(steps)
            return try Answer.json(run.frame.frame)
        }
        all.add(
            .post, "/api/runs/{run}/seek",
            "To a moment that has been, in the state that was; or on to one that has not. A newer request takes over.",
            body: [.init(name: "time", kind: .time, meaning: "UTC", isRequired: true)],
            refusals: [422: "no time"], isLong: true
        ) { request, context in
            let time = try Self.time(try await Answer.body(request, To.self).time)
            let run = try await Self.find(lab, context)
            await run.seek(to: time)
            return try Answer.json(run.frame.frame)
        }
    }

    private func addFork(to all: inout Interface) {
        let lab = self.lab
        struct Ask: Decodable {
            var time: String?
            var name: String?
            var changes: [String]?
        }
        all.add(
            .post, "/api/runs/{run}/fork",
            "Another future from a moment that has been; the parent is untouched.",
            body: [
                .init(name: "time", kind: .time, meaning: "UTC; absent: the present"),
                .init(name: "name", kind: .text(most: 80), meaning: "for people"),
                .init(
                    name: "changes", kind: .texts(most: 50),
                    meaning:
                        "`key=value` of /api/keys, sell=BTC@binance:200e6, buy=, news=-2, outage=binance:orders:30"
                ),
            ], status: 201, refusals: [409: "no room", 422: "a change that cannot be"]
        ) { request, context in
            let ask = try await Answer.body(request, Ask.self)
            let run = try await Self.find(lab, context)
            let fork = try await lab.fork(
                run.id, at: try ask.time.map { try Self.time($0) },
                name: ask.name.map { String($0.prefix(80)) }, actions: ask.changes ?? [])
            return try Answer.json(Shown(fork), status: .created)
        }
    }

    private func addTables(to all: inout Interface) {
        let lab = self.lab
        all.add(
            .get, "/api/runs/{run}/minutes", "Minutes that have ended by the present, nothing of the future.",
            query: [
                .init(
                    name: "from", kind: .integer(0...Int.max),
                    meaning: "Unix seconds of the first minute's start")
            ]
        ) { request, context in
            let from = request.uri.queryParameters["from"].flatMap { Int64($0) } ?? .min
            return try Answer.json(try await Self.find(lab, context).minutes(from: from))
        }
        all.add(.get, "/api/runs/{run}/minutes.csv", "The same as a table.", gives: "text/csv") {
            _, context in
            let run = try await Self.find(lab, context)
            return Self.csv("run-\(run.id)-minutes.csv", RunTables.minutes(run))
        }
        all.add(.get, "/api/runs/{run}/venues.csv", "Who paid, by venue, as of now.", gives: "text/csv") {
            _, context in
            let run = try await Self.find(lab, context)
            return Self.csv("run-\(run.id)-venues.csv", RunTables.venues(run))
        }
        all.add(
            .get, "/api/runs/{run}/recipe.txt",
            "The command line that gives the same run, and what was changed.",
            gives: "text/plain"
        ) { _, context in
            let run = try await Self.find(lab, context)
            var fields = Guard<Context>.headers(type: "text/plain; charset=utf-8")
            fields[.contentDisposition] = "attachment; filename=run-\(run.id)-recipe.txt"
            let text =
                ([run.info.command] + run.info.changes.map { "# changed: \($0)" }).joined(separator: "\n")
                + "\n"
            return Response(
                status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
        all.add(.get, "/api/runs/{run}/hash", "The state's hash now, and the command line that gives it.") {
            _, context in
            let run = try await Self.find(lab, context)
            let recipe = run.run
            return try Answer.json(
                try await Self.look(run, copies: true) { world in
                    // As `run` prints it: once its totals are made, and at a whole second.
                    var copy = world.copy()
                    while copy.now.nanoseconds % 1_000_000_000 != 0, !copy.isFinished { copy.step() }
                    copy.finish()
                    return [
                        "time": copy.now.description, "hash": copy.stateHash().hex,
                        // A run of no step has none.
                        "command": copy.steps > 0 ? RunInfo.command(recipe, until: copy.now) : "",
                    ]
                })
        }
    }

    private static func csv(_ name: String, _ text: String) -> Response {
        var fields = Guard<Context>.headers(type: "text/csv; charset=utf-8")
        fields[.contentDisposition] = "attachment; filename=\(name)"
        return Response(
            status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
