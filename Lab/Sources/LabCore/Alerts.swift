import Foundation
import Primitives

/// The rules of a lab, and what they have told. Every run is watched by all of them, minute by minute as it is recorded for the
/// first time: who goes back and plays again is not called again.
public final class Alerts: @unchecked Sendable {
    public struct Event: Codable, Sendable, Equatable {
        public var number: Int
        public var run: Int
        public var rule: String
        /// True where it began, false where it was over.
        public var isFiring: Bool
        /// Simulated, UTC.
        public var time: String
        public var value: Double
        /// What became of the call; empty without a webhook.
        public var sent: String
    }

    public struct State: Codable, Sendable, Equatable {
        public var rules: [AlertRule]
        /// The newest two hundred.
        public var events: [Event]
        public var told: Int
        public var webhooks: Int
    }

    // Guarded by `lock`.
    private let lock = NSLock()
    private var rules: [AlertRule]
    private var watches: [Int: [AlertWatch]] = [:]
    private var events: [Event] = []
    private var told: Int
    /// The call that is made last.
    private var line: Task<Void, Never>?
    private let folder: LabFolder?
    private let webhooks: [URL]
    /// Sends a body to an address; nil where it arrived, or why not.
    private var send: (@Sendable (URL, Data) async -> String?)?

    init(folder: LabFolder?, webhooks: [URL]) {
        (self.folder, self.webhooks) = (folder, webhooks)
        let saved = folder?.read("alerts", Saved.self) ?? Saved(rules: [], told: 0)
        (rules, told) = (saved.rules, saved.told)
    }

    /// What is written down: events have numbers that no restart uses again.
    private struct Saved: Codable {
        var rules: [AlertRule]
        var told: Int
    }

    public func send(by send: @escaping @Sendable (URL, Data) async -> String?) {
        lock.withLock { self.send = send }
    }

    public var state: State {
        lock.withLock { State(rules: rules, events: events, told: told, webhooks: webhooks.count) }
    }

    /// A rule of the same name is replaced.
    ///
    /// - Throws: `InputError` for a rule that cannot be; what the disk says.
    public func set(_ rule: AlertRule) throws {
        try rule.check()
        try change { rules in
            rules.removeAll { $0.name == rule.name }
            guard rules.count < 50 else { throw Lab.Refusal("50 alerts are set: delete one first") }
            rules.append(rule)
        }
    }

    /// - Throws: `Refusal` where there is none of that name.
    public func remove(_ name: String) throws {
        try change { rules in
            guard rules.contains(where: { $0.name == name }) else { throw Lab.Refusal("no alert `\(name)`") }
            rules.removeAll { $0.name == name }
        }
    }

    private func change(_ edit: (inout [AlertRule]) throws -> Void) throws {
        try lock.withLock {
            var new = rules
            try edit(&new)
            try folder?.write("alerts", Saved(rules: new, told: told))
            rules = new
            // A rule that stays goes on where it is; a new one looks from the minutes to come.
            for (run, old) in watches {
                watches[run] = new.map { rule in old.first { $0.rule == rule } ?? AlertWatch(rule) }
            }
        }
    }

    /// A run that begins with a past, as a fork or after a restart: what its rules made of it is known, and told to nobody.
    @Sendable func begin(_ run: Int, _ minutes: [MinuteFrame]) {
        lock.withLock {
            var mine = rules.map(AlertWatch.init)
            for minute in minutes {
                for i in mine.indices { _ = mine[i].see(Observation(minute)) }
            }
            watches[run] = mine
        }
    }

    func forget(_ run: Int) { lock.withLock { watches[run] = nil } }

    @Sendable func see(_ run: LabRun, _ minutes: [MinuteFrame]) {
        let fresh = lock.withLock { () -> [Event] in
            var mine = watches[run.id] ?? rules.map(AlertWatch.init)
            var fresh: [Event] = []
            for minute in minutes {
                for i in mine.indices {
                    guard let isFiring = mine[i].see(Observation(minute)) else { continue }
                    told += 1
                    fresh.append(
                        Event(
                            number: told, run: run.id, rule: mine[i].rule.name, isFiring: isFiring,
                            time: SimTime(seconds: minute.seconds + 60).description,
                            value: mine[i].value ?? 0,
                            sent: webhooks.isEmpty ? "" : "on its way"))
                }
            }
            watches[run.id] = mine
            events = Array((events + fresh).suffix(200))
            if !fresh.isEmpty { try? folder?.write("alerts", Saved(rules: rules, told: told)) }
            return fresh
        }
        for event in fresh { call(event) }
    }

    private func call(_ event: Event) {
        guard let send = lock.withLock({ send }), !webhooks.isEmpty,
            let body = try? JSONEncoder().encode(event)
        else { return }
        // One after the other: whoever hears them hears them in their order.
        let before = lock.withLock { line }
        let next = Task.detached { [webhooks] in
            await before?.value
            var problems: [String] = []
            for url in webhooks {
                var problem = await send(url, body)
                for seconds in [1, 4] where problem != nil {
                    try? await Task.sleep(for: .seconds(seconds))
                    problem = await send(url, body)
                }
                if let problem { problems.append(problem) }
            }
            let said = problems.isEmpty ? "sent" : "not sent: " + problems.joined(separator: "; ")
            self.note(event.number, said)
        }
        lock.withLock { line = next }
    }

    private func note(_ number: Int, _ said: String) {
        lock.withLock {
            if let i = events.lastIndex(where: { $0.number == number }) { events[i].sent = said }
        }
    }
}
