import Foundation
import HTTPTypes
import Hummingbird

/// How often the lab may be asked: a store of requests that fills with time. A page asks a few times a second; fifty of them
/// are let through, a loop that hammers is told to wait.
struct Rate: RouterMiddleware {
    typealias Context = Answer.Context
    private let all = Store(most: 2000, aSecond: 1000)
    /// Making worlds and forks.
    private let heavy = Store(most: 20, aSecond: 4)

    final class Store: @unchecked Sendable {
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

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        let makesWorlds =
            request.method == .post
            && (path == "/api/runs" || path.hasSuffix("/fork") || path.hasSuffix("/questions"))
        guard all.take(), !makesWorlds || heavy.take() else {
            var answer = try Answer.wrong("too many requests: wait a second", .tooManyRequests)
            answer.headers[.retryAfter] = "1"
            return answer
        }
        return try await next(request, context)
    }
}
