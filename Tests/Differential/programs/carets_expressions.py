"""Where the carets stand: operators, calls, subscripts, attributes, over lines and wide characters."""
import sys


def attempt(function):
    try:
        function()
    except Exception:
        sys.excepthook(*sys.exc_info())


a, b, d, none = 1, 0, {"k": {}}, None
attempt(lambda: a + b / b)
attempt(lambda: (a + a) // (b * a))
attempt(lambda: d["k"]["missing"]["x"])
attempt(lambda: none.attribute.other)
attempt(lambda: len(none))
attempt(lambda: "é" + "漢字" + none)
attempt(lambda: -none)
attempt(lambda: a if none > a else b)
attempt(lambda: a < none)
attempt(lambda: [x for x in none])
attempt(lambda: print(*none))
attempt(lambda: f"{a}{none.x}")
attempt(lambda: a()(b))
attempt(lambda: d["k"][
    "over lines"
])
attempt(lambda: (a +
                 none))
attempt(lambda: none[a:b])
attempt(lambda: {**none})
attempt(lambda: a @ b)
