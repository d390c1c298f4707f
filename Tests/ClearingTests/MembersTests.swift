import Primitives
import Testing

@testable import Clearing

@Suite("Accounts that stand for several")
struct MembersTests {
    private static let schedule = try! MarginSchedule([
        MarginTier(floor: 0, initialRate: Rate(1, over: 50), maintenanceRate: Rate(1, over: 100)),
        MarginTier(
            floor: Money(usd: 100_000).micros, initialRate: Rate(1, over: 10),
            maintenanceRate: Rate(1, over: 20)),
    ])

    @Test(
        "Ten accounts of 50,000 in one are margined like ten, not like one of 500,000",
        arguments: [1, 3, 10, 977])
    func membersShareTiers(_ members: Int) {
        let one = Self.schedule.maintenance(Money(usd: 50_000))
        let all = Self.schedule.maintenance(Money(usd: Int64(50_000 * members)), members: Int16(members))
        #expect(all.micros == one.micros * Int64(members))
        if members > 2 {
            #expect(all < Self.schedule.maintenance(Money(usd: Int64(50_000 * members))))
        }
    }

    @Test("A notional that members cannot share evenly is rounded up for each")
    func rounding() {
        let all = Self.schedule.maintenance(Money(micros: 10_000_001), members: 2)
        #expect(all.micros == 2 * Self.schedule.maintenance(Money(micros: 5_000_001)).micros)
    }
}
