import Syntax

/// Walking the parts of an expression that are evaluated in the scope where it stands, in order of evaluation: the bodies of lambdas and
/// comprehensions are not among them, but defaults and outermost iterables are.

extension Expression {
    func forEachPart(_ body: (Expression) -> Void) {
        switch kind {
        case .name, .constant: break
        case .namedExpression(let target, let value):
            body(value)
            body(target)
        case .booleanOperation(_, let items), .set(let items), .joinedString(let items), .list(let items, _), .tuple(let items, _):
            items.forEach(body)
        case .binaryOperation(let left, _, let right), .subscript(let left, let right, _):
            body(left)
            body(right)
        case .unaryOperation(_, let inner), .await(let inner), .yieldFrom(let inner), .attribute(let inner, _, _), .starred(let inner, _):
            body(inner)
        case .yield(let inner): inner.map(body)
        case .lambda(let arguments, _):
            arguments.defaults.forEach(body)
            for value in arguments.keywordDefaults { value.map(body) }
        case .conditional(let test, let then, let orElse):
            body(test)
            body(then)
            body(orElse)
        case .dictionary(let keys, let values):
            for (key, value) in zip(keys, values) {
                key.map(body)
                body(value)
            }
        case .listComprehension(_, let clauses), .setComprehension(_, let clauses), .generator(_, let clauses),
             .dictionaryComprehension(_, _, let clauses):
            body(clauses[0].iterable)
        case .compare(let left, _, let others):
            body(left)
            others.forEach(body)
        case .call(let function, let arguments, let keywords):
            body(function)
            arguments.forEach(body)
            for keyword in keywords { body(keyword.value) }
        case .formattedValue(let inner, _, let spec):
            body(inner)
            spec.map(body)
        case .slice(let lower, let upper, let step):
            lower.map(body)
            upper.map(body)
            step.map(body)
        }
    }

    /// Whether an assignment expression of this scope occurs inside.
    var hasAssignmentExpression: Bool {
        if case .namedExpression = kind { return true }
        var found = false
        forEachPart { if !found { found = $0.hasAssignmentExpression } }
        return found
    }
}
