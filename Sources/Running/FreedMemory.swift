import Foundation

/// Has freed worlds give their memory back.
///
/// The allocator of Linux learns from large blocks that are freed to take the next ones from its heap, where a hole is not given
/// back and a zeroed page is a page used: thirty copies of a world, of which twelve were kept, took 12 GB instead of 4. With a
/// fixed threshold every large block has pages of its own.
public enum FreedMemory {
    /// Before the first world.
    public static func returnAtOnce() {
        #if os(Linux)
            // M_MMAP_THRESHOLD of malloc.h, which Swift's Glibc does not show.
            let threshold: (name: Int32, bytes: Int32) = (-3, 128 << 10)
            typealias Mallopt = @convention(c) (Int32, Int32) -> Int32
            guard let found = dlsym(nil, "mallopt") else { return }
            _ = unsafeBitCast(found, to: Mallopt.self)(threshold.name, threshold.bytes)
        #endif
    }

    /// Gives back what many small blocks have left behind: after worlds have gone.
    public static func giveBack() {
        #if os(Linux)
            typealias Trim = @convention(c) (Int) -> Int32
            guard let found = dlsym(nil, "malloc_trim") else { return }
            _ = unsafeBitCast(found, to: Trim.self)(0)
        #endif
    }
}
