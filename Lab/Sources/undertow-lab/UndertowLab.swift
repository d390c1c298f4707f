import ArgumentParser
import Foundation
import LabCore
import LabFeeds
import LabServer
import Page
import Primitives
import Running
import Scenarios

/// `undertow lab`: a market that is played, stopped, forked and asked, in a browser on this machine.
@main struct UndertowLab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undertow-lab",
        abstract: "A market in the browser: play, stop, fork, compare, look inside.",
        discussion: """
            Nothing here is investment advice.

            Examples:
              undertow lab
              undertow lab --port 9000 --memory 8G
              undertow lab --book ./my-book --history btc-minutes.csv --no-browser
            """)

    @Option(help: "Port on this machine.") var port = 8090
    @Option(help: "Address to listen on; any but this machine's own needs --token.") var host = "127.0.0.1"
    @Option(help: "A name by which others reach this machine, repeatable; with --host.") var name: [String] =
        []
    @Option(help: "What a request must show, as `Authorization: Bearer TOKEN` or by the page's form.")
    var token: String?
    @Option(
        help:
            "What worlds and the moments kept of them may use together, like 4G or 800M (default: half of what is free)."
    )
    var memory: String?
    @Option(help: "Where runs are written down (default: undertow/lab-PORT in the user's state folder).")
    var folder: String?
    @Option(help: "A book of own accounts that runs may carry in: a folder of `undertow import`. Repeatable.")
    var book: [String] = []
    @Option(
        help:
            "Recorded prices that alerts may be tried on: a csv with a time and a close, gzip allowed. Repeatable."
    )
    var history: [String] = []
    @Option(help: "A folder of recorded captures of exchanges' streams. Repeatable.") var captures: [String] =
        []
    @Option(help: "An address that alerts are posted to. Repeatable.") var webhook: [String] = []
    @Flag(inversion: .prefixedNo, help: "Open the page in a browser.") var browser = true

    func run() async throws {
        FreedMemory.returnAtOnce()
        guard (1...65_535).contains(port) else {
            throw ValidationError("--port: found \(port); allowed: 1 to 65535")
        }
        var settings = LabServer.Settings()
        (settings.port, settings.host, settings.token, settings.others) = (port, host, token, name)
        guard settings.isLoopback || (token?.count ?? 0) >= 16 else {
            throw ValidationError(
                "--host \(host): anybody who reaches it could ask; allowed with --token of 16 characters or more"
            )
        }
        settings.records = try records()
        settings.captures = captures.flatMap { Capture.all(below: $0) }
        let beside = ChartLibrary.folders(beside: Self.executable())
        // A build in Lab/ has the assets of the repository one folder up.
        let above = beside.map { URL(fileURLWithPath: $0 + "/../../assets").standardizedFileURL.path }
        settings.charts = ChartLibrary(in: beside + above)?.script
        let lab = try Lab(try labSettings())
        for problem in await lab.comeBack() { Self.say("undertow lab: \(problem)") }
        let address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/"
        try await LabServer(settings, lab).run {
            // At once, whoever reads it: a terminal or a program that waits for the address.
            FileHandle.standardOutput.write(Data("undertow lab: \(address)\n".utf8))
            if browser { Self.open(address) }
        }
    }

    private func labSettings() throws -> Lab.Settings {
        var settings = Lab.Settings()
        settings.memoryMegabytes = try megabytes()
        settings.folder = try LabFolder(folder ?? Self.stateFolder() + "/undertow/lab-\(port)")
        for path in book {
            let url = URL(fileURLWithPath: path).standardizedFileURL
            guard FileManager.default.fileExists(atPath: url.path + "/accounts.csv") else {
                throw ValidationError(
                    "--book \(path): no folder of `undertow import`: it has no accounts.csv")
            }
            settings.books[url.lastPathComponent] = url.path
        }
        settings.webhooks = try webhook.map {
            guard let url = URL(string: $0), ["http", "https"].contains(url.scheme), url.host != nil else {
                throw ValidationError("--webhook: found `\($0)`; allowed: an http or https address")
            }
            return url
        }
        return settings
    }

    /// One observation a minute of each file's price.
    private func records() throws -> [String: [Observation]] {
        var all: [String: [Observation]] = [:]
        for file in history {
            all[URL(fileURLWithPath: file).lastPathComponent] = try PriceHistory.read(file)
        }
        for name in ["october-2025", "march-2020"] {
            let scenario = try Scenario(ScenarioFile(named: name, overrides: []))
            for (asset, rows) in scenario.event.record {
                all["\(name), \(asset)"] = rows.map {
                    Observation(seconds: $0.time.seconds + 60, price: $0.usd)
                }
            }
        }
        return all
    }

    private func megabytes() throws -> Int {
        guard let memory else { return max(1024, Self.freeMegabytes() / 2) }
        let units: [Character: Double] = ["G": 1000, "M": 1]
        guard let unit = memory.last.flatMap({ units[Character($0.uppercased())] }),
            let number = Double(memory.dropLast()), number * unit >= 256, number * unit <= 1e6
        else {
            throw ValidationError(
                "--memory: found `\(memory)`; allowed: like 4G or 800M, from 256M to 1000G")
        }
        return Int(number * unit)
    }

    /// What this machine could give now; 8 GB where it does not say.
    private static func freeMegabytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 8192 }
        return kilobytes / 1000
    }

    private static func stateFolder() -> String {
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state }
        return NSHomeDirectory() + "/.local/state"
    }

    private static func executable() -> String { Bundle.main.executablePath ?? CommandLine.arguments[0] }

    private static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Where there is a browser; nothing where there is none.
    private static func open(_ address: String) {
        #if os(macOS)
            let opener = "/usr/bin/open"
        #else
            let opener = "/usr/bin/xdg-open"
        #endif
        guard FileManager.default.isExecutableFile(atPath: opener) else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: opener)
        process.arguments = [address]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try? process.run()
    }
}
