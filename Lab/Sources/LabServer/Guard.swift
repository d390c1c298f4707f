import HTTPTypes
import Hummingbird

/// Who may ask: this machine, by its own names, from its own page; where a token is set, who has it.
///
/// A foreign page could send requests here by a name that points to this machine (rebinding) or across origins: the first has
/// another `Host`, the second another `Origin`.
struct Guard<Context: RequestContext>: RouterMiddleware {
    let hosts: Set<String>
    /// Nil where only this machine reaches the lab.
    let token: String?
    /// What anybody may have: the page that asks for the token. The first file has no name.
    let openFiles: Set<String>
    private let openRate = RequestStore(most: 200, aSecond: 50)

    init(hosts: Set<String>, token: String?, openFiles: Set<String>) {
        (self.hosts, self.token, self.openFiles) = (hosts, token, openFiles)
    }

    static func refusal(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: Self.headers(type: "application/json"),
            body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"error":"\#(text)"}"#)))
    }

    static func headers(type: String) -> HTTPFields {
        var fields = HTTPFields()
        fields[.contentType] = type
        fields[.cacheControl] = "no-store"
        fields[.xContentTypeOptions] = "nosniff"
        fields[HTTPField.Name("Referrer-Policy")!] = "no-referrer"
        fields[HTTPField.Name("Cross-Origin-Resource-Policy")!] = "same-origin"
        fields[.contentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        return fields
    }

    func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let host = request.head.authority?.lowercased(), hosts.contains(host) else {
            return Self.refusal(
                .misdirectedRequest, "this lab answers to \(hosts.sorted().joined(separator: ", "))")
        }
        if let origin = request.headers[.origin], origin.lowercased() != "http://\(host)" {
            return Self.refusal(.forbidden, "another page may not ask")
        }
        if let site = request.headers[HTTPField.Name("Sec-Fetch-Site")!],
            site != "same-origin" && site != "none"
        {
            return Self.refusal(.forbidden, "another page may not ask")
        }
        if let token {
            // By its parts, as the router sees a path: `//api/runs` is `/api/runs`.
            let parts = request.uri.path.split(separator: "/").map(String.init)
            let isOpen =
                parts == ["api", "session"] || (parts.count <= 1 && openFiles.contains(parts.first ?? ""))
            if isOpen {
                // Who has no token must not take the turns of who has.
                guard openRate.take() else {
                    return Self.refusal(.tooManyRequests, "too many requests: wait a second")
                }
            } else {
                guard let given = Self.given(request), Self.equal(given, token) else {
                    return Self.refusal(.unauthorized, "a token is needed")
                }
            }
        }
        return try await next(request, context)
    }

    private static func given(_ request: Request) -> String? {
        if let header = request.headers[.authorization], header.hasPrefix("Bearer ") {
            return String(header.dropFirst(7))
        }
        for part in request.headers[.cookie]?.split(separator: ";") ?? [] {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2, pair[0].filter({ $0 != " " }) == "undertow" { return pair[1] }
        }
        return nil
    }

    /// Takes as long whatever the first wrong byte.
    static func equal(_ a: String, _ b: String) -> Bool {
        let (x, y) = (Array(a.utf8), Array(b.utf8))
        var difference = x.count ^ y.count
        for i in 0..<y.count { difference |= Int((i < x.count ? x[i] : 0) ^ y[i]) }
        return difference == 0
    }
}
