/// What a copy is for.
public enum CopyKind: Sendable {
    /// It goes on.
    case live
    /// It is kept and copied from, and nothing else: what is sparse is a list, so it takes about a sixth of the memory.
    case kept
}
