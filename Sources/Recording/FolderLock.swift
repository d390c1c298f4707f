import Foundation
import Primitives

/// One writer a folder: held from the first byte to the last, and given back when the process ends, however it ends.
public final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `InputError` if the folder cannot be opened or somebody writes in it.
    public init(_ folder: String) throws {
        // The folder itself is what is locked, so that nothing is left behind in it; a child must not inherit it.
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw InputError(
                file: folder, key: "--out",
                found: "a folder that cannot be opened: \(String(cString: strerror(errno)))",
                allowed: "a writable folder")
        }
        // Some network file systems know no locks: there two writers cannot be told apart.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            throw InputError(
                file: folder, key: "--out", found: "a folder that another undertow is writing now",
                allowed: "another folder, or this one once that has ended")
        }
    }

    deinit { close(descriptor) }
}
