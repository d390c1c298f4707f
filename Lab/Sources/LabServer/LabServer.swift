import Events
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import LabCore
import Market
import Primitives
import Scenarios

/// The lab as a web application: everything that its page can do is a request of `openapi.yaml`.
public struct LabServer: Sendable {
    public struct Settings: Sendable {
        public var host = "127.0.0.1"
        public var port = 8090
        public var token: String?
        public var memoryMegabytes = 4096
        /// Further names of this machine that a request may ask by.
        public var others: [String] = []
        public init() {}

        /// Names by which the lab may be asked.
        var hosts: Set<String> {
            var names: Set<String> = ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"]
            names.insert((host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)").lowercased())
            for name in others { names.insert("\(name):\(port)".lowercased()) }
            if port == 80 { names.formUnion(names.map { String($0.dropLast(3)) }) }
            return names
        }
        /// Whether only this machine reaches it.
        public var isLoopback: Bool { ["127.0.0.1", "localhost", "::1"].contains(host) }
    }

    private let settings: Settings
    private let lab: Lab

    public init(_ settings: Settings) {
        self.settings = settings
        lab = Lab(memoryMegabytes: settings.memoryMegabytes)
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter running: told once it listens.
    /// - Throws: where the port is taken.
    public func run(running: @escaping @Sendable () -> Void) async throws {
        var server = HTTP1Channel.Configuration()
        server.idleTimeout = .seconds(120)
        let application = Application(
            router: router(), server: .http1(configuration: server),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(512)),
            onServerRunning: { _ in running() })
        try await application.runService(gracefulShutdownSignals: [])
    }

    private typealias Context = Answer.Context

    private func router() -> Router<Context> {
        let router = Router(context: Context.self)
        router.add(middleware: Guard<Context>(hosts: settings.hosts, token: settings.token))
        addPage(to: router)
        addRuns(to: router)
        addLooks(to: router)
        return router
    }

    // MARK: The page

    private func addPage(to router: Router<Context>) {
        let files: [(path: String, file: String, type: String)] = [
            ("/", "index.html", "text/html; charset=utf-8"),
            ("/app.js", "app.js", "text/javascript; charset=utf-8"),
            ("/charts.js", "charts.js", "text/javascript; charset=utf-8"),
            ("/app.css", "app.css", "text/css; charset=utf-8"),
            ("/openapi.yaml", "openapi.yaml", "application/yaml"),
        ]
        for one in files {
            let text = EmbeddedFiles.text(one.file) ?? ""
            router.get(RouterPath(one.path)) { _, _ in
                Response(
                    status: .ok, headers: Guard<Context>.headers(type: one.type),
                    body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
            }
        }
        router.post("/api/session") { [settings] request, _ in
            try await Answer.answering {
                struct Ask: Decodable { var token: String }
                let given = try await Answer.body(request, Ask.self).token
                guard let token = settings.token, Guard<Context>.equal(given, token) else {
                    return try Answer.wrong("a wrong token", .unauthorized)
                }
                var answer = try Answer.json(["ok": true])
                answer.headers[.setCookie] = "undertow=\(token); HttpOnly; SameSite=Strict; Path=/"
                return answer
            }
        }
    }

    // MARK: Runs

    /// A run and its present.
    struct Shown: Encodable {
        var info: RunInfo
        var frame: Frame
        init(_ run: LabRun) { (info, frame) = (run.info, run.frame.frame) }
    }

    private func find(_ context: Context) async throws -> LabRun {
        let text = context.parameters.get("run") ?? ""
        guard let id = Int(text), let run = await lab.runs[id] else {
            throw HTTPError(.notFound, message: "no run `\(text.prefix(20))`")
        }
        return run
    }

    private func addRuns(to router: Router<Context>) {
        let lab = self.lab
        router.get("/api/scenarios") { _, _ in try Answer.json(BuiltInEvents.names) }
        router.get("/api/keys") { _, _ in try Answer.json(ChangeKey.all) }
        router.get("/api/runs") { _, _ in try await Answer.json(lab.list().map(Shown.init)) }
        router.post("/api/runs") { request, _ in
            try await Answer.answering {
                struct Ask: Decodable {
                    var scenario: String
                    var seed: UInt64?
                    var scale: Int?
                    var settings: [String]?
                    var name: String?
                }
                let ask = try await Answer.body(request, Ask.self)
                // A file of this machine is not opened for a request.
                guard BuiltInEvents.names.contains(ask.scenario) else {
                    throw InputError(
                        file: "scenario", found: "`\(ask.scenario.prefix(80))`",
                        allowed: BuiltInEvents.names.joined(separator: ", "),
                        nearest: nearestName(to: ask.scenario, among: BuiltInEvents.names))
                }
                let run = try await lab.open(
                    ask.scenario, seed: ask.seed ?? 1, scale: ask.scale ?? 50,
                    settings: ask.settings ?? [], name: ask.name.map { String($0.prefix(80)) })
                return try Answer.json(Shown(run), status: .created)
            }
        }
        router.get("/api/runs/{run}") { _, context in
            try await Answer.answering { try Answer.json(Shown(try await find(context))) }
        }
        router.delete("/api/runs/{run}") { _, context in
            try await Answer.answering {
                let run = try await find(context)
                try await lab.close(run.id)
                return try Answer.json(["closed": run.id])
            }
        }
        addMoves(to: router)
    }

    private func addMoves(to router: Router<Context>) {
        let lab = self.lab
        router.post("/api/runs/{run}/play") { request, context in
            try await Answer.answering {
                struct Ask: Decodable { var speed: Double? }
                let speed = try await Answer.body(request, Ask.self).speed
                if let speed, !(speed > 0 && speed <= 1e6) {
                    return try Answer.wrong(
                        "speed above 0, up to 1e6; null: as fast as it goes", .unprocessableContent)
                }
                let run = try await find(context)
                run.play(at: speed)
                return try Answer.json(run.frame.frame)
            }
        }
        router.post("/api/runs/{run}/pause") { _, context in
            try await Answer.answering {
                let run = try await find(context)
                run.pause()
                return try Answer.json(run.frame.frame)
            }
        }
        router.post("/api/runs/{run}/step") { request, context in
            try await Answer.answering {
                struct Ask: Decodable { var steps: Int? }
                let steps = try await Answer.body(request, Ask.self).steps ?? 1
                guard (1...100_000).contains(steps) else {
                    return try Answer.wrong("1 to 100000 steps", .unprocessableContent)
                }
                let run = try await find(context)
                await run.step(steps)
                return try Answer.json(run.frame.frame)
            }
        }
        router.post("/api/runs/{run}/seek") { request, context in
            try await Answer.answering {
                struct Ask: Decodable { var time: String }
                let time = try Self.time(try await Answer.body(request, Ask.self).time)
                let run = try await find(context)
                await run.seek(to: time)
                return try Answer.json(run.frame.frame)
            }
        }
        router.post("/api/runs/{run}/fork") { request, context in
            try await Answer.answering {
                struct Ask: Decodable {
                    var time: String?
                    var name: String?
                    var changes: [String]?
                }
                let ask = try await Answer.body(request, Ask.self)
                let run = try await find(context)
                let fork = try await lab.fork(
                    run.id, at: try ask.time.map { try Self.time($0) },
                    name: ask.name.map { String($0.prefix(80)) }, actions: ask.changes ?? [])
                return try Answer.json(Shown(fork), status: .created)
            }
        }
    }

    private static func time(_ text: String) throws -> SimTime {
        guard let time = SimTime(iso8601: text) else {
            throw InputError(
                file: "time", found: "`\(text.prefix(40))`", allowed: "a UTC time like 2025-10-10T21:15:00Z")
        }
        return time
    }

    // MARK: Looking

    private func addLooks(to router: Router<Context>) {
        router.get("/api/runs/{run}/minutes") { request, context in
            try await Answer.answering {
                let from = request.uri.queryParameters["from"].flatMap { Int64($0) } ?? .min
                return try Answer.json(try await find(context).minutes(from: from))
            }
        }
        router.get("/api/runs/{run}/minutes.csv") { _, context in
            try await Answer.answering {
                let run = try await find(context)
                var fields = Guard<Context>.headers(type: "text/csv; charset=utf-8")
                fields[.contentDisposition] = "attachment; filename=run-\(run.id)-minutes.csv"
                return Response(
                    status: .ok, headers: fields,
                    body: ResponseBody(byteBuffer: ByteBuffer(string: MinuteTable.csv(run))))
            }
        }
        router.get("/api/runs/{run}/hash") { _, context in
            try await Answer.answering {
                let run = try await find(context)
                let command = run.info.command
                return try Answer.json(
                    await run.look { world in
                        // As `run` prints it: once its totals are made.
                        var copy = world.copy()
                        copy.finish()
                        return [
                            "time": copy.now.description, "hash": copy.stateHash().hex,
                            "command": command + (copy.steps > 0 ? " --until \(copy.now)" : ""),
                        ]
                    })
            }
        }
        router.get("/api/runs/{run}/books/{book}") { _, context in
            try await Answer.answering {
                let run = try await find(context)
                let number = Int(context.parameters.get("book") ?? "") ?? -1
                guard let look = await run.look({ BookLook(number, of: $0) }) else {
                    throw HTTPError(.notFound, message: "no such book")
                }
                return try Answer.json(look)
            }
        }
        router.get("/api/runs/{run}/accounts/{venue}/{account}") { _, context in
            try await Answer.answering {
                let run = try await find(context)
                let venue = context.parameters.get("venue") ?? ""
                let number = Int(context.parameters.get("account") ?? "") ?? -1
                guard let look = await run.look({ AccountLook(venue, number, of: $0) }) else {
                    throw HTTPError(.notFound, message: "no such account")
                }
                return try Answer.json(look)
            }
        }
        router.get("/api/runs/{run}/triggers/{asset}") { _, context in
            try await Answer.answering {
                let run = try await find(context)
                let asset = context.parameters.get("asset") ?? ""
                guard let look = await run.look({ TriggerLook(asset, of: $0) }) else {
                    throw HTTPError(.notFound, message: "no such asset")
                }
                return try Answer.json(look)
            }
        }
        router.get("/api/stream") { _, _ in stream() }
    }

    /// Frames of all runs as they change, at most thirty a second each.
    private func stream() -> Response {
        var fields = Guard<Context>.headers(type: "text/event-stream")
        fields[.cacheControl] = "no-cache"
        let lab = self.lab
        return Response(
            status: .ok, headers: fields,
            body: ResponseBody { writer in
                var seen: [Int: Int] = [:]
                let encoder = JSONEncoder()
                encoder.keyEncodingStrategy = .convertToSnakeCase
                var quiet = 0
                while !Task.isCancelled {
                    let runs = await lab.list()
                    var text = ""
                    if Set(seen.keys) != Set(runs.map(\.id)) { text += "event: runs\ndata: {}\n\n" }
                    for id in seen.keys where !runs.contains(where: { $0.id == id }) { seen[id] = nil }
                    for run in runs {
                        let (frame, version) = run.frame
                        guard seen[run.id] != version else { continue }
                        seen[run.id] = version
                        text += "data: " + String(decoding: try encoder.encode(frame), as: UTF8.self) + "\n\n"
                    }
                    quiet += 1
                    if text.isEmpty && quiet >= 450 { text = ": still here\n\n" }
                    if !text.isEmpty {
                        quiet = 0
                        try await writer.write(ByteBuffer(string: text))
                    }
                    try await Task.sleep(for: .milliseconds(33))
                }
                try await writer.finish(nil)
            })
    }
}

/// A key that may change, as a form shows it.
struct ChangeKey: Encodable {
    var key: String
    var meaning: String
    var allowed: String

    static let all: [ChangeKey] = RunChange.keys.compactMap { path in
        ScenarioKeys.key(path).map { ChangeKey(key: path, meaning: $0.meaning, allowed: words($0.kind)) }
    }
}

extension ChangeKey {
    private static func words(_ kind: SettingKey.Kind) -> String {
        switch kind {
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        case .choice(let names): names.joined(separator: ", ")
        case .time: "a UTC time"
        case .text, .name, .day: "text"
        }
    }
}

/// Minutes for a spreadsheet, pandas or DuckDB.
enum MinuteTable {
    static func csv(_ run: LabRun) -> String {
        let prices = run.info.majors.map { $0.lowercased() + "_index_usd" }
        var lines = [
            (["time_utc"] + prices + [
                "liquidated_long_usd", "liquidated_short_usd", "reported_usd", "open_interest_usd",
                "taken_over_usd", "deleveraged_usd", "margin_calls", "depth_1pct_usd", "makers_withdrawn",
                "hash",
            ]).joined(separator: ",")
        ]
        for m in run.minutes() {
            let figures =
                m.prices + [
                    m.liquidatedLongUsd, m.liquidatedShortUsd, m.reportedUsd, m.openInterestUsd,
                    m.takenOverUsd,
                    m.deleveragedUsd,
                ]
            lines.append(
                ([SimTime(seconds: m.seconds).description] + figures.map { "\($0)" }
                    + ["\(m.marginCalls)", "\(m.depthUsd)", "\(m.makersWithdrawn)", m.hash])
                    .joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
