import Foundation
import Synchronization

/// Hides the standard `print`, which forgets what could not be written: every result of every verb goes out here.
///
/// A stream that fails ends nothing by itself; `Output.end` says so once the work is done.
func print(_ text: String, terminator: String = "\n") { Caller.current.result(text + terminator) }

/// The streams of the process: results on standard output, everything else on standard error.
enum Output {
    private static let state = Mutex(State())

    private struct State {
        /// What became of the first result that could not be written: an error number.
        var failure: Int32?
        /// Standard output was closed before the program began.
        var wasClosed = false
    }

    /// Before anything is opened: a closed stream would hand its number to the next file, a database among them, and
    /// what is written to the stream would go there.
    static func begin() {
        for stream in Int32(0)...2 where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
            _ = open("/dev/null", stream == 0 ? O_RDONLY : O_WRONLY)
            if stream == 1 { state.withLock { $0.wasClosed = true } }
        }
        // A reader that goes away is found out by the write that fails.
        signal(SIGPIPE, SIG_IGN)
    }

    static func result(_ text: String) {
        state.withLock { state in
            guard state.failure == nil else { return }
            state.failure = state.wasClosed ? EBADF : write(text, to: 1, waits: true)
        }
    }

    /// Progress, warnings, errors: lost where nobody takes them.
    static func note(_ text: String) { _ = write(text, to: 2, waits: false) }

    /// An error number, nil where all of it was written.
    private static func write(_ text: String, to stream: Int32, waits: Bool) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let count = Foundation.write(stream, bytes.baseAddress! + done, bytes.count - done)
                if count > 0 {
                    done += count
                } else if count == 0 {
                    return EIO
                } else if errno == EAGAIN && waits {
                    // A terminal or pipe that its owner set not to block.
                    usleep(1000)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
    }

    /// Ends the process with this code, or, where a result was lost, with the reason.
    static func end(_ code: Int32) -> Never {
        switch state.withLock({ $0.failure }) {
        case nil: exit(code)
        case EPIPE:
            // A reader that had enough (`| head`): quietly, as such readers expect.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
            exit(128 + SIGPIPE)
        case .some(let reason):
            Undertow.complain("the result could not be written: \(String(cString: strerror(reason)))")
            exit(code == 130 ? code : 2)
        }
    }
}
