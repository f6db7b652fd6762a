"""Pygments turns sources of its own, and snippets in other languages, into HTML."""
import hashlib
import os

import pygments
from pygments import highlight
from pygments.formatters import HtmlFormatter, LatexFormatter, TerminalFormatter
from pygments.lexers import PythonLexer, get_lexer_by_name, guess_lexer

folder = os.path.dirname(pygments.__file__)
for name in ["lexer.py", "style.py", "formatters/html.py"]:
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        source = file.read()
    html = highlight(source, PythonLexer(), HtmlFormatter(linenos="table", full=True, title=name))
    print(name, len(html), hashlib.sha256(html.encode()).hexdigest())
print(html[:1500])
snippets = {
    "c": "#include <stdio.h>\nint main(void) { printf(\"%d\\n\", 0x1F); return 0; } /* end */\n",
    "json": '{"a": [1, 2.5e3, true, null], "b": "\\u00e9"}',
    "html": "<p class='x'>&amp; <script>var a = 1;</script></p>",
    "sql": "SELECT a, COUNT(*) FROM t WHERE b LIKE '%x' GROUP BY a; -- done",
    "rust": "fn main() { let x: Vec<u8> = vec![1, 2]; println!(\"{:?}\", x); }",
}
for language, text in snippets.items():
    print(language, highlight(text, get_lexer_by_name(language), HtmlFormatter(style="monokai")))
print(highlight(snippets["c"], get_lexer_by_name("c"), TerminalFormatter()))
print(highlight(snippets["json"], get_lexer_by_name("json"), LatexFormatter()))
print(HtmlFormatter(style="default").get_style_defs(".highlight")[:800])
print(guess_lexer("#!/usr/bin/python\nprint('x')").name)
