class Outer:
    class Error(Exception):
        pass


def local():
    class Local(Exception):
        pass
    raise Local("x") from Outer.Error()


local()
