import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import LabCore
import LabFeeds
import NIOCore
import Page
import Primitives

/// The lab as a web application: everything that its page can do is a request of `/openapi.json`.
public struct LabServer: Sendable {
    public struct Settings: Sendable {
        public var host = "127.0.0.1"
        public var port = 8090
        public var token: String?
        /// Further names of this machine that a request may ask by.
        public var others: [String] = []
        /// Recorded days that alerts may be tried on, by name.
        public var records: [String: [Observation]] = [:]
        public var captures: [Capture] = []
        /// TradingView's chart library; nil: the page draws plain charts of its own.
        public var charts: String?
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

    public init(_ settings: Settings, _ lab: Lab) {
        self.settings = settings
        self.lab = lab
        lab.alerts.send { await Webhook.post($0, $1) }
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter running: told once it listens.
    /// - Throws: where the port is taken.
    public func run(running: @escaping @Sendable () -> Void) async throws {
        var server = HTTP1Channel.Configuration()
        // Who says nothing for so long is let go; a stream says something every ten seconds.
        server.idleTimeout = .seconds(30)
        let application = Application(
            router: router(), server: .http1(configuration: server),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                backlog: 4096,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections())),
            onServerRunning: { _ in running() })
        try await application.runService(gracefulShutdownSignals: [])
    }

    /// As many as this process may have files open, less those it needs; the limit is raised as far as it goes.
    private static func mostConnections() -> Int {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0 else { return 512 }
        limit.rlim_cur = min(limit.rlim_max, 32_768)
        _ = setrlimit(files, &limit)
        guard getrlimit(files, &limit) == 0 else { return 512 }
        return max(128, Int(limit.rlim_cur) - 256)
    }

    private func router() -> Router<Answer.Context> {
        let router = Router(context: Answer.Context.self)
        router.add(
            middleware: Guard<Answer.Context>(
                hosts: settings.hosts, token: settings.token, openFiles: Set(Self.files.map(\.path))))
        router.add(middleware: Rate())
        var all = Interface()
        addSession(to: &all)
        RunRoutes(lab: lab).add(to: &all)
        LookRoutes(lab: lab).add(to: &all)
        QuestionRoutes(lab: lab).add(to: &all)
        AlertRoutes(lab: lab, records: settings.records).add(to: &all)
        FeedRoutes(captures: settings.captures, mayConnect: settings.isLoopback).add(to: &all)
        let stream = Stream(lab)
        all.add(
            .get, "/api/stream",
            "Frames of all runs as they change, at most thirty a second; events `runs` and `alerts` where these change.",
            gives: "text/event-stream"
        ) { _, _ in stream.answer() }
        all.add(to: router)
        addPage(to: router, all.document)
        return router
    }

    /// What the page is made of, by path below `/`; the first has none.
    private static let files: [(path: String, type: String)] = [
        ("", "text/html; charset=utf-8"), ("app.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"), ("panels.js", "text/javascript; charset=utf-8"),
        ("charts.js", "text/javascript; charset=utf-8"), ("numbers.js", "text/javascript; charset=utf-8"),
        ("lightweight-charts.js", "text/javascript; charset=utf-8"), ("openapi.json", "application/json"),
    ]

    private func addPage(to router: Router<Answer.Context>, _ document: Data) {
        let made = [
            "openapi.json": String(decoding: document, as: UTF8.self),
            "lightweight-charts.js": settings.charts ?? "", "numbers.js": ChartLibrary.numbers,
        ]
        let files = Self.files.map {
            (
                path: "/" + $0.path, type: $0.type,
                text: made[$0.path] ?? EmbeddedFiles.text($0.path.isEmpty ? "index.html" : $0.path) ?? ""
            )
        }
        for one in files {
            router.get(RouterPath(one.path)) { _, _ in
                Response(
                    status: .ok, headers: Guard<Answer.Context>.headers(type: one.type),
                    body: ResponseBody(byteBuffer: ByteBuffer(string: one.text)))
            }
        }
    }

    private func addSession(to all: inout Interface) {
        struct Ask: Decodable { var token: String }
        all.add(
            .post, "/api/session", "Shows the token once; a cookie shows it from then on.",
            body: [
                .init(name: "token", kind: .text(), meaning: "as the lab was started with", isRequired: true)
            ],
            refusals: [401: "a wrong token"]
        ) { [settings] request, _ in
            let given = try await Answer.body(request, Ask.self).token
            guard let token = settings.token, Guard<Answer.Context>.equal(given, token) else {
                return try Answer.wrong("a wrong token", .unauthorized)
            }
            var answer = try Answer.json(["ok": true])
            answer.headers[.setCookie] = "undertow=\(token); HttpOnly; SameSite=Strict; Path=/"
            return answer
        }
    }
}
