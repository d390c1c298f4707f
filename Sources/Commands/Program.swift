import Foundation
import Synchronization

/// The executable of the command line: points of ensembles run it again, the chart library lies beside it.
enum Program {
    private static let other = Mutex<String?>(nil)

    /// This process's own, or what a program that has the engine in it named.
    static var path: String {
        other.withLock { $0 } ?? Bundle.main.executablePath ?? CommandLine.arguments[0]
    }

    static func use(_ path: String) { other.withLock { $0 = path } }
}
