/// Memory outside the heap that goes with its owners, and shapes that go with their types.

let ownerTests: [Test] = [("ownersAreReleasedOnce", testOwnersAreReleasedOnce), ("oldOwners", testOldOwners), ("ownersThatFinalizersNeed", testOwnersThatFinalizersNeed),
                          ("kindsOfOwners", testKindsOfOwners), ("manyOwners", testManyOwners), ("ownersSeeThemselves", testOwnersSeeThemselves), ("shapesAreUsedAgain", testShapesAreUsedAgain)]

/// The numbers of the objects released, in order.
private var released: [UInt64] = []
private let kind = Owners.addKind { released.append(words(Value($0))[1]) }

private func makeOwner(_ number: Int, _ kind: Owners.Kind = kind) -> Value {
    let owner = makePair(number)
    expect(Owners.register(owner.raw, kind), "the list has room")
    return owner
}

private func testOwnersAreReleasedOnce() {
    Roots.words[0] = makeOwner(1)
    _ = makeOwner(2)
    expect(released, is: [], "nothing before a collection")
    Collector.collect(major: false)
    expect(released, is: [2], "the dead one")
    Collector.collect(major: false)
    Collector.collect(major: true)
    expect(released, is: [2], "no more than once")
    Roots.clear()
    Collector.collect(major: true)
    expect(released, is: [2, 1], "the other one in its turn")
}

private func testOldOwners() {
    Roots.words[0] = makeOwner(1)
    Collector.collect(major: false)
    Roots.words[1] = makeOwner(2)
    Roots.clear()
    Collector.collect(major: false)
    expect(released, is: [2], "a minor collection releases what is young")
    Collector.collect(major: true)
    expect(released, is: [2, 1], "a major one what is old")
}

private func testOwnersThatFinalizersNeed() {
    let object = makePair(0, makeOwner(1))
    expect(Collector.registerFinalizable(object.raw), "the list has room")
    Collector.collect(major: true)
    expect(released, is: [], "what a finalizer may look at is whole")
    Collector.finalizerQueue.removeFirst(Collector.finalizerQueue.count)
    Collector.collect(major: true)
    expect(released, is: [1], "then it dies")
}

private func testKindsOfOwners() {
    let other = Owners.addKind { released.append(100 + words(Value($0))[1]) }
    _ = (makeOwner(1), makeOwner(2, other), makeOwner(3))
    Collector.collect(major: false)
    expect(released, is: [1, 102, 3], "each in the way of its kind")
}

private func testManyOwners() {
    var random = Random(state: 7), expected = 0
    for number in 0 ..< 200_000 {
        let owner = makeOwner(number)
        if random.below(4) == 0 { Roots.words[random.below(1000)] = owner }
        if number % 50_000 == 49_999 { Collector.collect(major: number > 100_000) }
    }
    let living = (0 ..< 1000).filter { !Roots.words[$0].isEmpty }.count
    expected = 200_000 - living
    expect(released.count, is: expected, "all but those that live")
    expect(Set(released).count, is: expected, "each once")
}

private func testOwnersSeeThemselves() {
    var seen: [Bool] = []
    let looking = Owners.addKind { seen.append(Value($0).shapeIndex == Shapes.pair && !Collector.isMarked($0)) }
    for number in 0 ..< 1000 { _ = makeOwner(number, looking) }
    Collector.collect(major: true)
    expect(seen, is: [Bool](repeating: true, count: 1000), "an owner is as it was")
}

private func testShapesAreUsedAgain() {
    let type = Value(make(32, Shapes.leaf))
    Roots.words[0] = type
    let first = Shapes.add(.mask, mask: 0b1100, tail: 0, type: type), second = Shapes.add(.mask, mask: 0b1100, tail: 0, type: type)
    let versions = [first, second].map { ShapeTable.record($0).pointee.version }
    let end = ShapeTable.count
    ShapeTable.remove(first)
    ShapeTable.remove(second)
    let again = [Shapes.add(.leaf, mask: 0, tail: 0, type: type), Shapes.add(.leaf, mask: 0, tail: 0, type: type)]
    expect(Set(again), is: [first, second], "the same indices")
    expect(ShapeTable.count, is: end, "indices in all")
    for index in again {
        let record = ShapeTable.record(index).pointee
        expect(!versions.contains(record.version) && record.version != 0, "a version of its own")
        expect(record.trace == .leaf && record.mask == 0 && record.payload.0 == 0, "nothing of the old shape")
    }
    expect(Shapes.add(.leaf, mask: 0, tail: 0, type: type), is: end, "then a new index")
}
