import CUndertow
import Commands
import Foundation
import Primitives
import Recording
import Running
import Synchronization

// The C interface but for worlds. Texts are UTF-8; a text that is returned is freed by `undertow_free`. Answers to questions are
// JSON: {code, results, notes, error}.

public typealias Words = UnsafePointer<UnsafePointer<CChar>?>

func strings(_ count: Int32, _ words: Words?) -> [String] {
    (0..<Int(max(0, count))).map { i in words?[i].map { String(cString: $0) } ?? "" }
}

/// Says once which executable runs the points of ensembles, and has the chart library beside it.
@_cdecl("undertow_begin")
public func begin(_ program: UnsafePointer<CChar>?) {
    if let program { EmbeddedCall.useProgram(String(cString: program)) }
}

@_cdecl("undertow_version")
public func version() -> UnsafeMutablePointer<CChar>? { Answer.text(Undertow.version) }

@_cdecl("undertow_free")
public func release(_ text: UnsafeMutablePointer<CChar>?) { free(text) }

/// The whole of a process: `undertow` of a wheel is a few lines of C that come here. Never returns.
@_cdecl("undertow_main")
public func main(_ count: Int32, _ words: Words?) -> Int32 {
    Undertow.main(Array(strings(count, words).dropFirst()))
}

/// Does what a command line says, on this thread.
///
/// - Parameters:
///   - stop: the work ends as by Ctrl-C once it is not 0.
@_cdecl("undertow_call")
public func call(
    _ count: Int32, _ words: Words?, _ stop: UnsafePointer<Int32>?, _ progress: undertow_progress?
) -> UnsafeMutablePointer<CChar>? {
    let watch = Watch(stop, progress)
    defer { FreedMemory.giveBack() }
    return Answer.call(
        EmbeddedCall(strings(count, words), isStopped: { watch.isStopped }, onProgress: watch.onProgress))
}

/// What the thread of a call is told from outside while it works: memory of the caller's, that outlives the call.
struct Watch: @unchecked Sendable {
    private let stop: UnsafePointer<Int32>?
    private let progress: undertow_progress?

    init(_ stop: UnsafePointer<Int32>?, _ progress: undertow_progress?) {
        (self.stop, self.progress) = (stop, progress)
    }

    var isStopped: Bool { undertow_read_flag(stop) != 0 }
    var onProgress: Caller.OnProgress? {
        guard let progress else { return nil }
        return { title, unit, done, total in progress(title, unit, done, total) }
    }
}

/// A table of a run's recording, as a stream; the answer says what was wrong where there is none.
///
/// - Parameter isKnown: not 0 where this very file was opened before.
@_cdecl("undertow_recording")
public func recording(
    _ folder: UnsafePointer<CChar>, _ table: UnsafePointer<CChar>, _ isKnown: Int32,
    _ stream: UnsafeMutablePointer<ArrowArrayStream>
) -> UnsafeMutablePointer<CChar>? {
    let (folder, table) = (String(cString: folder), String(cString: table))
    return Answer.of {
        TableStream.open(try RecordedRows(folder: folder, table: table, isKnown: isKnown != 0), into: stream)
        return ""
    }
}

/// Rows given as JSON, as a stream.
@_cdecl("undertow_rows")
public func rows(_ json: UnsafePointer<CChar>, _ stream: UnsafeMutablePointer<ArrowArrayStream>)
    -> UnsafeMutablePointer<CChar>?
{
    let json = String(cString: json)
    return Answer.of {
        TableStream.open(try RowsSource(json: json), into: stream)
        return ""
    }
}

/// Arrays handed out and not yet given back.
@_cdecl("undertow_live_arrays")
public func liveArrays() -> Int64 { Int64(ArrowMemory.live.load(ordering: .relaxed)) }
