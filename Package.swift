// swift-tools-version:5.9
import PackageDescription

/// Flags for every Swift target. `-Ounchecked` and unchecked exclusivity were chosen by measurement
/// (see Documentation/Building.md); no code may rely on a trap being present or absent.
let swiftFlags: [SwiftSetting] = [
    .unsafeFlags(["-Ounchecked", "-wmo", "-cross-module-optimization", "-enforce-exclusivity=unchecked"],
                 .when(configuration: .release)),
]

/// A room: one target that may import only the rooms named, which all stand above it in the list.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftFlags)
}

let package = Package(
    name: "Taipan",
    products: [
        .executable(name: "taipan", targets: ["taipan"]),
    ],
    targets: [
        .target(name: "CSupport", cSettings: [.unsafeFlags(["-O2", "-fno-omit-frame-pointer"])],
                linkerSettings: [.linkedLibrary("gmp"), .linkedLibrary("z"), .linkedLibrary("m")]),
        room("Syntax"),
        room("Bytecode", ["Syntax"]),
        room("Memory", ["CSupport"]),
        room("Objects", ["CSupport", "Memory"]),
        room("Interpreter", ["CSupport", "Memory", "Objects", "Syntax", "Bytecode"]),
        room("Builtins", ["CSupport", "Memory", "Objects", "Syntax", "Bytecode", "Interpreter"]),
        .executableTarget(name: "taipan", dependencies: ["Interpreter", "Builtins"], swiftSettings: swiftFlags),
    ],
    swiftLanguageVersions: [.v5]
)
