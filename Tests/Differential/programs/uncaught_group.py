def fail(kind, text):
    raise kind(text)


def collect():
    errors = []
    for kind, text in [(ValueError, "first"), (KeyError, "second")]:
        try:
            fail(kind, text)
        except Exception as e:
            errors.append(e)
    inner = ExceptionGroup("inner", [OSError("o"), TypeError("t\nlines")])
    inner.add_note("a note")
    raise ExceptionGroup("outer", errors + [inner])


collect()
