"""One interpreter's part of the benchmark: `measure.py MODULE FILE` answers each line `loads` or `dumps` with the processor seconds of one call.

The module is `json`, `capiyajl` or `hpyajl`, the file a JSON document.
"""
import importlib, sys, time


def main():
    name, file = sys.argv[1:]
    module = importlib.import_module(name)
    with open(file, encoding="utf-8") as source:
        text = source.read()
    document = module.loads(text)
    # Whatever it was read and written by, it is the same document.
    import json
    assert document == json.loads(text) == json.loads(module.dumps(document))
    calls = {"loads": (module.loads, text), "dumps": (module.dumps, document)}
    print("ready", flush=True)
    for line in sys.stdin:
        function, argument = calls[line.strip()]
        start = time.process_time()
        # The result dies at once, and its death is part of the time.
        function(argument)
        print(time.process_time() - start, flush=True)


main()
