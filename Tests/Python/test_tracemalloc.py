"""tracemalloc: what is alive, and where it was made."""
import gc
import os
import subprocess
import sys
import tracemalloc

from harness import raises, run


def this_line():
    return sys._getframe(1).f_lineno


def traced(function, frames=1):
    tracemalloc.start(frames)
    try:
        return function()
    finally:
        tracemalloc.stop()


def test_tracing_is_off_until_it_is_started():
    assert not tracemalloc.is_tracing()
    assert tracemalloc.get_traced_memory() == (0, 0)
    assert tracemalloc.get_object_traceback([]) is None
    raises(RuntimeError, "the tracemalloc module must be tracing memory allocations to take a snapshot", tracemalloc.take_snapshot)
    assert traced(tracemalloc.is_tracing)
    assert not tracemalloc.is_tracing()


def test_the_number_of_frames_is_checked():
    for number in 0, -1, 65536, 2 ** 30:
        raises(ValueError, "the number of frames must be in range [1; 65535]", tracemalloc.start, number)
    assert traced(tracemalloc.get_traceback_limit, 7) == 7


def test_memory_in_use_grows_and_shrinks():
    def body():
        before = tracemalloc.get_traced_memory()[0]
        kept = [bytes(10_000) for _ in range(100)]
        during, peak = tracemalloc.get_traced_memory()
        assert 1_000_000 < during - before < 1_100_000 and peak >= during
        del kept
        gc.collect()
        after, peak = tracemalloc.get_traced_memory()
        assert after - before < 100_000 and peak >= during
        tracemalloc.reset_peak()
        after, peak = tracemalloc.get_traced_memory()
        assert peak < during
    traced(body)


def test_an_object_tells_where_it_was_made():
    def make():
        return bytearray(5000), this_line()

    def body():
        made, line = make()
        calls = this_line() - 1
        frames = list(reversed(tracemalloc.get_object_traceback(made)))
        assert [(os.path.basename(frame.filename), frame.lineno) for frame in frames[:2]] == [(os.path.basename(__file__), line), (os.path.basename(__file__), calls)]
        assert len(frames) == 3
    traced(body, 3)


def test_a_display_tells_its_line():
    def body():
        n = this_line()
        # Too long for CPython's store of tuples, which it does not trace.
        many = (n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n)
        assert tracemalloc.get_object_traceback(many)[0].lineno == n + 2
    traced(body)


def test_a_snapshot_finds_the_line_that_made_most():
    def body():
        kept = []
        for number in range(200):
            kept.append(str(number) * 1000)
        line = this_line() - 1
        snapshot = tracemalloc.take_snapshot()
        top = snapshot.statistics("lineno")[0]
        assert (os.path.basename(top.traceback[0].filename), top.traceback[0].lineno) == (os.path.basename(__file__), line)
        assert top.size > 400_000 and 200 <= top.count < 450
        kept.clear()
        gc.collect()
        change = tracemalloc.take_snapshot().compare_to(snapshot, "lineno")[0]
        assert change.traceback == top.traceback and change.size_diff < -400_000
    traced(body)


def test_cleared_traces_are_gone():
    def body():
        made = bytearray(100)
        assert tracemalloc.get_object_traceback(made) is not None
        tracemalloc.clear_traces()
        assert tracemalloc.get_object_traceback(made) is None
        assert tracemalloc.get_traced_memory()[0] < 10_000
    traced(body)


def test_options_start_it():
    def output(*options, **environment):
        command = [sys.executable, *options, "-c", "import tracemalloc; print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())"]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
        return done.stdout.strip() if done.returncode == 0 else done.stderr.splitlines()[0]
    assert output() == "False 1"
    assert output("-X", "tracemalloc") == "True 1"
    assert output("-X", "tracemalloc=15") == "True 15"
    assert output("-X", "tracemalloc=0") == "False 1"
    assert output(PYTHONTRACEMALLOC="4") == "True 4"
    assert output("-E", PYTHONTRACEMALLOC="4") == "False 1"
    assert output("-X", "tracemalloc=x") == "Fatal Python error: config_init_tracemalloc: -X tracemalloc=NFRAME: invalid number of frames"
    assert output(PYTHONTRACEMALLOC="-1") == "Fatal Python error: config_init_tracemalloc: PYTHONTRACEMALLOC: invalid number of frames"


run(globals())
