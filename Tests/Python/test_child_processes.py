"""subprocess: what a child that is made without copying its parent's memory has and does not have."""
import os
import signal
import subprocess
import sys

from harness import raises, run


def child(code, **keywords):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, **keywords).stdout.strip()


def test_signals_of_a_child():
    shown = "import signal; print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), *[signal.getsignal(one) is signal.SIG_DFL for one in (signal.SIGUSR1, signal.SIGUSR2)])"
    old = signal.signal(signal.SIGUSR1, lambda *given: None), signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        assert child(shown) == f"[<Signals.SIGTERM: {int(signal.SIGTERM)}>] True False"
        assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before | {signal.SIGTERM}
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGUSR1, old[0])
        signal.signal(signal.SIGUSR2, old[1])


def test_failures_and_results():
    error = raises(FileNotFoundError, None, subprocess.run, ["/no/such/program"])
    assert error.filename == "/no/such/program"
    error = raises(FileNotFoundError, None, subprocess.run, [sys.executable], cwd="/no/such/directory")
    assert error.filename == "/no/such/directory"
    raises(PermissionError, None, subprocess.run, ["/"])
    assert subprocess.run([sys.executable, "-c", "raise SystemExit(7)"]).returncode == 7
    assert child("import os; print(os.getcwd(), os.environ.get('A'), os.getsid(0) == os.getpid())", cwd="/", env={"A": "b"}, start_new_session=True) == "/ b True"
    seen = []
    assert child("print(1)", preexec_fn=lambda: seen.append(1)) == "1" and seen == []
    raises(subprocess.SubprocessError, "Exception occurred in preexec_fn.", subprocess.run, [sys.executable], preexec_fn=lambda: 1 // 0)
    read, write = os.pipe()
    assert child(f"import os; os.write({write}, b'x')", pass_fds=[write]) == "" and os.read(read, 5) == b"x"
    os.close(read)
    os.close(write)


def test_shared_memory_may_be_refused():
    subprocess._USE_VFORK = False
    try:
        assert child("print(2)") == "2"
    finally:
        subprocess._USE_VFORK = True


run(globals())
