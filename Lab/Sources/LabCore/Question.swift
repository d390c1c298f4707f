import Analysis
import Exchanges
import Foundation
import Looks
import Market
import Primitives
import Running
import Scenarios

/// Something asked of a run that takes forks, or the run once more, to answer. The run itself does not notice.
public final class Question: @unchecked Sendable {
    public enum Kind: Sendable {
        /// What changes do within some minutes, beside nothing.
        case effect(actions: [String], minutes: Int)
        /// The smallest shock after which a limit is broken within some minutes.
        case smallest(shock: Shock, observable: AlertRule.Observable, limit: Double, minutes: Int)
        /// What happened to an account, and by which rules: `explain` of the run so far.
        case story(account: String)
    }

    /// A shock whose size is looked for.
    public enum Shock: Sendable {
        /// Dollars, from 1 million to 10 billion, sold at once: `BTC@binance`.
        case sale(String)
        /// Per cent of the reference asset, from .1 to 50, down.
        case news

        func action(_ size: Double) -> String {
            switch self {
            case .sale(let place): "sell=\(place):\(Int(size))"
            case .news: "news=-\((size * 1000).rounded() / 1000)"
            }
        }
        var range: (least: Double, most: Double) {
            switch self {
            case .sale: (1e6, 1e10)
            case .news: (0.1, 50)
            }
        }
    }

    public struct State: Encodable, Sendable {
        public var id: Int
        public var run: Int
        public var asked: String
        /// 0 to 1.
        public var progress: Double
        public var doing: String
        public var isDone: Bool
        public var error: String?
        public var effect: Effect?
        public var smallest: Smallest?
        public var story: ToldStory?
    }

    /// Two futures of one moment.
    public struct Effect: Encodable, Sendable {
        public var from: String
        public var until: String
        public var unchanged: Figures
        public var changed: Figures
        /// A run of the changed future from a shell.
        public var command: String
    }

    /// What one future has come to since the moment asked about.
    public struct Figures: Encodable, Sendable {
        /// By `RunInfo.majors`, per cent.
        public var movesPct: [Double]
        public var lowestPct: [Double]
        public var liquidatedUsd: Double
        public var accountsLiquidated: Int
        public var deleveragedUsd: Double
        public var fundPaidUsd: Double
        public var badDebtUsd: Double
        public var venues: [VenueFrame]
    }

    public struct Smallest: Encodable, Sendable {
        /// Broken at this size, not at `below`; nil where not even the largest breaks it.
        public var size: Double?
        public var below: Double?
        public var unit: String
        public var tries: [Try]
        /// What the search takes for granted.
        public var note: String
        public var command: String?
        public struct Try: Encodable, Sendable {
            public var size: Double
            public var value: Double
            public var isBroken: Bool
        }
    }

    private let lock = NSLock()
    private var current: State
    private var isCancelled = false

    /// - Parameter onDone: told once, when it is answered or given up.
    public init(id: Int, run: LabRun, _ kind: Kind, onDone: @escaping @Sendable () async -> Void) {
        current = State(
            id: id, run: run.id, asked: Self.words(kind), progress: 0, doing: "waiting for a copy",
            isDone: false)
        Task.detached {
            await self.answer(run, kind)
            await onDone()
        }
    }

    public var state: State { lock.withLock { current } }
    public func cancel() { lock.withLock { isCancelled = true } }

    private static func words(_ kind: Kind) -> String {
        switch kind {
        case .effect(let actions, let minutes): "\(actions.joined(separator: ", ")), for \(minutes) minutes"
        case .smallest(let shock, let observable, let limit, let minutes):
            "the smallest \(shock.action(0).split(separator: ":")[0].split(separator: "-")[0]) with \(observable.rawValue) of \(limit) or more within \(minutes) minutes"
        case .story(let account): "the story of \(account)"
        }
    }

    private var goesOn: Bool { lock.withLock { !isCancelled } }

    private func say(_ doing: String, _ progress: Double) {
        lock.withLock { (current.doing, current.progress) = (doing, min(1, progress)) }
    }

    private func answer(_ run: LabRun, _ kind: Kind) async {
        do {
            switch kind {
            case .effect(let actions, let minutes):
                let first = try await copy(run)
                let effect = try await computing("question") { try self.effect(run, first, actions, minutes) }
                lock.withLock { current.effect = effect }
            case .smallest(let shock, let observable, let limit, let minutes):
                let first = try await copy(run)
                let found = try await computing("question") {
                    try self.smallest(run, first, shock, observable, limit, minutes)
                }
                lock.withLock { current.smallest = found }
            case .story(let account):
                let story = try await computing("question") { try self.story(run, account) }
                lock.withLock { current.story = story }
            }
        } catch is CancellationError {
            lock.withLock { current.error = "cancelled" }
        } catch let refusal as Lab.Refusal {
            lock.withLock { current.error = refusal.text }
        } catch { lock.withLock { current.error = "\(error)" } }
        lock.withLock { (current.isDone, current.doing) = (true, "") }
        FreedMemory.giveBack()
    }

    // MARK: Answers

    private func copy(_ run: LabRun) async throws -> LabRun.Copy {
        guard let first = await run.copy(at: nil) else { throw Lab.Refusal("the run has no world") }
        guard goesOn else { throw CancellationError() }
        return first
    }

    private func effect(_ run: LabRun, _ first: LabRun.Copy, _ actions: [String], _ minutes: Int) throws
        -> Effect
    {
        var unchanged = first.take()
        var changed = unchanged.copy()
        let other = try Lab.change(&changed, of: run.run, actions)
        let from = unchanged.now
        let before = try follow(&unchanged, minutes, "the unchanged future", 0, 0.5).figures
        let after = try follow(&changed, minutes, "the changed future", 0.5, 0.5).figures
        return Effect(
            from: from.description, until: changed.now.description, unchanged: before, changed: after,
            command: RunInfo.command(other, until: changed.now))
    }

    private func smallest(
        _ run: LabRun, _ first: LabRun.Copy, _ shock: Shock, _ observable: AlertRule.Observable,
        _ limit: Double, _ minutes: Int
    ) throws -> Smallest {
        let start = KeptWorld(first.take())
        var tries: [Smallest.Try] = []
        let expected = 11.0
        func isBroken(at size: Double) throws -> Bool {
            var world = start.live()
            if size > 0 { _ = try Lab.change(&world, of: run.run, [shock.action(size)]) }
            let done = Double(tries.count) / expected
            let seen = try follow(&world, minutes, "trying \(Self.short(size))", done, 1 / expected)
            // The minute before counts: a fall has to fall from somewhere.
            let rule = AlertRule(name: "limit", observable: observable, limit: limit, minutes: minutes + 1)
            var watch = AlertWatch(rule)
            var highest = 0.0
            for minute in seen.minutes {
                _ = watch.see(minute)
                highest = max(highest, watch.value ?? 0)
            }
            tries.append(Smallest.Try(size: size, value: highest, isBroken: highest >= limit))
            return highest >= limit
        }
        let unit = if case .sale = shock { "USD" } else { "% down" }
        func result(_ size: Double?, _ below: Double?, _ note: String) throws -> Smallest {
            var command: String?
            if let size, size > 0 {
                var world = start.live()
                let changed = try Lab.change(&world, of: run.run, [shock.action(size)])
                command =
                    RunInfo.command(
                        changed, until: min(world.end, world.now.adding(seconds: Double(minutes) * 60)))
            }
            return Smallest(
                size: size, below: below, unit: unit, tries: tries, note: note, command: command)
        }
        if try isBroken(at: 0) { return try result(0, nil, "broken without any shock") }
        var (low, high) = shock.range
        guard try isBroken(at: high) else { return try result(nil, high, "not even the largest breaks it") }
        if try isBroken(at: low) { return try result(low, 0, "the smallest that is tried breaks it") }
        // Sizes go over several powers of ten: halves on their logarithm, to a tenth.
        while high / low > 1.1, tries.count < 14 {
            let middle = (low * high).squareRoot()
            if try isBroken(at: middle) { high = middle } else { low = middle }
        }
        return try result(
            high, low,
            "found by halving: it takes for granted that a larger shock does no less, which one market's path may break"
        )
    }

    private func story(_ run: LabRun, _ account: String) throws -> ToldStory {
        var again = run.run
        let now = run.frame.frame
        again.stopAt = SimTime(seconds: now.seconds)
        let steps = Double(max(1, now.step))
        var watch = RunWatch()
        watch.isInterrupted = { !self.goesOn }
        watch.onStep = { self.say("the run once more, with the account watched", $0 / steps) }
        return try ToldStory(again, folder: run.info.name, account: account, watch)
    }

    /// Lets a world of its own go on, and says what came of it.
    private func follow(
        _ world: inout World, _ minutes: Int, _ what: String, _ done: Double, _ share: Double
    ) throws -> (figures: Figures, minutes: [Observation]) {
        let start = world.majors.map { world.exchanges.views[$0].index }
        let before = VenueFrame.all(world)
        var lowest = start
        var seen: [Observation] = []
        let end = min(world.end, world.now.adding(seconds: Double(minutes) * 60))
        let from = world.now
        let length = max(1, end.seconds(since: from))
        // The minute before the shock, so that a fall has where to fall from.
        var first = Observation(seconds: world.now.seconds, price: start.first)
        first.depthUsd = world.metrics.minutes.last?.bitcoinDepthUSD
        first.openInterestUsd = before.reduce(0) { $0 + $1.openInterestUsd }
        seen.append(first)
        // Sums from here on: a minute's own would count what came before the shock.
        var last = before
        while world.now < end, !world.isFinished {
            guard goesOn else { throw CancellationError() }
            world.step()
            for (i, asset) in world.majors.enumerated() {
                lowest[i] = min(lowest[i], world.exchanges.views[asset].index)
            }
            if world.minuteEnded != nil, let minute = MinuteFrame(world) {
                var one = Observation(minute)
                let present = VenueFrame.all(world)
                let fresh = zip(last, present).map { VenueFrame(since: $0, $1) }
                one.liquidatedUsd = fresh.reduce(0) { $0 + $1.liquidatedUsd }
                one.reportedUsd = fresh.reduce(0) { $0 + $1.reportedUsd }
                one.deleveragedUsd = fresh.reduce(0) { $0 + $1.deleveragedUsd }
                last = present
                seen.append(one)
            }
            say(what, done + share * world.now.seconds(since: from) / length)
        }
        let after = VenueFrame.all(world)
        let venues = zip(before, after).map { VenueFrame(since: $0, $1) }
        func pct(_ prices: [Double]) -> [Double] { zip(prices, start).map { (($0 / $1 - 1) * 100).shown } }
        return (
            Figures(
                movesPct: pct(world.majors.map { world.exchanges.views[$0].index }), lowestPct: pct(lowest),
                liquidatedUsd: venues.reduce(0) { $0 + $1.liquidatedUsd },
                accountsLiquidated: venues.reduce(0) { $0 + $1.accountsLiquidated },
                deleveragedUsd: venues.reduce(0) { $0 + $1.deleveragedUsd },
                fundPaidUsd: venues.reduce(0) { $0 + $1.fundPaidUsd },
                badDebtUsd: venues.reduce(0) { $0 + $1.badDebtUsd }, venues: venues), seen
        )
    }

    private static func short(_ size: Double) -> String {
        size >= 1e6 ? "\(Int(size / 1e6)) M" : "\((size * 100).rounded() / 100)"
    }
}

extension VenueFrame {
    /// What came between two moments; what a venue has, like its fund, as of the later.
    init(since before: VenueFrame, _ now: VenueFrame) {
        self = now
        liquidatedUsd -= before.liquidatedUsd
        reportedUsd -= before.reportedUsd
        filledInBooksUsd -= before.filledInBooksUsd
        takenOverUsd -= before.takenOverUsd
        deleveragedUsd -= before.deleveragedUsd
        fundPaidUsd -= before.fundPaidUsd
        badDebtUsd -= before.badDebtUsd
        accountsLiquidated -= before.accountsLiquidated
        accountsDeleveraged -= before.accountsDeleveraged
    }
}

/// The questions of a lab: at most four compute at once, for each needs worlds of its own.
public actor Questions {
    private var all: [Int: Question] = [:]
    private var next = 1
    public init() {}

    /// - Throws: `Refusal` where four are being answered.
    public func ask(
        _ run: LabRun, _ kind: Question.Kind, onDone: @escaping @Sendable () async -> Void
    ) throws -> Question {
        guard all.values.count(where: { !$0.state.isDone }) < 4 else {
            throw Lab.Refusal("four questions are being answered: wait, or cancel one")
        }
        let question = Question(id: next, run: run, kind, onDone: onDone)
        all[next] = question
        next += 1
        // Old answers go.
        for id in all.keys.sorted().dropLast(50) where all[id]!.state.isDone { all[id] = nil }
        return question
    }

    public func list() -> [Question.State] { all.keys.sorted().map { all[$0]!.state } }
    public func find(_ id: Int) -> Question? { all[id] }
}
