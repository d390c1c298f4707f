import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// What came from outside, in order, until the feed's thread takes it. Bounded: who sends faster than is read is cut off.
final class FeedInbox: @unchecked Sendable {
    enum Event: Sendable {
        case opened
        case text(String, time: Int64)
        case reply(String, time: Int64, address: String)
        case ended(String)
    }

    private let lock = NSCondition()
    private var events: [Event] = []
    private var bytes = 0
    private static let mostBytes = 256 << 20

    /// - Returns: false where there is no room.
    @discardableResult
    func add(_ event: Event, bytes count: Int = 0) -> Bool {
        lock.withLock {
            guard bytes + count <= Self.mostBytes else { return false }
            bytes += count
            events.append(event)
            lock.signal()
            return true
        }
    }

    func take(waiting seconds: Double) -> [Event] {
        lock.lock()
        if events.isEmpty { _ = lock.wait(until: Date(timeIntervalSinceNow: seconds)) }
        defer {
            events = []
            bytes = 0
            lock.unlock()
        }
        return events
    }

    /// A whole book from the exchange's other door.
    func fetch(_ url: URL) {
        Task.detached {
            guard let reply = try? await HTTPCall.ask(url), (200..<300).contains(reply.status) else { return }
            self.add(
                .reply(reply.body, time: Self.now(), address: url.absoluteString),
                bytes: reply.body.utf8.count)
        }
    }

    static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1e9) }
}

/// A websocket that listens: `ws` or `wss`.
final class FeedSocket: @unchecked Sendable {
    private let inbox: FeedInbox
    private let lock = NSLock()
    private var channel: (any Channel)?
    private var isClosed = false

    init(_ url: URL, subscribe: [String], into inbox: FeedInbox) {
        self.inbox = inbox
        let address = Address(url)
        address.connect(on: MultiThreadedEventLoopGroup.singleton) { channel in
            try Self.addHTTP(to: channel, address, subscribe, inbox)
        }.whenComplete { [self] result in
            switch result {
            case .success(let channel):
                channel.closeFuture.whenComplete { _ in inbox.add(.ended("the connection ended")) }
                let isLate = lock.withLock {
                    self.channel = channel
                    return isClosed
                }
                if isLate { channel.close(promise: nil) }
            case .failure(let error): inbox.add(.ended("no connection: \(error)"))
            }
        }
    }

    func close() {
        let open = lock.withLock {
            isClosed = true
            return channel
        }
        open?.close(promise: nil)
    }

    private static func addHTTP(
        to channel: any Channel, _ address: Address, _ subscribe: [String], _ inbox: FeedInbox
    ) throws {
        let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: 16 << 20) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers([
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1000,
                        maxAccumulatedFrameSize: 16 << 20),
                    FeedFrames(inbox, subscribe),
                ])
            }
        }
        try channel.pipeline.syncOperations.addHTTPClientHandlers(
            leftOverBytesStrategy: .forwardBytes,
            withClientUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    // It has asked; what follows are frames.
                    guard
                        let asked = try? context.pipeline.syncOperations.context(
                            handlerType: FeedUpgrade.self)
                    else { return }
                    context.pipeline.syncOperations.removeHandler(context: asked, promise: nil)
                }
            ))
        try channel.pipeline.syncOperations.addHandler(FeedUpgrade(address.target, address.name, inbox))
    }
}

/// Asks for the socket once the connection stands.
private final class FeedUpgrade: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart
    private let path: String
    private let host: String
    private let inbox: FeedInbox

    init(_ path: String, _ host: String, _ inbox: FeedInbox) {
        (self.path, self.host, self.inbox) = (path, host, inbox)
    }

    func channelActive(context: ChannelHandlerContext) {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path, headers: ["Host": host, "Content-Length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // An answer here means that there is no socket at this address.
        if case .head(let head) = unwrapInboundIn(data) {
            inbox.add(.ended("no websocket there: status \(head.status.code)"))
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.add(.ended("\(error)"))
        context.close(promise: nil)
    }
}

private final class FeedFrames: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame
    private let inbox: FeedInbox
    private let subscribe: [String]

    init(_ inbox: FeedInbox, _ subscribe: [String]) { (self.inbox, self.subscribe) = (inbox, subscribe) }

    func handlerAdded(context: ChannelHandlerContext) {
        inbox.add(.opened)
        for text in subscribe { send(.text, ByteBuffer(string: text), context) }
    }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(
            wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)),
            promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text:
            let bytes = frame.unmaskedData
            let text = String(decoding: bytes.readableBytesView, as: UTF8.self)
            if !inbox.add(.text(text, time: FeedInbox.now()), bytes: bytes.readableBytes) {
                context.close(promise: nil)
            }
        case .ping: send(.pong, frame.unmaskedData, context)
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inbox.add(.ended("\(error)"))
        context.close(promise: nil)
    }
}
