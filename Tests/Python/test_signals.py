"""signal: handlers, timers, masks, the wakeup descriptor, KeyboardInterrupt in blocking calls."""
import os, select, signal, threading, time
from harness import raises, run


def test_handlers():
    log = []
    old = signal.signal(signal.SIGUSR1, lambda number, frame: log.append((number, frame.f_code.co_name)))
    assert old is signal.SIG_DFL and callable(signal.getsignal(signal.SIGUSR1))
    signal.raise_signal(signal.SIGUSR1)
    assert log == [(signal.SIGUSR1, "test_handlers")]
    os.kill(os.getpid(), signal.SIGUSR1)
    assert len(log) == 2
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGUSR1)
    assert len(log) == 2 and signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler and signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN
    raises(ValueError, "signal number out of range", lambda: signal.signal(1000, signal.SIG_DFL))
    raises(TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object", lambda: signal.signal(signal.SIGUSR1, 3))
    raises(OSError, None, lambda: signal.signal(signal.SIGKILL, lambda *a: 0))


def test_handlers_that_raise():
    class Stop(Exception):
        pass

    def stop(number, frame):
        raise Stop

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    raises(Stop, "", lambda: [None for _ in iter(int, 1)])
    for block in (lambda: time.sleep(30), signal.pause, threading.Lock().acquire, lambda: select.select([], [], [], 30), lambda: os.read(os.pipe()[0], 1),
                  lambda: threading.Event().wait(30)):
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        started = time.monotonic()
        if getattr(block, "__name__", "") == "acquire":
            lock = block.__self__
            lock.acquire()
        raises(Stop, "", block)
        assert time.monotonic() - started < 10
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_interrupted_calls_go_on():
    log = []
    signal.signal(signal.SIGALRM, lambda *a: log.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    started = time.monotonic()
    time.sleep(0.1)
    assert time.monotonic() - started >= 0.1 and len(log) > 2
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_keyboard_interrupt():
    def interrupt():
        time.sleep(0.03)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    raises(KeyboardInterrupt, "", lambda: threading.Event().wait(20))
    thread.join()
    import _thread
    def simulate():
        time.sleep(0.03)
        _thread.interrupt_main()
    thread = threading.Thread(target=simulate)
    thread.start()
    def spin():
        while True:
            pass
    raises(KeyboardInterrupt, "", spin)
    thread.join()


def test_masks_and_waiting():
    old = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    assert signal.SIGUSR1 not in old and signal.SIGUSR1 in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    assert signal.sigpending() == {signal.SIGUSR1} and signal.sigwait({signal.SIGUSR1}) == signal.SIGUSR1
    assert signal.sigtimedwait([signal.SIGUSR1], 0.01) is None
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    info = signal.sigwaitinfo([signal.SIGUSR1])
    assert info.si_signo == signal.SIGUSR1 and info.si_pid == os.getpid() and len(info) == 7
    signal.pthread_sigmask(signal.SIG_SETMASK, old)
    raises(ValueError, "signal number 1000 out of range [1; 64]", lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [1000]))
    raises(ValueError, "timeout must be non-negative", lambda: signal.sigtimedwait([2], -1))
    assert signal.SIGINT in signal.valid_signals() and 32 not in signal.valid_signals() and signal.strsignal(2) == "Interrupt"


def test_wakeup_descriptor():
    reader, writer = os.pipe()
    raises(ValueError, f"the fd {writer} must be in non-blocking mode", lambda: signal.set_wakeup_fd(writer))
    os.set_blocking(writer, False)
    assert signal.set_wakeup_fd(writer) == -1
    signal.signal(signal.SIGUSR1, lambda *a: None)
    signal.raise_signal(signal.SIGUSR1)
    assert os.read(reader, 10) == bytes([signal.SIGUSR1]) and signal.set_wakeup_fd(-1) == writer
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    errors = []
    def elsewhere():
        try:
            signal.signal(signal.SIGUSR1, signal.SIG_DFL)
        except ValueError as error:
            errors.append(str(error))
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert errors == ["signal only works in main thread of the main interpreter"]


def test_signal_numbers_out_of_range():
    import signal
    raises(ValueError, "signal number 65 out of range [1; 64]", signal.pthread_sigmask, signal.SIG_BLOCK, [65])
    raises(ValueError, None, signal.pthread_sigmask, signal.SIG_BLOCK, [1 << 100])


def test_handlers_after_long_native_calls():
    import math
    import re

    class Stop(Exception):
        pass

    def stop(number, frame):
        raise Stop

    log = []
    signal.signal(signal.SIGALRM, lambda number, frame: log.append(number))
    try:
        # No loop and no function in Python comes between.
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        math.factorial(30000)
        seen = len(log)
        assert seen == 1
        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        raises(Stop, "", lambda: re.match("(a+)+$", "a" * 40 + "b"))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


run(globals())
