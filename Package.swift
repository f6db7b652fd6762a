// swift-tools-version:5.9
import PackageDescription

/// Flags for every Swift target. `-Ounchecked` and unchecked exclusivity were chosen by measurement
/// (see Documentation/Building.md); no code may rely on a trap being present or absent.
let swiftFlags: [SwiftSetting] = [
    .unsafeFlags(["-Ounchecked", "-wmo", "-cross-module-optimization", "-enforce-exclusivity=unchecked"],
                 .when(configuration: .release)),
]

/// The C libraries are linked statically and the program at a fixed address: dynamic linking took as long as a quarter of CPython's start.
/// The folder has linker scripts in the libraries' names that name their archives.
let startUpFlags: [LinkerSetting] = Context.environment["TAIPAN_SHARED_LIBRARIES"] != nil ? [] : [
    .unsafeFlags(["-L", Context.packageDirectory + "/Scripts/static-libraries", "-Xclang-linker", "-no-pie", "-Xclang-linker", "-static-libgcc"],
                 .when(platforms: [.linux])),
]

/// A room: one target that may import only the rooms named, which all stand above it in the list.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: swiftFlags)
}

let package = Package(
    name: "Taipan",
    products: [
        .executable(name: "taipan", targets: ["taipan"]),
        .library(name: "TraceJIT", targets: ["TraceJIT"]),
    ],
    targets: [
        .target(name: "CSupport", cSettings: [.unsafeFlags(["-O2", "-fno-omit-frame-pointer"])],
                linkerSettings: [.linkedLibrary("gmp"), .linkedLibrary("z"), .linkedLibrary("m")]),
        .target(name: "CSystem", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("util"), .linkedLibrary("crypt")]),
        room("Syntax"),
        room("Bytecode", ["Syntax"]),
        room("Memory", ["CSupport"]),
        room("Objects", ["CSupport", "Memory"]),
        // The built-in types' methods. Each may use those above it.
        room("NumberTypes", ["Objects"]),
        room("TextTypes", ["Objects", "NumberTypes"]),
        room("ContainerTypes", ["Objects"]),
        room("CoreTypes", ["Objects"]),
        // A tracing back end for any interpreter; see Documentation/TraceJIT.md.
        room("TraceJIT", ["CSupport"]),
        room("Interpreter", ["Objects", "CoreTypes", "Syntax", "Bytecode"]),
        room("Recorder", ["TraceJIT", "Interpreter", "NumberTypes", "CoreTypes", "Objects", "Bytecode"]),
        room("Builtins", ["Objects", "NumberTypes", "TextTypes", "ContainerTypes", "CoreTypes", "Syntax", "Bytecode", "Interpreter"]),
        // The native modules that the standard library needs, grouped by what changes together.
        room("StandardSource", ["Objects", "Syntax", "Bytecode", "Interpreter"], path: "Sources/StandardModules/Source"),
        room("StandardNumbers", ["Objects", "NumberTypes", "TextTypes"], path: "Sources/StandardModules/Numbers"),
        .systemLibrary(name: "CZlib"),
        .target(name: "CHash", cSettings: [.unsafeFlags(["-O2", "-fno-vectorize", "-fno-slp-vectorize"])], linkerSettings: [.linkedLibrary("crypto")]),
        room("StandardText", ["Objects", "NumberTypes", "TextTypes", "CZlib", "CHash"], path: "Sources/StandardModules/Text"),
        room("StandardContainers", ["Objects", "CoreTypes", "ContainerTypes", "Interpreter"], path: "Sources/StandardModules/Containers"),
        room("StandardIO", ["Objects", "TextTypes", "Interpreter"], path: "Sources/StandardModules/IO"),
        room("StandardSystem", ["CSystem", "Objects", "CoreTypes", "TextTypes", "Interpreter"], path: "Sources/StandardModules/System"),
        // HPy: extension modules of the universal ABI.
        .target(name: "CHPy", dependencies: ["CSupport"], cSettings: [.unsafeFlags(["-O2", "-momit-leaf-frame-pointer"])], linkerSettings: [.linkedLibrary("dl")]),
        room("HPy", ["CHPy", "Objects", "CoreTypes", "TextTypes", "Interpreter"]),
        room("StandardNetwork", ["CSystem", "Objects", "CoreTypes", "TextTypes", "Interpreter", "StandardSystem"], path: "Sources/StandardModules/Network"),
        .systemLibrary(name: "CBzip2"),
        .systemLibrary(name: "CLzma"),
        room("StandardArchives", ["Objects", "CBzip2", "CLzma"], path: "Sources/StandardModules/Archives"),
        .systemLibrary(name: "CExpat"),
        room("StandardXML", ["Objects", "ContainerTypes", "Interpreter", "CExpat"], path: "Sources/StandardModules/XML"),
        .target(name: "CForeign", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("ffi")]),
        room("ForeignFunctions", ["Objects", "CoreTypes", "TextTypes", "Interpreter", "StandardSystem", "CForeign"]),
        room("StandardDates", ["Objects", "CoreTypes"], path: "Sources/StandardModules/Dates"),
        room("StandardPickle", ["Objects", "NumberTypes", "TextTypes", "Interpreter"], path: "Sources/StandardModules/Pickle"),
        .target(name: "CDecimals", cSettings: [.unsafeFlags(["-O2"])]),
        room("StandardDecimals", ["CSupport", "CDecimals", "Objects", "NumberTypes", "StandardContainers"], path: "Sources/StandardModules/Decimals"),
        room("Taipan", ["CSystem", "HPy", "Interpreter", "Recorder", "Builtins", "NumberTypes", "TextTypes", "ContainerTypes", "CoreTypes", "Syntax", "Bytecode", "StandardNumbers", "StandardText",
                        "StandardContainers", "StandardIO", "StandardSource", "StandardSystem", "StandardNetwork", "StandardArchives", "StandardXML", "StandardDates", "StandardPickle", "StandardDecimals",
                        "ForeignFunctions"]),
        .executableTarget(name: "taipan", dependencies: ["Taipan"], path: "Sources/TaipanCommand", swiftSettings: swiftFlags,
                          // Swift's own allocations fall back to memory that is kept for them; see Sources/CSupport/Reserve.c.
                          linkerSettings: startUpFlags + [.unsafeFlags(["-Xlinker", "--wrap=swift_slowAlloc"])]),
    ],
    swiftLanguageVersions: [.v5]
)
