import Foundation
import Primitives
import Synchronization

/// Who asked for a command: a process with its streams and signals, or a program that has the engine in it (`python/`).
///
/// What a command says and whether it is to stop goes through the caller of its own call, so any number of calls may be
/// under way in one process.
public final class Caller: Sendable {
    /// How far a piece of work is: what it is, its unit, how much of how much is done. Called from any thread, one call at a
    /// time; not more often than ten times a second.
    public typealias OnProgress =
        @Sendable (_ title: String, _ unit: String, _ done: Double, _ total: Double) -> Void

    private enum Kind: Sendable {
        case process
        case embedded(isStopped: @Sendable () -> Bool, onProgress: OnProgress?)
    }
    private let kind: Kind
    private let said = Mutex((results: "", notes: ""))
    /// What was refused while the command line was read; its reader knows only that something was.
    private let refusal = Mutex<InputError?>(nil)

    private init(_ kind: Kind) { self.kind = kind }

    /// The one of this process; also of every thread that a call did not begin.
    static let process = Caller(.process)

    /// The caller of the call that this thread works on. Threads that a command starts do not know it: what they are to use
    /// is taken before they start.
    @TaskLocal static var current = Caller.process

    /// - Parameter isStopped: asked again and again, from any thread.
    init(isStopped: @escaping @Sendable () -> Bool, onProgress: OnProgress?) {
        kind = .embedded(isStopped: isStopped, onProgress: onProgress)
    }

    var isEmbedded: Bool { if case .embedded = kind { true } else { false } }

    var isStopped: Bool {
        switch kind {
        case .process: Interrupt.isRequested
        case .embedded(let isStopped, _): isStopped()
        }
    }

    /// Signals are a process's own business: an embedded call is stopped by its caller.
    func watchSignals() { if !isEmbedded { Interrupt.watch() } }

    func result(_ text: String) {
        if isEmbedded { said.withLock { $0.results += text } } else { Output.result(text) }
    }

    /// Progress, warnings, errors.
    func note(_ text: String) {
        if isEmbedded { said.withLock { $0.notes += text } } else { Output.note(text) }
    }

    var results: String { said.withLock { $0.results } }
    var notes: String { said.withLock { $0.notes } }

    /// Nil for a process, whose progress is text.
    var onProgress: OnProgress? {
        if case .embedded(_, let onProgress) = kind { onProgress } else { nil }
    }

    func refuse(_ error: InputError) { refusal.withLock { $0 = error } }
    var lastRefusal: InputError? { refusal.withLock { $0 } }
}
