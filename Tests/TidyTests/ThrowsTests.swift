import Testing

@Suite("What throws says what")
struct ThrowsTests {
    @Test func publicFunctions() throws {
        let ratchet = Ratchet(known: [:])
        let repository = Repository()
        var found: [String: Int] = [:]
        for path in ["Sources", "Lab/Sources", "python/Sources"].flatMap({
            repository.paths(below: $0, ending: ".swift")
        }) {
            let silent = Declarations(try repository.text(path)).found.filter {
                $0.isPublic && Self.doesThrow($0.head) && !$0.comment.contains("- Throws:")
            }
            if !silent.isEmpty { found[path] = silent.count }
        }
        #expect(ratchet.faults(found) == [], "a public function that throws has a line `- Throws:`")
        #expect(ratchet.slack(found) == [])
    }

    @Test func whoseThrowsItIs() {
        #expect(Self.doesThrow("public func a(_ b: Int) throws -> Int {"))
        #expect(Self.doesThrow("public init(_ b: Int) throws(InputError) {"))
        #expect(!Self.doesThrow("public func a(_ b: (Int) throws -> Void) -> Int {"))
        #expect(!Self.doesThrow("public func a(_ b: Int) -> Int { try! c() }"))
    }

    /// Whether the function does, not what it is given.
    private static func doesThrow(_ head: String) -> Bool {
        var depth = 0
        var outside = ""
        for character in head.prefix(while: { $0 != "{" }) {
            if character == "(" { depth += 1 }
            if depth == 0 { outside.append(character) }
            if character == ")" { depth -= 1 }
        }
        return outside.contains(" throws")
    }
}
