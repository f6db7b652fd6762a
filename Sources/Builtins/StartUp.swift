/// What the command line and the environment ask for.
public struct RuntimeOptions {
    public init() {}
}
