import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The largest resident size this process has had, in megabytes (10^6 bytes).
func peakMemoryMegabytes() -> Double {
    var usage = rusage()
    #if canImport(Glibc)
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) * 1024 / 1e6
    #else
        getrusage(RUSAGE_SELF, &usage)
        return Double(usage.ru_maxrss) / 1e6
    #endif
}
