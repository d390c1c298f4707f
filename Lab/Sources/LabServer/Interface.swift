import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Primitives

/// The lab's HTTP interface: every route with what it takes and gives. The server is made from this list, and so is
/// `/openapi.json`: what is not described is not there.
struct Interface: Sendable {
    typealias Context = Answer.Context

    /// A key of a body, or a part of a path or query.
    struct Field: Sendable {
        enum Kind: Sendable {
            case text(most: Int = 200)
            case integer(ClosedRange<Int>)
            case number(ClosedRange<Double>)
            case choice([String])
            case texts(most: Int)
            case time
        }
        var name: String
        var kind: Kind
        var meaning: String
        var isRequired = false

        /// - Throws: `InputError` for what its kind does not allow; another type is the decoder's to refuse.
        func check(_ value: Any) throws {
            func refuse(_ found: String, _ allowed: String) -> InputError {
                InputError(file: "body", key: name, found: found, allowed: allowed)
            }
            switch (kind, value) {
            case (.text(let most), let text as String) where text.count > most:
                throw refuse("\(text.count) characters", "up to \(most)")
            case (.texts(let most), let texts as [Any]) where texts.count > most:
                throw refuse("\(texts.count) of them", "up to \(most)")
            case (.integer(let range), let number as Int) where !range.contains(number):
                throw refuse("\(number)", "\(range.lowerBound) to \(range.upperBound)")
            case (.number(let range), let number as Double) where !range.contains(number):
                throw refuse("\(number)", "\(range.lowerBound) to \(range.upperBound)")
            case (.choice(let names), let name as String) where !names.contains(name):
                throw InputError(
                    file: "body", key: self.name, found: "`\(name.prefix(80))`",
                    allowed: names.joined(separator: ", "), nearest: nearestName(to: name, among: names))
            default: break
            }
        }

        var schema: [String: Any] {
            var schema: [String: Any] = ["description": meaning]
            switch kind {
            case .text(let most):
                schema["type"] = "string"
                schema["maxLength"] = most
            case .integer(let range):
                schema["type"] = "integer"
                (schema["minimum"], schema["maximum"]) = (range.lowerBound, range.upperBound)
            case .number(let range):
                schema["type"] = ["number", "null"]
                (schema["minimum"], schema["maximum"]) = (range.lowerBound, range.upperBound)
            case .choice(let names):
                schema["type"] = "string"
                schema["enum"] = names
            case .texts(let most):
                schema["type"] = "array"
                schema["items"] = ["type": "string"]
                schema["maxItems"] = most
            case .time:
                schema["type"] = "string"
                schema["format"] = "date-time"
            }
            return schema
        }
    }

    struct Route: Sendable {
        var method: HTTPRequest.Method
        var path: String
        var summary: String
        var query: [Field] = []
        var body: [Field] = []
        var gives = "application/json"
        var status = 200
        var refusals: [Int: String] = [:]
        /// It may compute for seconds.
        var isLong = false
        var answer: @Sendable (Request, Context) async throws -> Response
    }

    private(set) var routes: [Route] = []

    mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, query: [Field] = [],
        body: [Field] = [], gives: String = "application/json", status: Int = 200,
        refusals: [Int: String] = [:], isLong: Bool = false,
        answer: @escaping @Sendable (Request, Context) async throws -> Response
    ) {
        routes.append(
            Route(
                method: method, path: path, summary: summary, query: query, body: body, gives: gives,
                status: status, refusals: refusals, isLong: isLong, answer: answer))
    }

    func add(to router: Router<Context>) {
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await Answer.answering {
                    guard !route.body.isEmpty else { return try await route.answer(request, context) }
                    guard route.isLong else {
                        return try await route.answer(try await Self.checked(request, route.body), context)
                    }
                    // Who has gone waits for nothing: the connection closes after such an answer.
                    return try await request.body.consumeWithCancellationOnInboundClose { body in
                        var open = request
                        open.body = body
                        return try await route.answer(try await Self.checked(open, route.body), context)
                    }
                }
            }
        }
    }

    /// The request with its body read and held against its fields, the one place where ranges are tested.
    private static func checked(_ request: Request, _ fields: [Field]) async throws -> Request {
        let buffer = try await request.body.collect(upTo: Answer.mostBytes)
        let data = Data(buffer.readableBytesView)
        var whole = request
        whole.body = RequestBody(buffer: buffer)
        guard !data.isEmpty else { return whole }
        guard let found = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw HTTPError(.badRequest, message: "the body is no JSON object")
        }
        for (key, value) in found {
            guard let field = fields.first(where: { $0.name == key }) else {
                let names = fields.map(\.name)
                throw InputError(
                    file: "body", key: String(key.prefix(80)), found: "no such key",
                    allowed: names.joined(separator: ", "), nearest: nearestName(to: key, among: names))
            }
            try field.check(value)
        }
        return whole
    }

    private static let parameters: [String: Field] = [
        "run": Field(name: "run", kind: .integer(1...1_000_000), meaning: "number of a run"),
        "book": Field(
            name: "book", kind: .integer(0...1_000_000), meaning: "number of a book, of the run's info"),
        "asset": Field(name: "asset", kind: .text(), meaning: "name of an asset"),
        "account": Field(
            name: "account", kind: .text(),
            meaning: "VENUE:NUMBER, of a coin-margined venue VENUE~COIN:NUMBER"),
        "other": Field(name: "other", kind: .integer(1...1_000_000), meaning: "number of another run"),
        "question": Field(name: "question", kind: .integer(1...1_000_000), meaning: "number of a question"),
        "feed": Field(name: "feed", kind: .integer(1...1_000_000), meaning: "number of a feed"),
        "alert": Field(name: "alert", kind: .text(most: 80), meaning: "name of an alert"),
    ]

    /// OpenAPI 3.1.
    var document: Data {
        var paths: [String: [String: Any]] = [:]
        for route in routes {
            var operation: [String: Any] = ["summary": route.summary, "operationId": Self.name(route)]
            let names = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            let inPath = names.map { name -> [String: Any] in
                let field = Self.parameters[name] ?? Field(name: name, kind: .text(), meaning: name)
                return ["name": name, "in": "path", "required": true, "schema": field.schema]
            }
            let inQuery = route.query.map { field -> [String: Any] in
                ["name": field.name, "in": "query", "required": field.isRequired, "schema": field.schema]
            }
            if !(inPath + inQuery).isEmpty { operation["parameters"] = inPath + inQuery }
            if !route.body.isEmpty {
                let required = route.body.filter(\.isRequired).map(\.name)
                var schema: [String: Any] = [
                    "type": "object",
                    "properties": Dictionary(uniqueKeysWithValues: route.body.map { ($0.name, $0.schema) }),
                ]
                if !required.isEmpty { schema["required"] = required }
                operation["requestBody"] = [
                    "required": !required.isEmpty, "content": ["application/json": ["schema": schema]],
                ]
            }
            var responses: [String: Any] = [
                "\(route.status)": [
                    "description": "as the summary says", "content": [route.gives: [String: Any]()],
                ]
            ]
            var refusals = route.refusals
            if !names.isEmpty { refusals[404] = "not there" }
            if !route.body.isEmpty {
                refusals[400] = "a body that is no such JSON"
                refusals[413] = "a body of more than 64 KB"
                refusals[422] = refusals[422] ?? "a key or a value that cannot be"
            }
            refusals[401] = "a lab with a token, and none shown"
            refusals[403] = refusals[403] ?? "a foreign page"
            refusals[421] = "another name than the lab's"
            refusals[429] = "too many requests a second"
            for (status, why) in refusals {
                responses["\(status)"] = [
                    "description": why,
                    "content": ["application/json": ["schema": ["$ref": "#/components/schemas/wrong"]]],
                ]
            }
            operation["responses"] = responses
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation
        }
        let text: [String: Any] = ["type": "string"]
        let document: [String: Any] = [
            "openapi": "3.1.0",
            "info": [
                "title": "Undertow lab", "version": "1",
                "description":
                    "A leveraged market that is played, stopped, forked and asked. Times are UTC, money is US dollars unless a name says otherwise. Nothing here is investment advice.",
            ],
            "paths": paths, "security": [["token": [String]()], [:]],
            "components": [
                "schemas": [
                    "wrong": [
                        "type": "object", "required": ["error"],
                        "properties": [
                            "error": text, "file": text, "key": text, "found": text, "allowed": text,
                            "nearest": text,
                        ],
                    ]
                ],
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
        return
            (try? JSONSerialization.data(
                withJSONObject: document, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]))
            ?? Data()
    }

    private static func name(_ route: Route) -> String {
        let words = route.path.split(separator: "/").map { $0.filter { $0.isLetter || $0.isNumber } }
        return ([route.method.rawValue.lowercased()] + words).joined(separator: "_")
    }
}
