import Lending
import Primitives

/// Amounts as people write them, exact.
func units(_ text: String, _ decimals: Int) -> UInt256 { UInt256(exactDecimal: text, decimals: decimals)! }
func wad(_ text: String) -> UInt256 { units(text, 18) }
func ray(_ text: String) -> UInt256 { units(text, 27) }
func rad(_ text: String) -> UInt256 { units(text, 45) }
/// US dollars with 8 decimals.
func usd(_ text: String) -> UInt256 { units(text, 8) }

let noon = SimTime(iso8601: "2025-10-10T12:00:00Z")!
func after(_ seconds: Int64) -> SimTime { SimTime(seconds: noon.seconds + seconds) }
