import Analysis
import Foundation
import Synchronization

/// Ctrl-C, a polite kill, a terminal that closes: the run stops at the end of its step and leaves a readable folder.
enum Interrupt {
    private static let requested = Atomic<Bool>(false)

    /// The process that started this one as a point of an ensemble; 0 for none. Should it be killed, this one ends too.
    private static let parent =
        ProcessInfo.processInfo.environment[PointRuns.parentVariable].flatMap { Int32($0) } ?? 0

    static var isRequested: Bool {
        requested.load(ordering: .relaxed) || (parent != 0 && getppid() != parent)
    }

    /// From now on SIGINT, SIGTERM and SIGHUP are noted; a second SIGINT or SIGTERM ends the process at once.
    static func watch() {
        let handler: @convention(c) (Int32) -> Void = { number in
            if Interrupt.requested.exchange(true, ordering: .relaxed), number != SIGHUP {
                _exit(128 + number)
            }
        }
        // A point of an ensemble may come from a thread that let none of these through, and has that from it.
        var heard = sigset_t()
        sigemptyset(&heard)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&heard, number) }
        pthread_sigmask(SIG_UNBLOCK, &heard, nil)
        signal(SIGINT, handler)
        signal(SIGTERM, handler)
        // A closing terminal hangs up more than once; under `nohup` it is nobody's business.
        let before = signal(SIGHUP, handler)
        if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
            signal(SIGHUP, SIG_IGN)
        }
    }
}
