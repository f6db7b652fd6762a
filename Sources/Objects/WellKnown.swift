@_exported import Memory

/// The types that the runtime itself knows by number.
///
/// The number is at once the index of the type object in `taipan.wellKnown` and the index of the shape of its exact
/// instances, so that `value.isExact(.list)` is one compare with a constant. Types that only a standard module knows are not
/// listed: they get a shape of their own when the module is made (`NativeType`).
public enum TypeID: UInt32, CaseIterable {
    case object = 1, type, int, bool, float, complex, str, bytes, bytearray, memoryview, list, tuple, dict, set, frozenset, range, slice
    case noneType, notImplementedType, ellipsisType, property, `super`, staticMethod, classMethod
    case module, function, method, builtinFunction, methodDescriptor, classMethodDescriptor, getSetDescriptor, memberDescriptor, wrapperDescriptor
    case methodWrapper, slotDescriptor, code, frame, traceback, cell, generator, coroutine, coroutineWrapper, asyncGenerator, asyncGeneratorSend
    case asyncGeneratorThrow, asyncGeneratorValue, mappingProxy, simpleNamespace, genericAlias, unionType, weakReference, weakProxy, weakCallableProxy
    case enumerate, zip, map, filter, reversed, callableIterator, sequenceIterator
    case listIterator, listReverseIterator, tupleIterator, strIterator, strASCIIIterator, bytesIterator, bytearrayIterator, rangeIterator, longRangeIterator
    case dictKeys, dictValues, dictItems, dictKeyIterator, dictValueIterator, dictItemIterator, dictReverseKeyIterator, dictReverseValueIterator
    case dictReverseItemIterator, setIterator, memoryIterator, odictPlaceholder, dictTable, setTable, valueArray, byteArrayStorage, boxedInternal
    case context, contextVariable, contextToken, structSequence, bufferExport, capsule, spareA, spareB, spareC, spareD, spareE, spareF

    // Exceptions, in CPython's hierarchy.
    case baseException, baseExceptionGroup, exceptionGroup, exception, generatorExit, keyboardInterrupt, systemExit
    case arithmeticError, floatingPointError, overflowError, zeroDivisionError, assertionError, attributeError, bufferError, eofError
    case importError, moduleNotFoundError, lookupError, indexError, keyError, memoryError, nameError, unboundLocalError
    case osError, blockingIOError, childProcessError, connectionError, brokenPipeError, connectionAbortedError, connectionRefusedError
    case connectionResetError, fileExistsError, fileNotFoundError, interruptedError, isADirectoryError, notADirectoryError, permissionError
    case processLookupError, timeoutError, referenceError, runtimeError, notImplementedError, recursionError, stopAsyncIteration, stopIteration
    case syntaxError, indentationError, tabError, systemError, typeError, valueError, unicodeError, unicodeDecodeError, unicodeEncodeError
    case unicodeTranslateError
    case warning, bytesWarning, deprecationWarning, encodingWarning, futureWarning, importWarning, pendingDeprecationWarning, resourceWarning
    case runtimeWarning, syntaxWarning, unicodeWarning, userWarning

    /// The type object.
    @inlinable public var type: TypeRef { @inline(__always) get { TypeRef(taipan_well_known()[Int(rawValue)]) } }
    @inlinable public var value: Value { @inline(__always) get { taipan_well_known()[Int(rawValue)] } }
    @inlinable public var shape: ShapeIndex { @inline(__always) get { rawValue } }
}

/// Other objects that stay alive for the whole run, stored after the types.
public enum WellKnown: Int {
    case emptyTuple = 300, emptyString, emptyBytes, emptyFrozenSet
    /// The namespace of `builtins`, `sys.modules`, and the modules themselves.
    case builtins, builtinsModule, sysModule, modules
    /// Native types, kept alive for good (a list).
    case immortals
    case buildClass, importFunction, assertionErrorType, interpreterState
    case mainModule, warningsRegistry, codecState, threadModuleState, atexitCallbacks, displayHook
    /// Types and functions that Python modules hand to the runtime.
    case hookA, hookB, hookC, hookD
    case firstFree = 340

    @inlinable public var value: Value {
        @inline(__always) get { taipan_well_known()[rawValue] }
        nonmutating set { taipan_well_known()[rawValue] = newValue }
    }
}

/// Hands out root words for objects that a standard module keeps for good.
public enum RootTable {
    nonisolated(unsafe) private static var next = WellKnown.firstFree.rawValue

    /// A root word: values stored in it stay alive.
    public static func reserve() -> UnsafeMutablePointer<Value> {
        next += 1
        precondition(next < Int(WELL_KNOWN_COUNT))
        return taipan_well_known() + (next - 1)
    }
}
