import Foundation
import HTTPTypes
import Hummingbird

/// How often the lab may be asked: a store of requests that fills with time. A page asks a few times a second; fifty of them
/// are let through, a loop that hammers is told to wait.
struct Rate: RouterMiddleware {
    typealias Context = Answer.Context
    private let all = RequestStore(most: 2000, aSecond: 1000)
    /// Making worlds and forks.
    private let heavy = RequestStore(most: 20, aSecond: 4)

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // By its parts, as the router sees a path.
        let parts = request.uri.path.split(separator: "/")
        let makesWorlds =
            request.method == .post && parts.first == "api"
            && (parts == ["api", "runs"] || ["fork", "questions"].contains(parts.last))
        guard all.take(), !makesWorlds || heavy.take() else {
            var answer = try Answer.wrong("too many requests: wait a second", .tooManyRequests)
            answer.headers[.retryAfter] = "1"
            return answer
        }
        return try await next(request, context)
    }
}

/// Requests that may still be made: it fills with time.
final class RequestStore: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Double
    private var last = ContinuousClock.now
    private let most: Double
    private let aSecond: Double

    init(most: Double, aSecond: Double) { (left, self.most, self.aSecond) = (most, most, aSecond) }

    func take() -> Bool {
        lock.withLock {
            let now = ContinuousClock.now
            let passed = (now - last) / .seconds(1)
            left = min(most, left + passed * aSecond)
            last = now
            guard left >= 1 else { return false }
            left -= 1
            return true
        }
    }
}
