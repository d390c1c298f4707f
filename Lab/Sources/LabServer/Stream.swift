import Foundation
import Hummingbird
import LabCore
import NIOCore

/// Frames of all runs as they change, as server-sent events: at most thirty a second each, and never more than 2 MB a second
/// to one viewer. A frame is made into text once, however many look on.
final class Stream: @unchecked Sendable {
    private let lab: Lab
    private let lock = NSLock()
    private var texts: [Int: (version: Int, text: String)] = [:]
    static let mostBytesASecond = 2_000_000

    init(_ lab: Lab) { self.lab = lab }

    private func text(_ run: LabRun, _ frame: Frame, _ version: Int) throws -> String {
        if let known = lock.withLock({ texts[run.id] }), known.version == version { return known.text }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let made = "data: " + String(decoding: try encoder.encode(frame), as: UTF8.self) + "\n\n"
        lock.withLock { texts[run.id] = (version, made) }
        return made
    }

    func answer() -> Response {
        var fields = Guard<Answer.Context>.headers(type: "text/event-stream")
        fields[.cacheControl] = "no-cache"
        return Response(
            status: .ok, headers: fields,
            body: ResponseBody { [self] writer in
                var seen: [Int: Int] = [:]
                var told = lab.alerts.state.told
                var (second, bytes) = (ContinuousClock.now, 0)
                var quiet = 0
                while !Task.isCancelled {
                    if ContinuousClock.now - second > .seconds(1) { (second, bytes) = (.now, 0) }
                    let runs = await lab.list()
                    var text = ""
                    if Set(seen.keys) != Set(runs.map(\.id)) { text += "event: runs\ndata: {}\n\n" }
                    for id in seen.keys where !runs.contains(where: { $0.id == id }) {
                        seen[id] = nil
                        lock.withLock { texts[id] = nil }
                    }
                    let alerts = lab.alerts.state.told
                    if alerts != told {
                        told = alerts
                        text += "event: alerts\ndata: {}\n\n"
                    }
                    for run in runs {
                        let (frame, version) = run.frame
                        guard seen[run.id] != version, bytes < Self.mostBytesASecond else { continue }
                        seen[run.id] = version
                        let one = try self.text(run, frame, version)
                        bytes += one.utf8.count
                        text += one
                    }
                    quiet += 1
                    if text.isEmpty && quiet >= 300 { text = ": still here\n\n" }
                    if !text.isEmpty {
                        quiet = 0
                        try await writer.write(ByteBuffer(string: text))
                    }
                    try await Task.sleep(for: .milliseconds(33))
                }
                try await writer.finish(nil)
            })
    }
}
