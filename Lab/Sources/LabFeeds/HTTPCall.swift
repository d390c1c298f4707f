import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// One request to an http or https address and its answer: for whole books and for alerts. Nothing is followed, kept or retried.
public enum HTTPCall {
    public struct Reply: Sendable {
        public var status: Int
        public var body: String
    }

    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// - Parameters:
    ///   - body: posted as JSON; nil for a get.
    ///   - mostBytes: of the answer's body.
    /// - Throws: where nobody answers within ten seconds, or with more.
    public static func ask(_ url: URL, body: Data? = nil, mostBytes: Int = 64 << 20) async throws -> Reply {
        let address = Address(url)
        let group = MultiThreadedEventLoopGroup.singleton
        let promise = group.next().makePromise(of: Reply.self)
        let request = HTTPCallHandler.Request(
            path: address.target, host: address.name, body: body, mostBytes: mostBytes)
        address.connect(on: group) { channel in
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(HTTPCallHandler(request, promise))
        }.whenComplete { result in
            switch result {
            case .success(let channel):
                channel.eventLoop.scheduleTask(in: .seconds(10)) {
                    promise.fail(Failure(description: "no answer within ten seconds"))
                    channel.close(promise: nil)
                }
            case .failure(let error): promise.fail(Failure(description: "no connection: \(error)"))
            }
        }
        return try await promise.futureResult.get()
    }
}

private final class HTTPCallHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    struct Request: Sendable {
        var path: String
        var host: String
        var body: Data?
        var mostBytes: Int
    }

    private let request: Request
    private let promise: EventLoopPromise<HTTPCall.Reply>
    private var status = 0
    private var bytes = ByteBuffer()

    init(_ request: Request, _ promise: EventLoopPromise<HTTPCall.Reply>) {
        (self.request, self.promise) = (request, promise)
    }

    func channelActive(context: ChannelHandlerContext) {
        var headers: HTTPHeaders = ["Host": request.host, "Connection": "close", "User-Agent": "undertow"]
        if let body = request.body {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: "\(body.count)")
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: request.body == nil ? .GET : .POST, uri: request.path, headers: headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(var part):
            guard bytes.readableBytes + part.readableBytes <= request.mostBytes else {
                promise.fail(
                    HTTPCall.Failure(description: "an answer of more than \(request.mostBytes) bytes"))
                return context.close(promise: nil)
            }
            bytes.writeBuffer(&part)
        case .end:
            promise.succeed(
                HTTPCall.Reply(status: status, body: String(decoding: bytes.readableBytesView, as: UTF8.self))
            )
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(HTTPCall.Failure(description: "the connection ended"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(HTTPCall.Failure(description: "\(error)"))
        context.close(promise: nil)
    }
}
