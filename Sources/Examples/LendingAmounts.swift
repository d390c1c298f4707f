import Lending
import Primitives

extension ExampleValue {
    /// A whole number of base units.
    static func digits(_ units: UInt256) -> ExampleValue { .number(ExampleNumber(ExactDecimal(units))) }
}

extension UInt256 {
    /// In whole tokens, every place of them.
    func tokens(_ decimals: Int) -> ExampleValue {
        .number(ExampleNumber(ExactDecimal(self, decimals: decimals)))
    }
}

extension MakerError {
    /// What a contract refuses is no figure to compare with.
    var refusal: Refusal { .unsupported("the contract refuses: \(self)") }
}
