import Foundation

/// The folder `shared` beside the repository, or where SHARED says; nil where there is none.
let sharedFolder: String? = {
    if let named = ProcessInfo.processInfo.environment["SHARED"] { return named }
    var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    while folder.path != "/" {
        folder.deleteLastPathComponent()
        let shared = folder.appendingPathComponent("shared")
        if FileManager.default.fileExists(atPath: shared.appendingPathComponent("data").path) {
            return shared.path
        }
    }
    return nil
}()

/// What a program prints; nil if it is not there or fails.
func output(of program: [String]) -> Data? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = program
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? data : nil
}

func temporaryFile(_ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "feeds-\(UUID().uuidString).txt"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
}
