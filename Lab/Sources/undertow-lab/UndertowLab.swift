import ArgumentParser
import Foundation
import LabCore
import LabServer

/// `undertow lab`: a market that is played, stopped, forked and asked, in a browser on this machine.
@main struct UndertowLab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undertow-lab",
        abstract: "A market in the browser: play, stop, fork, compare, look inside.",
        discussion: """
            Nothing here is investment advice.

            Examples:
              undertow-lab
              undertow-lab --port 9000 --memory 8G
            """)

    @Option(help: "Port on this machine.") var port = 8090
    @Option(help: "Address to listen on; any but this machine's own needs --token.") var host = "127.0.0.1"
    @Option(help: "A name by which others reach this machine, repeatable; with --host.") var name: [String] =
        []
    @Option(help: "What a request must show, as `Authorization: Bearer TOKEN` or by the page's form.")
    var token: String?
    @Option(help: "What worlds and checkpoints may use together, like 4G or 800M.") var memory = "4G"

    func run() async throws {
        FreedMemory.returnAtOnce()
        var settings = LabServer.Settings()
        (settings.port, settings.host, settings.token, settings.others) = (port, host, token, name)
        settings.memoryMegabytes = try megabytes()
        guard (1...65_535).contains(port) else {
            throw ValidationError("--port: found \(port); allowed: 1 to 65535")
        }
        guard settings.isLoopback || (token?.count ?? 0) >= 16 else {
            throw ValidationError(
                "--host \(host): anybody who reaches it could ask; allowed with --token of 16 characters or more"
            )
        }
        let address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/"
        try await LabServer(settings).run {
            // At once, whoever reads it: a terminal or a program that waits for the address.
            FileHandle.standardOutput.write(Data("undertow lab: \(address)\n".utf8))
        }
    }

    private func megabytes() throws -> Int {
        let units: [Character: Double] = ["G": 1000, "M": 1]
        guard let unit = memory.last.flatMap({ units[Character($0.uppercased())] }),
            let number = Double(memory.dropLast()), number * unit >= 256, number * unit <= 1e6
        else {
            throw ValidationError(
                "--memory: found `\(memory)`; allowed: like 4G or 800M, from 256M to 1000G")
        }
        return Int(number * unit)
    }
}
