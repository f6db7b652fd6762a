/// The whole grammar with its error rules, as a table that only the diagnosing pass reads.
///
/// It is a parsing expression grammar: alternatives are tried in order and the first that matches wins. Rules named
/// `bad_…` match mistakes; an alternative that is just such a rule is skipped in the first pass, and ends the second with a message. Order matters
/// everywhere, since it decides which of several possible complaints is made.
///
/// Notation, one rule a paragraph: `name = alternative | alternative`, a `!` after the name for rules whose result is
/// remembered without regard to whether error rules were on.
///   'x'      a keyword or operator        "x"   a soft keyword          NAME NUMBER …   other tokens
///   x? x* x+ as usual                     x%','  one or more x with commas between
///   &x !x    looks ahead                  ~     no later alternative    'x'^   must follow, or "expected 'x'"
///   a:x      names a result               -> Tag   makes a node of that kind; without it a single item stands for itself
/// Messages: `-> at a "…"` under node a; `-> from a to b "…"`; `-> since a "…"` from a to where reading stopped;
/// `-> last "…"` at the furthest token read; `-> indent "…"` the same as an IndentationError; `-> call f a b` runs a
/// function of `Diagnosis`. In a text, `{a}` describes node a, `{a.line}` is its line, `{a.text}` its source.
/// `since N "feature is"` as an item asks for `feature_version` N.

let grammarText = #"""
file = statements? ENDMARKER
interactive = compound NEWLINE | simple_line | NEWLINE | ENDMARKER -> call fail
evaluation = expressions NEWLINE* ENDMARKER
function_type = '(' type_expressions? ')' '->' expression NEWLINE* ENDMARKER
formatted_string = star_expressions

statements = statement+
statement = compound | simple_line
simple_line = simple !';' NEWLINE | simple%';' ';'? NEWLINE
simple! = assignment | star_expressions | &'return' return | &('import' | 'from') import | &'raise' raise | 'pass' | &'del' delete | &'yield' yield
  | &'assert' assert | 'break' | 'continue' | &'global' 'global' NAME%',' | &'nonlocal' 'nonlocal' NAME%','
compound = &('def' | '@' | 'async') function | &'if' if | &('class' | '@') class | &('with' | 'async') with | &('for' | 'async') for
  | &'try' try | &'while' while | match

assignment = NAME ':' expression ('=' annotated_value)? since 6 "Variable annotation syntax is"
  | ('(' single_target ')' | subscript_or_attribute) ':' expression ('=' annotated_value)? since 6 "Variable annotations syntax is"
  | (star_targets '=')+ (yield | star_expressions) !'=' TYPE_COMMENT?
  | single_target augmented ~ (yield | star_expressions)
  | bad_assignment
annotated_value = yield | star_expressions
augmented = '+=' | '-=' | '*=' | '@=' since 5 "The '@' operator is" | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**=' | '//='
return = 'return' star_expressions?
raise = 'raise' expression ('from' expression)? | 'raise'
delete = 'del' del_targets &(';' | NEWLINE) | bad_delete
assert = 'assert' expression (',' expression)?
import = import_name | import_from
import_name = 'import' dotted_as_name%','
import_from = 'from' ('.' | '...')* dotted_name 'import' import_targets | 'from' ('.' | '...')+ 'import' import_targets
import_targets = '(' import_as_names ','? ')' | import_as_names !',' | '*' | bad_import_targets
import_as_names = import_as_name%','
import_as_name = NAME ('as' NAME)?
dotted_as_name = dotted_name ('as' NAME)?
dotted_name = dotted_name '.' NAME | NAME

block! = NEWLINE INDENT statements DEDENT | simple_line | bad_block
decorators = ('@' named_expression NEWLINE)+
class = decorators class_plain | class_plain
class_plain = bad_class | 'class' NAME ('(' arguments? ')')? ':' block
function = decorators function_plain | function_plain
function_plain = bad_def | 'def' NAME '('^ params? ')' ('->' expression)? ':'^ func_type_comment? block
  | 'async' 'def' NAME '('^ params? ')' ('->' expression)? ':'^ func_type_comment? block since 5 "Async functions are"
params = bad_parameters | parameters
parameters = slash_no_default param_no_default* param_with_default* star_etc? since 8 "Positional-only parameters are"
  | slash_with_default param_with_default* star_etc? since 8 "Positional-only parameters are"
  | param_no_default+ param_with_default* star_etc? | param_with_default+ star_etc? | star_etc
slash_no_default = param_no_default+ '/' ',' | param_no_default+ '/' &')'
slash_with_default = param_no_default* param_with_default+ '/' ',' | param_no_default* param_with_default+ '/' &')'
star_etc = bad_star_etc | '*' param_no_default param_maybe_default* kwds? | '*' param_no_default_star param_maybe_default* kwds?
  | '*' ',' param_maybe_default+ kwds? | kwds
kwds = bad_kwds | '**' param_no_default
param_no_default = a:param ',' TYPE_COMMENT? -> same a | a:param TYPE_COMMENT? &')' -> same a
param_no_default_star = param_star ',' TYPE_COMMENT? | param_star TYPE_COMMENT? &')'
param_with_default = param default ',' TYPE_COMMENT? | param default TYPE_COMMENT? &')'
param_maybe_default = param default? ',' TYPE_COMMENT? | param default? TYPE_COMMENT? &')'
param = NAME annotation?
param_star = NAME ':' star_expression
annotation = ':' expression
default = '=' expression | bad_default
if = bad_if | 'if' named_expression ':' block elif | 'if' named_expression ':' block else?
elif = bad_elif | 'elif' named_expression ':' block elif | 'elif' named_expression ':' block else?
else = bad_else | 'else' ':'^ block
while = bad_while | 'while' named_expression ':' block else?
for = bad_for | 'for' star_targets 'in' ~ star_expressions ':' TYPE_COMMENT? block else?
  | 'async' 'for' star_targets 'in' ~ star_expressions ':' TYPE_COMMENT? block else? since 5 "Async for loops are" | bad_for_target
with = bad_with_indent | 'with' '(' with_item%',' ','? ')' ':' block since 9 "Parenthesized context managers are" | 'with' with_item%',' ':' TYPE_COMMENT? block
  | 'async' 'with' '(' with_item%',' ','? ')' ':' block since 5 "Async with statements are" | 'async' 'with' with_item%',' ':' TYPE_COMMENT? block since 5 "Async with statements are" | bad_with
with_item = expression 'as' star_target &(',' | ')' | ':') | bad_with_item | expression
try = bad_try | 'try' ':'^ block finally | 'try' ':'^ block except+ else? finally? | 'try' ':'^ block except_star+ else? finally? since 11 "Exception groups are"
except = bad_except_indent | 'except' expression ('as' NAME)? ':' block | 'except' ':' block | bad_except
except_star = bad_except_star_indent | 'except' '*' expression ('as' NAME)? ':' block | bad_except
finally = bad_finally | 'finally' ':'^ block
func_type_comment = NEWLINE TYPE_COMMENT &(NEWLINE INDENT) | bad_double_comments | TYPE_COMMENT

match = "match" subject ':' NEWLINE INDENT case+ DEDENT since 10 "Pattern matching is" | bad_match
subject = star_named_expression ',' star_named_expressions? | named_expression
case = bad_case | "case" patterns guard? ':' block
guard = 'if' named_expression
patterns = open_sequence | pattern
pattern = as_pattern | or_pattern
as_pattern = or_pattern 'as' capture_target | bad_as_pattern
or_pattern = closed_pattern%'|'
closed_pattern! = literal_pattern | capture_target | "_" | value_pattern | group_pattern | sequence_pattern | mapping_pattern | class_pattern
literal_pattern = signed_number !('+' | '-') | complex_number | strings | 'None' | 'True' | 'False'
complex_number = signed_real '+' imaginary | signed_real '-' imaginary
signed_number = NUMBER | '-' NUMBER
signed_real = real | '-' real
real = a:NUMBER -> call ensureReal a
imaginary = a:NUMBER -> call ensureImaginary a
capture_target = !"_" a:NAME !('.' | '(' | '=') -> same a
value_pattern = attr !('.' | '(' | '=')
attr = attr '.' NAME | NAME '.' NAME
name_or_attr = attr | NAME
group_pattern = '(' pattern ')'
sequence_pattern = '[' maybe_sequence? ']' | '(' open_sequence? ')'
open_sequence = maybe_star_pattern ',' maybe_sequence?
maybe_sequence = maybe_star_pattern%',' ','?
maybe_star_pattern = star_pattern | pattern
star_pattern! = '*' capture_target | '*' "_"
mapping_pattern = '{' '}' | '{' double_star_pattern ','? '}' | '{' items_pattern ',' double_star_pattern ','? '}' | '{' items_pattern ','? '}'
items_pattern = key_value_pattern%','
key_value_pattern = (literal_pattern | attr) ':' pattern
double_star_pattern = '**' capture_target
class_pattern = name_or_attr '(' ')' | name_or_attr '(' positional_patterns ','? ')' | name_or_attr '(' keyword_patterns ','? ')'
  | name_or_attr '(' positional_patterns ',' keyword_patterns ','? ')' | bad_class_pattern
positional_patterns = pattern%','
keyword_patterns = keyword_pattern%','
keyword_pattern = NAME '=' pattern

expressions = expression (',' expression)+ ','? -> Tuple | expression ',' -> Tuple | expression
expression! = bad_expression | bad_legacy | disjunction 'if' disjunction 'else' expression -> Conditional | disjunction | lambda
yield = 'yield' 'from' expression -> Yield | 'yield' star_expressions? -> Yield
star_expressions = star_expression (',' star_expression)+ ','? -> Tuple | star_expression ',' -> Tuple | star_expression
star_expression! = '*' bit_or -> Starred | expression
star_named_expressions = a:star_named_expression%',' ','? -> same a
star_named_expression = '*' bit_or -> Starred | named_expression
assignment_expression = NAME ':=' ~ expression since 8 "Assignment expressions are" -> Named
named_expression = assignment_expression | bad_named_expression | a:expression !':=' -> same a
disjunction! = conjunction ('or' conjunction)+ -> Operation | conjunction
conjunction! = inversion ('and' inversion)+ -> Operation | inversion
inversion! = 'not' inversion -> Operation | comparison
comparison = bit_or comparison_pair+ -> Compare | bit_or
comparison_pair = '==' bit_or | not_equal bit_or | '<=' bit_or | '<' bit_or | '>=' bit_or | '>' bit_or | 'not' 'in' bit_or | 'in' bit_or | 'is' 'not' bit_or | 'is' bit_or
not_equal = a:'!=' -> call checkNotEqual a
bit_or = bit_or '|' bit_xor -> Operation | bit_xor
bit_xor = bit_xor '^' bit_and -> Operation | bit_and
bit_and = bit_and '&' shift -> Operation | shift
shift = shift '<<' sum -> Operation | shift '>>' sum -> Operation | sum
sum = sum '+' term -> Operation | sum '-' term -> Operation | term
term = term '*' factor -> Operation | term '/' factor -> Operation | term '//' factor -> Operation | term '%' factor -> Operation
  | term '@' factor since 5 "The '@' operator is" -> Operation | factor
factor! = '+' factor -> Operation | '-' factor -> Operation | '~' factor -> Operation | power
power = await_primary '**' factor -> Operation | await_primary
await_primary! = 'await' primary since 5 "Await expressions are" -> Await | primary
primary = primary '.' NAME -> Attribute | primary genexp -> Call | primary '(' arguments? ')' -> Call | primary '[' slices ']' -> Subscript | atom
slices = slice !',' | (slice | starred_expression)%',' ','?
slice = expression? ':' expression? (':' expression?)? | named_expression
atom = a:NAME -> Name | 'True' -> True | 'False' -> False | 'None' -> None | &STRING a:strings -> same a | NUMBER -> Literal
  | &'(' a:(tuple | group | genexp) -> same a | &'[' a:(list | listcomp) -> same a | &'{' a:(dict | set | dictcomp | setcomp) -> same a | '...' -> Ellipsis
group = '(' a:(yield | named_expression) ')' -> same a | bad_group
strings! = a:STRING+ -> call strings a
list = '[' a:star_named_expressions? ']' -> List
tuple = '(' (star_named_expression ',' star_named_expressions?)? ')' -> Tuple
set = '{' star_named_expressions '}' -> Set
dict = '{' double_starred_pairs? '}' -> Dict | '{' bad_pairs '}'
double_starred_pairs = double_starred_pair%',' ','?
double_starred_pair = '**' bit_or | pair
pair = expression ':' expression
for_if_clauses = for_if_clause+
for_if_clause = 'async' 'for' star_targets 'in' ~ disjunction ('if' disjunction)* since 6 "Async comprehensions are"
  | 'for' star_targets 'in' ~ disjunction ('if' disjunction)* | bad_for_target
listcomp = '[' named_expression for_if_clauses ']' -> ListComp | bad_comprehension
setcomp = '{' named_expression for_if_clauses '}' -> SetComp | bad_comprehension
genexp = '(' (assignment_expression | expression !':=') for_if_clauses ')' -> Generator | bad_comprehension
dictcomp = '{' pair for_if_clauses '}' -> DictComp | bad_dict_comprehension

lambda = 'lambda' lambda_params? ':' expression -> Lambda
lambda_params = bad_lambda_parameters | lambda_parameters
lambda_parameters = lambda_slash_no_default lambda_param_no_default* lambda_param_with_default* lambda_star_etc? since 8 "Positional-only parameters are"
  | lambda_slash_with_default lambda_param_with_default* lambda_star_etc? since 8 "Positional-only parameters are" | lambda_param_no_default+ lambda_param_with_default* lambda_star_etc?
  | lambda_param_with_default+ lambda_star_etc? | lambda_star_etc
lambda_slash_no_default = lambda_param_no_default+ '/' ',' | lambda_param_no_default+ '/' &':'
lambda_slash_with_default = lambda_param_no_default* lambda_param_with_default+ '/' ',' | lambda_param_no_default* lambda_param_with_default+ '/' &':'
lambda_star_etc = bad_lambda_star_etc | '*' lambda_param_no_default lambda_param_maybe_default* lambda_kwds?
  | '*' ',' lambda_param_maybe_default+ lambda_kwds? | lambda_kwds
lambda_kwds = bad_lambda_kwds | '**' lambda_param_no_default
lambda_param_no_default = a:NAME ',' -> same a | a:NAME &':' -> same a
lambda_param_with_default = NAME default ',' | NAME default &':'
lambda_param_maybe_default = NAME default? ',' | NAME default? &':'

arguments! = a:args ','? &')' -> same a | bad_arguments
args = a:(starred_expression | a:(assignment_expression | expression !':=') !'=' -> same a)%',' (',' kwargs)? -> Args | kwargs -> Args
kwargs = kwarg_or_starred%',' ',' kwarg_or_double_starred%',' | kwarg_or_starred%',' | kwarg_or_double_starred%','
starred_expression = '*' expression -> Starred
kwarg_or_starred = bad_kwarg | NAME '=' expression -> Keyword | starred_expression
kwarg_or_double_starred = bad_kwarg | NAME '=' expression -> Keyword | '**' expression -> KeywordUnpacking

star_targets = star_target !',' | star_target (',' star_target)* ','?
star_targets_list = star_target%',' ','?
star_targets_tuple = star_target (',' star_target)+ ','? | star_target ','
star_target! = '*' (!'*' star_target) | target_with_star_atom
target_with_star_atom! = t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead | star_atom
star_atom = NAME | '(' target_with_star_atom ')' | '(' star_targets_tuple? ')' | '[' star_targets_list? ']'
single_target = subscript_or_attribute | NAME | '(' single_target ')'
subscript_or_attribute = t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead
t_primary = t_primary '.' NAME &t_lookahead -> Attribute | t_primary '[' slices ']' &t_lookahead -> Subscript | t_primary genexp &t_lookahead -> Call
  | t_primary '(' arguments? ')' &t_lookahead -> Call | a:atom &t_lookahead -> same a
t_lookahead = '(' | '[' | '.'
del_targets = del_target%',' ','?
del_target! = t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead | del_atom
del_atom = NAME | '(' del_target ')' | '(' del_targets? ')' | '[' del_targets? ']'
type_expressions = expression%',' ',' '*' expression ',' '**' expression | expression%',' ',' '*' expression | expression%',' ',' '**' expression
  | '*' expression ',' '**' expression | '*' expression | '**' expression | expression%','

bad_arguments = a:args ',' '*' -> at a "iterable argument unpacking follows keyword argument unpacking"
  | a:expression b:for_if_clauses ',' (args | expression for_if_clauses)? -> from a to b "Generator expression must be parenthesized"
  | a:NAME b:'=' expression for_if_clauses -> from a to b "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | a:args b:for_if_clauses -> call unparenthesizedGenerator a b
  | args ',' a:expression b:for_if_clauses -> from a to b "Generator expression must be parenthesized"
  | a:args ',' args -> call argumentOrder a
bad_kwarg = a:('True' | 'False' | 'None') b:'=' -> from a to b "cannot assign to {a.text}"
  | a:NAME b:'=' expression for_if_clauses -> from a to b "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | !(NAME '=') a:expression b:'=' -> from a to b "expression cannot contain assignment, perhaps you meant \"==\"?"
plain_expression = disjunction 'if' disjunction 'else' expression -> Conditional | disjunction | lambda
bad_legacy = a:NAME !'(' b:star_expressions -> call legacy a b
bad_expression = !(NAME STRING | SOFT_KEYWORD) a:disjunction b:plain_expression -> call forgottenComma a b
  | a:disjunction 'if' b:disjunction !('else' | ':') -> from a to b "expected 'else' after 'if' expression"
bad_named_expression! = a:expression ':=' expression -> at a "cannot use assignment expressions with {a}"
  | a:NAME '=' b:bit_or !('=' | ':=') -> from a to b "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
  | !(list | tuple | genexp | 'True' | 'None' | 'False') a:bit_or b:'=' bit_or !('=' | ':=') -> at a "cannot assign to {a} here. Maybe you meant '==' instead of '='?"
bad_assignment = a:bad_annotation_target ':' expression -> at a "only single target (not {a}) can be annotated"
  | a:star_named_expression ',' star_named_expressions* ':' expression -> at a "only single target (not tuple) can be annotated"
  | a:expression ':' expression -> at a "illegal target for annotation"
  | (star_targets '=')* a:star_expressions '=' -> call invalidTarget a
  | (star_targets '=')* a:yield '=' -> at a "assignment to yield expression not possible"
  | a:star_expressions augmented (yield | star_expressions) -> at a "'{a}' is an illegal expression for augmented assignment"
bad_annotation_target = list | tuple | '(' a:bad_annotation_target ')' -> same a
bad_delete = 'del' a:star_expressions -> call invalidDelete a
bad_block = NEWLINE !INDENT -> indent "expected an indented block"
bad_comprehension = ('[' | '(' | '{') a:starred_expression for_if_clauses -> at a "iterable unpacking cannot be used in comprehension"
  | ('[' | '{') a:star_named_expression ',' b:star_named_expressions for_if_clauses -> from a to b "did you forget parentheses around the comprehension target?"
  | ('[' | '{') a:star_named_expression b:',' for_if_clauses -> from a to b "did you forget parentheses around the comprehension target?"
bad_dict_comprehension = '{' a:'**' bit_or for_if_clauses '}' -> at a "dict unpacking cannot be used in dict comprehension"
bad_parameters = param_no_default* (slash_with_default | param_with_default+) a:param_no_default -> at a "non-default argument follows default argument"
  | param_no_default* a:'(' param_no_default+ ','? b:')' -> from a to b "Function parameters cannot be parenthesized"
  | a:'/' ',' -> at a "at least one argument must precede /"
  | (slash_no_default | slash_with_default) param_maybe_default* a:'/' -> at a "/ may appear only once"
  | (slash_no_default | slash_with_default)? param_maybe_default* '*' (',' | param_no_default) param_maybe_default* a:'/' -> at a "/ must be ahead of *"
  | param_maybe_default+ '/' a:'*' -> at a "expected comma between / and *"
bad_default = a:'=' &(')' | ',') -> at a "expected default value expression"
bad_star_etc = a:'*' (')' | ',' (')' | '**')) -> at a "named arguments must follow bare *"
  | '*' ',' TYPE_COMMENT -> last "bare * has associated type comment"
  | '*' param a:'=' -> at a "var-positional argument cannot have default value"
  | '*' (param_no_default | ',') param_maybe_default* a:'*' (param_no_default | ',') -> at a "* argument may appear only once"
bad_kwds = '**' param a:'=' -> at a "var-keyword argument cannot have default value"
  | '**' param ',' a:param -> at a "arguments cannot follow var-keyword argument"
  | '**' param ',' a:('*' | '**' | '/') -> at a "arguments cannot follow var-keyword argument"
bad_lambda_parameters = lambda_param_no_default* (lambda_slash_with_default | lambda_param_with_default+) a:lambda_param_no_default -> at a "non-default argument follows default argument"
  | lambda_param_no_default* a:'(' NAME%',' ','? b:')' -> from a to b "Lambda expression parameters cannot be parenthesized"
  | a:'/' ',' -> at a "at least one argument must precede /"
  | (lambda_slash_no_default | lambda_slash_with_default) lambda_param_maybe_default* a:'/' -> at a "/ may appear only once"
  | (lambda_slash_no_default | lambda_slash_with_default)? lambda_param_maybe_default* '*' (',' | lambda_param_no_default) lambda_param_maybe_default* a:'/' -> at a "/ must be ahead of *"
  | lambda_param_maybe_default+ '/' a:'*' -> at a "expected comma between / and *"
bad_lambda_star_etc = '*' (':' | ',' (':' | '**')) -> last "named arguments must follow bare *"
  | '*' NAME a:'=' -> at a "var-positional argument cannot have default value"
  | '*' (lambda_param_no_default | ',') lambda_param_maybe_default* a:'*' (lambda_param_no_default | ',') -> at a "* argument may appear only once"
bad_lambda_kwds = '**' NAME a:'=' -> at a "var-keyword argument cannot have default value"
  | '**' NAME ',' a:NAME -> at a "arguments cannot follow var-keyword argument"
  | '**' NAME ',' a:('*' | '**' | '/') -> at a "arguments cannot follow var-keyword argument"
bad_double_comments = TYPE_COMMENT NEWLINE TYPE_COMMENT NEWLINE INDENT -> last "Cannot have two type comments on def"
bad_with_item = expression 'as' a:expression &(',' | ')' | ':') -> call invalidTarget a
bad_for_target = 'async'? 'for' a:star_expressions -> call invalidForTarget a
bad_group = '(' a:starred_expression ')' -> at a "cannot use starred expression here"
  | '(' a:'**' expression ')' -> at a "cannot use double starred expression here"
bad_import_targets = import_as_names ',' NEWLINE -> last "trailing comma not allowed without surrounding parentheses"
bad_with = 'async'? 'with' (expression ('as' star_target)?)%',' NEWLINE -> last "expected ':'"
  | 'async'? 'with' '(' (expressions ('as' star_target)?)%',' ','? ')' NEWLINE -> last "expected ':'"
bad_with_indent = 'async'? a:'with' (expression ('as' star_target)?)%',' ':' NEWLINE !INDENT -> indent "expected an indented block after 'with' statement on line {a.line}"
  | 'async'? a:'with' '(' (expressions ('as' star_target)?)%',' ','? ')' ':' NEWLINE !INDENT -> indent "expected an indented block after 'with' statement on line {a.line}"
bad_try = a:'try' ':' NEWLINE !INDENT -> indent "expected an indented block after 'try' statement on line {a.line}"
  | 'try' ':' block !('except' | 'finally') -> last "expected 'except' or 'finally' block"
  | 'try' ':' block* except+ a:'except' b:'*' expression ('as' NAME)? ':' -> from a to b "cannot have both 'except' and 'except*' on the same 'try'"
  | 'try' ':' block* except_star+ a:'except' (expression ('as' NAME)?)? ':' -> at a "cannot have both 'except' and 'except*' on the same 'try'"
bad_except = 'except' '*'? a:expression ',' expressions ('as' NAME)? ':' -> since a "multiple exception types must be parenthesized"
  | 'except' '*'? expression ('as' NAME)? NEWLINE -> last "expected ':'"
  | 'except' NEWLINE -> last "expected ':'"
  | 'except' '*' (NEWLINE | ':') -> last "expected one or more exception types"
bad_finally = a:'finally' ':' NEWLINE !INDENT -> indent "expected an indented block after 'finally' statement on line {a.line}"
bad_except_indent = a:'except' expression ('as' NAME)? ':' NEWLINE !INDENT -> indent "expected an indented block after 'except' statement on line {a.line}"
  | a:'except' ':' NEWLINE !INDENT -> indent "expected an indented block after 'except' statement on line {a.line}"
bad_except_star_indent = a:'except' '*' expression ('as' NAME)? ':' NEWLINE !INDENT -> indent "expected an indented block after 'except*' statement on line {a.line}"
bad_match = "match" subject NEWLINE -> last "expected ':'"
  | a:"match" subject ':' NEWLINE !INDENT -> indent "expected an indented block after 'match' statement on line {a.line}"
bad_case = "case" patterns guard? NEWLINE -> last "expected ':'"
  | a:"case" patterns guard? ':' NEWLINE !INDENT -> indent "expected an indented block after 'case' statement on line {a.line}"
bad_as_pattern = or_pattern 'as' a:"_" -> at a "cannot use '_' as a target" | or_pattern 'as' !NAME a:expression -> at a "invalid pattern target"
bad_class_pattern = name_or_attr '(' a:bad_class_arguments -> at a "positional patterns follow keyword patterns"
bad_class_arguments = (positional_patterns ',')? keyword_patterns ',' a:positional_patterns -> same a
bad_if = 'if' named_expression NEWLINE -> last "expected ':'"
  | a:'if' named_expression ':' NEWLINE !INDENT -> indent "expected an indented block after 'if' statement on line {a.line}"
bad_elif = 'elif' named_expression NEWLINE -> last "expected ':'"
  | a:'elif' named_expression ':' NEWLINE !INDENT -> indent "expected an indented block after 'elif' statement on line {a.line}"
bad_else = a:'else' ':' NEWLINE !INDENT -> indent "expected an indented block after 'else' statement on line {a.line}"
bad_while = 'while' named_expression NEWLINE -> last "expected ':'"
  | a:'while' named_expression ':' NEWLINE !INDENT -> indent "expected an indented block after 'while' statement on line {a.line}"
bad_for = 'async'? 'for' star_targets 'in' star_expressions NEWLINE -> last "expected ':'"
  | 'async'? a:'for' star_targets 'in' star_expressions ':' NEWLINE !INDENT -> indent "expected an indented block after 'for' statement on line {a.line}"
bad_def = 'async'? a:'def' NAME '(' params? ')' ('->' expression)? ':' NEWLINE !INDENT -> indent "expected an indented block after function definition on line {a.line}"
bad_class = 'class' NAME ('(' arguments? ')')? NEWLINE -> last "expected ':'"
  | a:'class' NAME ('(' arguments? ')')? ':' NEWLINE !INDENT -> indent "expected an indented block after class definition on line {a.line}"
bad_pairs = double_starred_pair%',' ',' bad_pair
  | expression ':' a:'*' bit_or -> since a "cannot use a starred expression in a dictionary value"
  | expression a:':' &('}' | ',') -> at a "expression expected after dictionary key and ':'"
bad_pair = a:expression !':' -> call missingColon a
  | expression ':' a:'*' bit_or -> since a "cannot use a starred expression in a dictionary value"
  | expression a:':' &('}' | ',') -> at a "expression expected after dictionary key and ':'"
"""#

/// How a node can be described in a message; the raw text after `->` in the table.
enum NodeTag: String {
    case sequence, token, absent, many
    case Tuple, Conditional, Yield, Starred, Named, Operation, Compare, Await, Attribute, Call, Subscript, Name, True, False, None
    case Literal, Ellipsis, List, Set, Dict, ListComp, SetComp, Generator, DictComp, Lambda, Args, Keyword, KeywordUnpacking, FString

    var description: String {
        switch self {
        case .Tuple: "tuple"
        case .Conditional: "conditional expression"
        case .Yield: "yield expression"
        case .Starred: "starred"
        case .Named: "named expression"
        case .Operation: "expression"
        case .Compare: "comparison"
        case .Await: "await expression"
        case .Attribute: "attribute"
        case .Call: "function call"
        case .Subscript: "subscript"
        case .Name, .token: "name"
        case .True, .False, .None: rawValue
        case .Literal: "literal"
        case .Ellipsis: "ellipsis"
        case .List: "list"
        case .Set: "set display"
        case .Dict: "dict literal"
        case .ListComp: "list comprehension"
        case .SetComp: "set comprehension"
        case .Generator: "generator expression"
        case .DictComp: "dict comprehension"
        case .Lambda: "lambda"
        case .FString: "f-string expression"
        default: "expression"
        }
    }
}
