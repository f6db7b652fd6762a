"""One interpreter's part of the benchmark: `measure.py MODULE FILE ROUNDS` prints the least processor seconds of loads and of dumps.

The module is `json`, `capiyajl` or `hpyajl`, the file a JSON document.
"""
import importlib, sys, time


def best(function, argument, rounds):
    """The least time of some calls; a call's result dies before the next, and its death is part of the time."""
    least = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        function(argument)
        least = min(least, time.process_time() - start)
    return least


def main():
    name, file, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    module = importlib.import_module(name)
    with open(file, encoding="utf-8") as source:
        text = source.read()
    document = module.loads(text)
    # Whatever it was read and written by, it is the same document.
    import json
    assert document == json.loads(text) == json.loads(module.dumps(document))
    print(best(module.loads, text, rounds), best(module.dumps, document, rounds))


main()
