import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Where a connection goes: an http, https, ws or wss address.
struct Address: Sendable {
    let host: String
    let port: Int
    /// As the header `Host` has it.
    let name: String
    /// Path and query as they stand in the address, still percent-encoded.
    let target: String
    private let isSafe: Bool

    init(_ url: URL) {
        isSafe = ["https", "wss"].contains(url.scheme)
        let usual = isSafe ? 443 : 80
        host = url.host ?? ""
        port = url.port ?? usual
        name = port == usual ? host : "\(host):\(port)"
        let parts = URLComponents(url: url, resolvingAgainstBaseURL: false)
        let path = parts?.percentEncodedPath ?? ""
        target = (path.isEmpty ? "/" : path) + (parts?.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    /// Opens a connection, with TLS where the address says so.
    ///
    /// - Parameter handlers: adds what speaks on it.
    func connect(
        on group: any EventLoopGroup, _ handlers: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: group).connectTimeout(.seconds(10)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                if isSafe {
                    let context = try NIOSSLContext(configuration: .makeClientConfiguration())
                    // No server name is sent for a number.
                    let isNumber = (try? SocketAddress(ipAddress: host, port: 0)) != nil
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: isNumber ? nil : host))
                }
                try handlers(channel)
            }
        }.connect(host: host, port: port)
    }
}
