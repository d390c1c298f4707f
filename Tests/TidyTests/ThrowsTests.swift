import Testing

@Suite("What throws says what")
struct ThrowsTests {
    @Test func publicFunctions() throws {
        let ratchet = Ratchet(known: [
            "Sources/Anatomy/DeleveragingEvent.swift": 1,
            "Sources/Anatomy/ImpactLaw.swift": 1,
            "Sources/Checks/LiquidationPriceFuzz.swift": 1,
            "Sources/Clearing/MarginTier.swift": 1,
            "Sources/Ensembles/CalibrationPlan.swift": 1,
            "Sources/Ensembles/ComparisonPlan.swift": 1,
            "Sources/Ensembles/SweepPlan.swift": 1,
            "Sources/Examples/ExampleFile.swift": 1,
            "Sources/InputFiles/ColumnTable.swift": 3,
            "Sources/InputFiles/RegularFile.swift": 2,
            "Sources/InputFiles/TableRows.swift": 3,
            "Sources/Lending/AaveAccount.swift": 1,
            "Sources/Lending/AaveV3+Liquidation.swift": 1,
            "Sources/Lending/AaveV3.swift": 6,
            "Sources/Lending/CompoundV2.swift": 6,
            "Sources/Lending/CompoundV3.swift": 9,
            "Sources/Lending/LendingRulebooks.swift": 2,
            "Sources/Lending/MakerAuction.swift": 1,
            "Sources/Lending/MakerBark.swift": 1,
            "Sources/Lending/MakerLiquidations.swift": 6,
            "Sources/Lending/MorphoBlue.swift": 8,
            "Sources/Page/RunPage.swift": 1,
            "Sources/Recording/MarketRecorder.swift": 1,
            "Sources/Recording/OrNull.swift": 3,
            "Sources/Recording/RecordedMinutes.swift": 1,
            "Sources/Recording/RunFolder.swift": 2,
            "Sources/Rules/RuleFile.swift": 2,
            "Sources/Rules/RuleSet.swift": 10,
            "Sources/Scenarios/Building/WorldBuilder.swift": 1,
            "Sources/Scenarios/ScenarioFile.swift": 2,
            "Sources/Validation/RecordedSeries.swift": 1,
            "Sources/Venues/BuiltInRulebooks.swift": 2,
            "Sources/Venues/Rulebook+Reading.swift": 1,
        ])
        let repository = Repository()
        var found: [String: Int] = [:]
        for path in repository.paths(below: "Sources", ending: ".swift") {
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
