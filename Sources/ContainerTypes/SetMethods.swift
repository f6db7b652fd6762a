import Objects

/// The methods of `set` and `frozenset`.
extension SetType {
    /// A set for an iterable: itself if it is one. Empty when it has raised.
    private static func asSet(_ thread: ThreadRef, _ value: Value) -> Value {
        if isAnySet(value) { return value }
        let result = thread.newSet()
        return !result.isEmpty && thread.update(SetRef(result), value) ? result : .empty
    }

    static var shared: [Def] {
        [
            Def("copy(self, /)", .reads, "Return a shallow copy of a set.") { thread, a, _ in
                a[0].isExact(.frozenset) ? a[0] : SetType.copy(thread, a[0])
            },
            Def("difference(self, /, *others)", .calls, "A set of the elements that are in none of the others.") { thread, a, _ in
                let others = TupleRef(a[1])
                if others.count == 0 { return SetType.copy(thread, a[0]) }
                let result = SetType.difference(thread, a[0], others[0])
                if result.isEmpty { return .empty }
                for index in 1 ..< max(others.count, 1) { guard SetType.differenceUpdate(thread, SetRef(result), others[index]) else { return .empty } }
                return result
            },
            Def("intersection(self, /, *others)", .calls, "A set of the elements that are in all of the others, too.") { thread, a, _ in
                let others = TupleRef(a[1])
                if others.count == 0 { return SetType.copy(thread, a[0]) }
                var result = a[0]
                for index in 0 ..< others.count {
                    result = SetType.intersect(thread, result, others[index], SetType.baseType(a[0]))
                    if result.isEmpty { return .empty }
                }
                return result
            },
            Def("union(self, /, *others)", .calls, "A set of all elements, with those of the others.") { thread, a, _ in
                let result = SetType.copy(thread, a[0])
                if result.isEmpty { return .empty }
                let others = TupleRef(a[1])
                for index in 0 ..< others.count { guard thread.update(SetRef(result), others[index]) else { return .empty } }
                return result
            },
            Def("symmetric_difference(self, other, /)", .calls, "A set of the elements that only one of the two sets has.") { thread, a, _ in
                SetType.symmetricDifference(thread, a[0], a[1])
            },
            Def("isdisjoint(self, other, /)", .calls, "Return True if two sets have a null intersection.") { thread, a, _ in SetType.isDisjoint(thread, a[0], a[1]) },
            Def("issubset(self, other, /)", .calls, "Test whether every element in the set is in other.") { thread, a, _ in
                let other = SetType.asSet(thread, a[1])
                if other.isEmpty { return .empty }
                let result = SetType.subset(thread, SetRef(a[0]), SetRef(other))
                return result < 0 ? .empty : Value(result != 0)
            },
            Def("issuperset(self, other, /)", .calls, "Test whether every element in other is in the set.") { thread, a, _ in
                if SetType.isAnySet(a[1]) {
                    let result = SetType.subset(thread, SetRef(a[1]), SetRef(a[0]))
                    return result < 0 ? .empty : Value(result != 0)
                }
                var all = true
                let complete = thread.forEach(a[1]) { key in
                    let found = SetRef(a[0]).contains(thread, key)
                    if found == 0 { all = false }
                    return found > 0
                }
                return complete || !thread.hasException ? Value(all) : .empty
            },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling.") { thread, a, _ in
                let list = thread.newList(capacity: SetRef(a[0]).count)
                if list.isEmpty { return .empty }
                var position = 0
                while true {
                    let key = SetRef(a[0]).next(&position)
                    if key.isEmpty { break }
                    guard ListRef(list).append(thread, key) else { return .empty }
                }
                let arguments = thread.newTuple(list)
                if arguments.isEmpty { return .empty }
                let state = thread.callMethod(a[0], Name.__getstate__)
                return state.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments, state)
            },
            Def("__sizeof__(self, /)", .reads, "S.__sizeof__() -> size of S in memory, in bytes") { thread, a, _ in
                thread.newInt(a[0].type.instanceSize + SetRef(a[0]).places * 16)
            },
            Shared.classGetItem,
        ]
    }

    static var mutating: [Def] {
        [
            Def("add(self, object, /)", .calls, "Put an element into the set, unless it is there.") { thread, a, _ in SetRef(a[0]).add(thread, a[1]) ? .none : .empty },
            Def("clear(self, /)", .writes, "Remove all elements from this set.") { _, a, _ in
                SetRef(a[0]).clear()
                return .none
            },
            Def("discard(self, object, /)", .calls, "Take an element out. A missing one is no error, unlike with remove().") { thread, a, _ in
                SetType.discard(thread, SetRef(a[0]), a[1]) < 0 ? .empty : .none
            },
            Def("remove(self, object, /)", .calls, "Take an element out; KeyError where it is missing.") { thread, a, _ in
                let found = SetType.discard(thread, SetRef(a[0]), a[1])
                return found < 0 ? .empty : found > 0 ? .none : thread.raiseKeyError(a[1])
            },
            Def("pop(self, /)", .writes, "Take out and return some element; KeyError when there is none.") { thread, a, _ in
                let set = SetRef(a[0])
                if set.count == 0 { return thread.raise(.keyError, "pop from an empty set") }
                // The search goes on where the last one ended, kept in the otherwise unused hash, so that emptying a set takes linear time.
                var position = set.pointer.pointee.hash
                if position < 0 || position >= set.places { position = 0 }
                var key = set.next(&position)
                if key.isEmpty {
                    position = 0
                    key = set.next(&position)
                }
                set.remove(place: position - 1)
                set.pointer.pointee.hash = position
                return key
            },
            Def("update(self, /, *others)", .calls, "Update a set with the union of itself and others.") { thread, a, _ in
                let others = TupleRef(a[1])
                for index in 0 ..< others.count { guard thread.update(SetRef(a[0]), others[index]) else { return .empty } }
                return .none
            },
            Def("difference_update(self, /, *others)", .calls, "Remove all elements of another set from this set.") { thread, a, _ in
                let others = TupleRef(a[1])
                for index in 0 ..< others.count { guard SetType.differenceUpdate(thread, SetRef(a[0]), others[index]) else { return .empty } }
                return .none
            },
            Def("intersection_update(self, /, *others)", .calls, "Update a set with the intersection of itself and another.") { thread, a, _ in
                let others = TupleRef(a[1])
                var result = a[0]
                for index in 0 ..< others.count {
                    result = SetType.intersect(thread, result, others[index], TypeID.set.type)
                    if result.isEmpty { return .empty }
                }
                if result != a[0] { SetType.take(SetRef(a[0]), SetRef(result)) }
                return .none
            },
            Def("symmetric_difference_update(self, other, /)", .calls, "Keep what only one of the two sets has.") { thread, a, _ in
                SetType.symmetricDifferenceUpdate(thread, SetRef(a[0]), a[1]) ? .none : .empty
            },
        ]
    }
}
