import Feeds
import Foundation
import HTTPTypes
import Hummingbird
import LabCore
import LabFeeds
import Primitives

/// The feeds of a lab: at most eight are open.
actor LabFeeds {
    private var all: [Int: FeedPlay] = [:]
    private var next = 1

    func open(_ source: FeedPlay.Source) throws -> FeedPlay {
        guard all.count < 8 else { throw Lab.Refusal("eight feeds are open: close one first") }
        let made = try FeedPlay(id: next, source)
        all[next] = made
        next += 1
        return made
    }

    func list() -> [FeedPlay] { all.keys.sorted().map { all[$0]! } }
    func find(_ id: Int) -> FeedPlay? { all[id] }
    func close(_ id: Int) { all.removeValue(forKey: id)?.close() }
}

/// Recorded captures that are played, and live streams.
struct FeedRoutes: Sendable {
    typealias Context = Answer.Context
    let captures: [Capture]
    /// Whether a request may name an address: only where none but this machine's user can ask.
    let mayConnect: Bool
    let feeds = LabFeeds()

    private struct Ask: Decodable {
        var capture: String?
        var url: String?
        var format: String?
        var subscribe: [String]?
        var snapshots: [String]?
    }

    func add(to all: inout Interface) {
        let (captures, feeds) = (self.captures, self.feeds)
        all.add(.get, "/api/captures", "Names of the recorded captures that the lab was started with.") {
            _, _ in
            try Answer.json(captures.map(\.name))
        }
        all.add(.get, "/api/feeds", "All open feeds: what they have seen, books, trades, liquidations, gaps.")
        { _, _ in
            try Answer.json(await feeds.list().map(\.state))
        }
        addOpen(to: &all)
        all.add(.get, "/api/feeds/{feed}", "One feed.") { _, context in
            try Answer.json(try await Self.find(feeds, context).state)
        }
        all.add(.delete, "/api/feeds/{feed}", "Closes it.") { _, context in
            let feed = try await Self.find(feeds, context)
            await feeds.close(feed.id)
            return try Answer.json(["closed": feed.id])
        }
        addMoves(to: &all)
    }

    private static func find(_ feeds: LabFeeds, _ context: Context) async throws -> FeedPlay {
        guard let id = Int(context.parameters.get("feed") ?? ""), let found = await feeds.find(id) else {
            throw HTTPError(.notFound, message: "no such feed")
        }
        return found
    }

    private static func recorded(_ feeds: LabFeeds, _ context: Context) async throws -> FeedPlay {
        let feed = try await find(feeds, context)
        guard !feed.isLive else { throw Lab.Refusal("a live stream has no other moment") }
        return feed
    }

    private func addOpen(to all: inout Interface) {
        let (captures, feeds, mayConnect) = (self.captures, self.feeds, self.mayConnect)
        all.add(
            .post, "/api/feeds", "Opens a capture, or listens to a live stream.",
            body: [
                .init(name: "capture", kind: .text(), meaning: "of /api/captures"),
                .init(
                    name: "url", kind: .text(most: 2000),
                    meaning: "ws or wss address; where only this machine reaches the lab"),
                .init(
                    name: "format", kind: .choice(FeedFormat.allCases.map(\.rawValue)),
                    meaning: "whose stream, with url"),
                .init(
                    name: "subscribe", kind: .texts(most: 20),
                    meaning: "messages that are sent once it is open"),
                .init(
                    name: "snapshots", kind: .texts(most: 20),
                    meaning: "addresses of whole books, asked for where a book waits for one"),
            ], status: 201,
            refusals: [
                403: "a lab that others reach", 409: "eight are open", 422: "no such capture or stream",
            ]
        ) { request, _ in
            let ask = try await Answer.body(request, Ask.self)
            if let name = ask.capture {
                guard let capture = captures.first(where: { $0.name == name }) else {
                    let names = captures.map(\.name)
                    throw InputError(
                        file: "capture", found: "`\(name.prefix(80))`",
                        allowed: names.isEmpty
                            ? "none: start the lab with --captures FOLDER" : names.joined(separator: ", "),
                        nearest: nearestName(to: name, among: names))
                }
                return try Answer.json(try await feeds.open(.capture(capture)).state, status: .created)
            }
            guard mayConnect else {
                return try Answer.wrong("a lab that others reach connects nowhere", .forbidden)
            }
            guard let format = FeedFormat(named: ask.format ?? "") else {
                throw InputError(
                    file: "format", found: "`\((ask.format ?? "").prefix(40))`",
                    allowed: FeedFormat.allCases.map(\.rawValue).joined(separator: ", "))
            }
            let live = FeedPlay.Source.live(
                url: try Self.url(ask.url ?? "", ["ws", "wss"]), format: format,
                subscribe: ask.subscribe ?? [],
                snapshots: try (ask.snapshots ?? []).map { try Self.url($0, ["http", "https"]) })
            return try Answer.json(try await feeds.open(live).state, status: .created)
        }
    }

    private static func url(_ text: String, _ schemes: [String]) throws -> URL {
        guard let url = URL(string: text), let scheme = url.scheme, schemes.contains(scheme),
            url.host?.isEmpty == false
        else {
            throw InputError(
                file: "url", found: "`\(text.prefix(80))`",
                allowed: "\(schemes.joined(separator: " or ")) addresses")
        }
        return url
    }

    private func addMoves(to all: inout Interface) {
        let feeds = self.feeds
        struct Speed: Decodable { var speed: Double? }
        struct To: Decodable { var time: String }
        struct Steps: Decodable { var messages: Int? }
        all.add(
            .post, "/api/feeds/{feed}/play", "Goes on.",
            body: [
                .init(
                    name: "speed", kind: .number(0.001...1e6),
                    meaning: "recorded seconds a second; null: as fast as it goes")
            ],
            refusals: [422: "a speed that cannot be"]
        ) { request, context in
            let speed = try await Answer.body(request, Speed.self).speed
            let feed = try await Self.find(feeds, context)
            feed.play(at: speed)
            return try Answer.json(feed.state)
        }
        all.add(.post, "/api/feeds/{feed}/pause", "Stops.") { _, context in
            let feed = try await Self.find(feeds, context)
            feed.pause()
            return try Answer.json(feed.state)
        }
        all.add(
            .post, "/api/feeds/{feed}/seek", "To a moment of a capture.",
            body: [.init(name: "time", kind: .time, meaning: "UTC", isRequired: true)],
            refusals: [409: "a live stream", 422: "no time"]
        ) { request, context in
            let time = try RunRoutes.time(try await Answer.body(request, To.self).time)
            let feed = try await Self.recorded(feeds, context)
            await feed.seek(to: time.nanoseconds)
            return try Answer.json(feed.state)
        }
        all.add(
            .post, "/api/feeds/{feed}/step", "Some messages of a capture.",
            body: [.init(name: "messages", kind: .integer(1...1_000_000), meaning: "default 1")],
            refusals: [409: "a live stream", 422: "a number that cannot be"]
        ) { request, context in
            let count = try await Answer.body(request, Steps.self).messages ?? 1
            let feed = try await Self.recorded(feeds, context)
            await feed.step(count)
            return try Answer.json(feed.state)
        }
    }
}
