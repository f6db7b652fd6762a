def read():
    return {"a": 1}["b"]


def load():
    try:
        read()
    except KeyError as error:
        raise RuntimeError("cannot load") from error


load()
