import Feeds
import Foundation
import InputFiles
import Primitives

/// One feed that is looked at: a capture that is played, or a live stream. A thread of its own owns session and player.
public final class FeedPlay: @unchecked Sendable {
    public enum Source: Sendable {
        case capture(Capture)
        /// What is sent once it is open, like a subscription; addresses of whole books, asked for where a book waits for one.
        case live(url: URL, format: FeedFormat, subscribe: [String], snapshots: [URL])
    }

    public struct State: Encodable, Sendable {
        public var id: Int
        public var name: String
        public var isLive: Bool
        /// What the connection or the files say.
        public var says: String
        public var isPlaying: Bool
        public var speed: Double?
        public var isAtEnd: Bool
        /// Lines so far.
        public var position: Int
        /// UTC, of the last message; and of the first.
        public var time: String
        public var began: String
        /// Messages a second, of the last second.
        public var rate: Double
        public var feed: FeedState?
    }

    public let id: Int
    public let name: String
    public let isLive: Bool
    private let source: Source

    // Guarded by `lock`.
    private let lock = NSCondition()
    private var jobs: [() -> Void] = []
    private var isPlaying = false
    private var speed: Double? = 1
    private var isClosed = false
    private var says = ""
    private var shown: (feed: FeedState?, isAtEnd: Bool, position: Int, rate: Double) = (nil, false, 0, 0)

    // The thread's alone.
    private var player: CapturePlayer?
    private var session: FeedSession
    private var socket: FeedSocket?

    /// - Throws: `InputError` for a capture that is no stream of a known exchange.
    public init(id: Int, _ source: Source) throws {
        (self.id, self.source) = (id, source)
        switch source {
        case .capture(let capture):
            name = capture.name
            isLive = false
            let player = try CapturePlayer(paths: capture.paths)
            session = FeedSession(format: player.format, limits: Self.limits)
            self.player = player
        case .live(let url, let format, _, _):
            isLive = true
            name = url.host.map { "\($0)\(url.path)" } ?? url.absoluteString
            session = FeedSession(format: format, limits: Self.limits)
            isPlaying = true
        }
        let thread = Thread { [self] in
            if player != nil { workCapture() } else { workLive() }
        }
        thread.name = "feed \(id)"
        thread.start()
    }

    /// For whatever a stream may send: a book has 20,000 levels at most.
    private static var limits: FeedLimits {
        var limits = FeedLimits()
        limits.levels = 20_000
        limits.instruments = 500
        return limits
    }

    public func play(at speed: Double?) {
        change {
            isPlaying = true
            self.speed = speed
        }
    }

    public func pause() { change { isPlaying = false } }

    public func close() { change { isClosed = true } }

    /// Goes to a moment of a capture, from the beginning where it lies before the present.
    public func seek(to time: Int64) async {
        await ask { [self] in
            if (session.counts.lastTime ?? .min) > time { restart() }
            player?.play(into: session, to: time)
        }
    }

    /// Some messages on.
    public func step(_ count: Int) async {
        await ask { [self] in player?.play(into: session, most: count) }
    }

    private func ask(_ job: @escaping () -> Void) async {
        await withCheckedContinuation { (answer: CheckedContinuation<Void, Never>) in
            change {
                // A live stream has no other moment.
                if isClosed || isLive { return answer.resume() }
                isPlaying = false
                jobs.append { [self] in
                    job()
                    publish(rate: 0)
                    answer.resume()
                }
            }
        }
    }

    public var state: State {
        lock.withLock {
            func text(_ time: Int64?) -> String {
                time.map { SimTime(seconds: $0 / 1_000_000_000).description } ?? ""
            }
            return State(
                id: id, name: name, isLive: isLive, says: says, isPlaying: isPlaying, speed: speed,
                isAtEnd: shown.isAtEnd, position: shown.position, time: text(shown.feed?.counts.lastTime),
                began: text(shown.feed?.counts.firstTime), rate: shown.rate, feed: shown.feed)
        }
    }

    private func change(_ edit: () -> Void) {
        lock.lock()
        edit()
        lock.broadcast()
        lock.unlock()
    }

    private func restart() {
        do { try player?.restart() } catch { change { says = "\(error)" } }
        session = FeedSession(format: session.format, limits: Self.limits)
    }

    private func publish(rate: Double) {
        let state = session.state(levels: 12)
        let troubles = player?.troubles.map { "\($0)" }.joined(separator: "; ")
        lock.withLock {
            shown = (state, player?.isAtEnd ?? false, player?.position ?? state.counts.messages, rate)
            if let troubles, !troubles.isEmpty { says = troubles }
        }
    }

    // MARK: The thread

    private func workCapture() {
        publish(rate: 0)
        var begun: (wall: ContinuousClock.Instant, time: Int64, speed: Double?)?
        var (since, before) = (ContinuousClock.now, 0)
        while true {
            lock.lock()
            while jobs.isEmpty && !isPlaying && !isClosed {
                begun = nil
                lock.wait()
            }
            if isClosed && jobs.isEmpty {
                lock.unlock()
                return
            }
            let job = jobs.isEmpty ? nil : jobs.removeFirst()
            let speed = self.speed
            lock.unlock()
            if let job {
                job()
                begun = nil
                continue
            }
            if begun == nil || begun!.speed != speed {
                begun = (.now, player?.nextTime ?? session.counts.lastTime ?? 0, speed)
                (since, before) = (.now, session.counts.messages)
            }
            let due = speed.map {
                begun!.time + Int64((ContinuousClock.now - begun!.wall) / .seconds(1) * $0 * 1e9)
            }
            let played = player?.play(into: session, to: due ?? .max, most: 20_000) ?? 0
            let spent = (ContinuousClock.now - since) / .seconds(1)
            if spent > 0.1 {
                publish(rate: Double(session.counts.messages - before) / spent)
                if spent > 1 { (since, before) = (.now, session.counts.messages) }
            }
            if player?.isAtEnd ?? true {
                publish(rate: 0)
                change { isPlaying = false }
            } else if played < 20_000, speed != nil {
                lock.lock()
                if jobs.isEmpty && isPlaying && !isClosed {
                    _ = lock.wait(until: Date(timeIntervalSinceNow: 0.02))
                }
                lock.unlock()
            }
        }
    }

    /// A connection that ends is opened again, later and later; what was missed in between is a gap, not made up.
    private func workLive() {
        guard case .live(let url, _, let subscribe, let snapshots) = source else { return }
        let inbox = FeedInbox()
        var (wait, lastAsk) = (1.0, ContinuousClock.now - .seconds(60))
        var (since, before, next) = (ContinuousClock.now, 0, ContinuousClock.now)
        var (heard, wasPaused) = (ContinuousClock.now, false)
        func breakOff() { session.breakOff(at: Int64(Date().timeIntervalSince1970 * 1e9)) }
        while !lock.withLock({ isClosed }) {
            if socket == nil, ContinuousClock.now >= next {
                change { says = "connecting" }
                socket = FeedSocket(url, subscribe: subscribe, into: inbox)
            }
            for event in inbox.take(waiting: 0.05) {
                switch event {
                case .opened:
                    (wait, heard) = (1, .now)
                    change { says = "connected" }
                case .text(let text, let time):
                    heard = .now
                    guard lock.withLock({ isPlaying }) else {
                        wasPaused = true
                        continue
                    }
                    // What came while it was paused was not taken.
                    if wasPaused { breakOff() }
                    wasPaused = false
                    session.consume(text, receivedAt: time)
                case .reply(let text, let time, let address):
                    session.consume(text, receivedAt: time, address: address)
                case .ended(let why):
                    socket = nil
                    // Whatever came meanwhile is not known: books begin anew.
                    breakOff()
                    change { says = "\(why); again in \(Int(wait)) s" }
                    next = .now + .seconds(wait)
                    wait = min(60, wait * 2)
                }
            }
            // A connection that is silent may be none any more.
            if socket != nil, ContinuousClock.now - heard > .seconds(60) {
                heard = .now
                socket?.close()
            }
            let spent = (ContinuousClock.now - since) / .seconds(1)
            guard spent > 0.1 else { continue }
            publish(rate: Double(session.counts.messages - before) / spent)
            if spent > 1 { (since, before) = (.now, session.counts.messages) }
            let isWaiting =
                shown.feed?.instruments.contains { $0.status == .waiting || $0.status == .stale } ?? false
            if isWaiting, !snapshots.isEmpty, ContinuousClock.now - lastAsk > .seconds(10) {
                lastAsk = .now
                for one in snapshots { inbox.fetch(one) }
            }
        }
        socket?.close()
    }
}
