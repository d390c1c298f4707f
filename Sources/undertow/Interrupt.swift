import Foundation
import Synchronization

/// Ctrl-C (and a polite kill): the run stops at the end of its step and leaves a readable folder.
enum Interrupt {
    private static let requested = Atomic<Bool>(false)

    /// The process that started this one as a point of an ensemble; 0 for none. Should it be killed, this one ends too.
    private static let parent =
        ProcessInfo.processInfo.environment["UNDERTOW_PARENT"].flatMap { Int32($0) } ?? 0

    static var isRequested: Bool {
        requested.load(ordering: .relaxed) || (parent != 0 && getppid() != parent)
    }

    /// From now on SIGINT and SIGTERM are noted; a second one ends the process at once.
    static func watch() {
        let handler: @convention(c) (Int32) -> Void = { number in
            if Interrupt.requested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
        }
        signal(SIGINT, handler)
        signal(SIGTERM, handler)
    }
}
