"""_thread and threading: locks, thread-local data, starting and ending, the interpreter lock."""
import _thread, gc, queue, sys, threading, time
from harness import raises, run


def test_lock():
    lock = _thread.allocate_lock()
    assert not lock.locked() and lock.acquire() is True and lock.locked() and lock.acquire(False) is False and lock.acquire(timeout=0.01) is False
    assert repr(lock).startswith("<locked _thread.lock object at 0x")
    lock.release()
    raises(RuntimeError, "release unlocked lock", lock.release)
    with lock:
        assert lock.locked()
    raises(ValueError, "can't specify a timeout for a non-blocking call", lambda: lock.acquire(False, 1))
    raises(ValueError, "timeout value must be positive", lambda: lock.acquire(True, -2))
    raises(OverflowError, None, lambda: lock.acquire(True, 1e20))
    lock.acquire()
    lock._at_fork_reinit()
    assert not lock.locked()


def test_recursive_lock():
    lock = _thread.RLock()
    assert lock.acquire() and lock.acquire() and lock._is_owned()
    raises(RuntimeError, "cannot release un-acquired lock", _thread.RLock().release)
    taken = []
    thread = threading.Thread(target=lambda: taken.append(lock.acquire(False)))
    thread.start()
    thread.join()
    assert taken == [False]
    state = lock._release_save()
    assert state == (2, _thread.get_ident()) and not lock._is_owned()
    lock._acquire_restore(state)
    lock.release()
    lock.release()
    assert repr(lock).startswith("<unlocked _thread.RLock object owner=0 count=0 at 0x")


def test_locals():
    class Mine(threading.local):
        number = 7

        def __init__(self, start):
            self.items = [start]

    mine = Mine(1)
    mine.items.append(2)
    seen = {}

    def work():
        seen["first"] = list(mine.items)
        mine.items.append(3)
        mine.other = 4
        seen["dict"] = dict(mine.__dict__)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == {"first": [1], "dict": {"items": [1, 3], "other": 4}} and mine.__dict__ == {"items": [1, 2]} and mine.number == 7
    raises(AttributeError, "'Mine' object has no attribute 'other'", lambda: mine.other)
    raises(AttributeError, "'_thread._local' object has no attribute 'x'", lambda: _thread._local().x)
    raises(AttributeError, "'_thread._local' object attribute '__dict__' is read-only", lambda: setattr(_thread._local(), "__dict__", {}))
    raises(TypeError, "Initialization arguments are not supported", lambda: _thread._local(1))
    del mine.items
    assert mine.__dict__ == {}


def test_many_threads_share_work():
    total, lock, jobs = [0], threading.Lock(), queue.Queue()

    def work():
        while (item := jobs.get()) is not None:
            value = sum(k * k for k in range(item))
            with lock:
                total[0] += value
            jobs.task_done()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for item in range(300):
        jobs.put(item)
    jobs.join()
    for _ in threads:
        jobs.put(None)
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert total[0] == sum(sum(k * k for k in range(item)) for item in range(300))


def test_collecting_while_others_wait():
    gate = threading.Event()
    results = []

    def work(number):
        kept = [[number, k] for k in range(200)]
        gate.wait()
        results.append(kept == [[number, k] for k in range(200)])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    for _ in range(3):
        gc.collect()
        junk = [[k] for k in range(20000)]
    gate.set()
    for thread in threads:
        thread.join()
    assert results == [True] * 10


def test_busy_threads_take_turns():
    stop, counts = [], [0, 0]

    def spin(place):
        while not stop:
            counts[place] += 1

    threads = [threading.Thread(target=spin, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    stop.append(1)
    for thread in threads:
        thread.join()
    assert min(counts) > 100, counts


def test_condition_event_barrier_semaphore():
    condition, log = threading.Condition(), []

    def consume():
        with condition:
            assert condition.wait_for(lambda: log == ["ready"], timeout=5)
            log.append("seen")

    thread = threading.Thread(target=consume)
    thread.start()
    with condition:
        log.append("ready")
        condition.notify_all()
    thread.join()
    assert log == ["ready", "seen"]
    barrier = threading.Barrier(3)
    orders = []
    threads = [threading.Thread(target=lambda: orders.append(barrier.wait())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(orders) == [0, 1, 2]
    semaphore = threading.BoundedSemaphore(1)
    assert semaphore.acquire() and not semaphore.acquire(blocking=False)
    semaphore.release()
    raises(ValueError, "Semaphore released too many times", semaphore.release)
    assert not threading.Event().wait(0.01)


def test_exceptions_in_threads():
    caught = []
    saved, threading.excepthook = threading.excepthook, lambda args: caught.append((args.exc_type, str(args.exc_value), args.thread.name))
    try:
        thread = threading.Thread(target=lambda: 1 / 0, name="worker")
        thread.start()
        thread.join()
    finally:
        threading.excepthook = saved
    assert caught == [(ZeroDivisionError, "division by zero", "worker")]
    raises(TypeError, "first arg must be callable", lambda: _thread.start_new_thread(1, ()))
    raises(TypeError, "2nd arg must be a tuple", lambda: _thread.start_new_thread(len, 1))
    raises(TypeError, "optional 3rd arg must be a dictionary", lambda: _thread.start_new_thread(len, (), 1))
    done = _thread.allocate_lock()
    done.acquire()

    def leave():
        done.release()
        _thread.exit()

    _thread.start_new_thread(leave, ())
    assert done.acquire(timeout=5)


def test_numbers():
    assert _thread.get_ident() == threading.get_ident() == threading.main_thread().ident
    assert _thread.stack_size() == 0 and _thread.stack_size(1 << 20) == 0 and _thread.stack_size(0) == 1 << 20
    raises(ValueError, "size not valid: 100 bytes", lambda: _thread.stack_size(100))
    assert _thread.TIMEOUT_MAX == 9223372036.0 and _thread.error is RuntimeError and _thread._count() == 0
    deep = []

    def recurse(n):
        return n and recurse(n - 1)

    def work():
        try:
            recurse(10**6)
        except RecursionError:
            deep.append(recurse(500))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert deep == [0]


def test_timer_and_daemon():
    fired = threading.Event()
    timer = threading.Timer(0.01, fired.set)
    timer.start()
    assert fired.wait(5)
    thread = threading.Thread(target=time.sleep, args=(100,), daemon=True)
    thread.start()
    assert thread.daemon and thread.is_alive()


def test_a_wait_for_what_a_dead_object_would_do():
    # Nobody collects meanwhile: the end of the executor, which ends its thread, must come all the same.
    from concurrent.futures import ThreadPoolExecutor
    executor = ThreadPoolExecutor(1)
    assert executor.submit(abs, -1).result() == 1
    threads = list(executor._threads)
    del executor
    threads[0].join(20)
    assert not threads[0].is_alive()


def test_the_import_lock():
    import _imp
    assert not _imp.lock_held()
    raises(RuntimeError, "not holding the import lock", _imp.release_lock)
    _imp.acquire_lock()
    _imp.acquire_lock()
    order = []

    def other():
        raises(RuntimeError, "not holding the import lock", _imp.release_lock)
        order.append("asked")
        _imp.acquire_lock()
        order.append("had")
        _imp.release_lock()

    thread = threading.Thread(target=other)
    thread.start()
    while not order:
        time.sleep(0.001)
    _imp.release_lock()
    time.sleep(0.02)
    assert order == ["asked"] and _imp.lock_held()
    _imp.release_lock()
    thread.join()
    assert order == ["asked", "had"] and not _imp.lock_held()


def test_a_fork_waits_for_the_import_lock():
    import _imp, os
    started = threading.Event()
    state = []

    def importer():
        _imp.acquire_lock()
        state.append("half")
        started.set()
        time.sleep(0.05)
        state.append("done")
        _imp.release_lock()

    thread = threading.Thread(target=importer)
    thread.start()
    started.wait()
    child = os.fork()
    if child == 0:
        os._exit(7 if state[-1] == "done" and not _imp.lock_held() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    thread.join()


def test_imports_in_a_circle_from_two_threads():
    import os, shutil, tempfile
    folder = tempfile.mkdtemp()
    for name, other, value in ("circle_a", "circle_b", "a"), ("circle_b", "circle_a", "b"):
        with open(os.path.join(folder, name + ".py"), "w") as file:
            file.write("import time\ntime.sleep(0.1)\nx = %r\nimport %s\n" % (value, other))
    sys.path.insert(0, folder)
    try:
        results = []
        threads = [threading.Thread(target=lambda name=name: results.append(__import__(name).x)) for name in ("circle_a", "circle_b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == ["a", "b"]
    finally:
        sys.path.remove(folder)
        shutil.rmtree(folder)


run(globals())
