import Testing

@Suite("Sizes of files and functions")
struct SizeTests {
    private let repository = Repository()

    @Test func files() throws {
        let ratchet = Ratchet(known: [:])
        var found: [String: Int] = [:]
        for path in repository.swiftFiles + repository.pythonFiles {
            let lines = try repository.text(path).utf8.count { $0 == UInt8(ascii: "\n") }
            if lines > 400 { found[path] = lines }
        }
        #expect(repository.swiftFiles.count > 400 && repository.pythonFiles.count > 20)
        #expect(ratchet.faults(found) == [], "a file holds at most 400 lines")
        #expect(ratchet.slack(found) == [])
    }

    @Test func functions() throws {
        let ratchet = Ratchet(known: ["Tests/RecordingTests/LedgerMovementTests.swift func toADollar": 76])
        var found: [String: Int] = [:]
        var count = 0
        for path in repository.swiftFiles {
            for declaration in Declarations(try repository.text(path)).found {
                count += 1
                let key = path + " " + declaration.name
                if declaration.lines > 70 { found[key] = max(found[key, default: 0], declaration.lines) }
            }
        }
        #expect(count > 2_000)
        #expect(ratchet.faults(found) == [], "a function holds at most 70 lines")
        #expect(ratchet.slack(found) == [])
    }

    /// The reader of declarations itself.
    @Test func declarationsAreRead() {
        let found = Declarations(
            """
            struct A {
                /// Words.
                /// - Throws: never.
                @inlinable
                public static func one(
                    _ a: Int, _ b: Int
                ) throws -> Int {
                    if a > 1 {
                        return b
                    }
                    return a
                }
                init?(_ text: String) { return nil }
                mutating func two<T>(_ t: T)
                let initial = 3
                private func three() {
                }
            }
            """
        ).found
        #expect(found.map(\.name) == ["func one", "init", "func two", "func three"])
        #expect(found.map(\.lines) == [8, 1, 1, 2])
        #expect(found.map(\.isPublic) == [true, false, false, false])
        #expect(found[0].comment.contains("- Throws: never.") && found[1].comment.isEmpty)
    }

    @Test func aRatchetTurnsOneWay() {
        let ratchet = Ratchet(known: ["a": 3, "b": 2])
        #expect(ratchet.faults(["a": 3, "b": 2]) == [] && ratchet.slack(["a": 3, "b": 2]) == [])
        #expect(ratchet.faults(["a": 4, "c": 1]) == ["a: 4, allowed 3", "c: 1, allowed 0"])
        #expect(ratchet.slack(["a": 2]) == ["a: now 2, written down as 3", "b: now 0, written down as 2"])
    }
}
