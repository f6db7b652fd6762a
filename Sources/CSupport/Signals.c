/// What runs inside signal handlers: noting that a signal has come, and the last words of a crashing process. Everything here is async-signal-safe.
#define _GNU_SOURCE
#include "CSupport.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGNALS 65

static atomic_bool pending[SIGNALS];
static atomic_bool anyPending;
static ThreadState *mainThread;
static uint32_t breaker;
static atomic_int wakeup = -1;
static atomic_int wakeupError;
static atomic_bool warnsWhenFull = true;

void taipan_signals_start(ThreadState *main, uint32_t breakerBit) {
    mainThread = main;
    breaker = breakerBit;
}

void taipan_signal_trip(int number) {
    if (number < 1 || number >= SIGNALS) return;
    int saved = errno;
    atomic_store(&pending[number], true);
    atomic_store(&anyPending, true);
    if (mainThread) taipan_breaker_set(mainThread, breaker);
    int descriptor = atomic_load(&wakeup);
    if (descriptor >= 0) {
        unsigned char byte = (unsigned char)number;
        // A socket is written to without SIGPIPE, which could come back here.
        ssize_t written = send(descriptor, &byte, 1, MSG_NOSIGNAL);
        if (written < 0 && errno == ENOTSOCK) written = write(descriptor, &byte, 1);
        if (written < 0 && (atomic_load(&warnsWhenFull) || (errno != EAGAIN && errno != EWOULDBLOCK))) {
            atomic_store(&wakeupError, errno);
            if (mainThread) taipan_breaker_set(mainThread, breaker);
        }
    }
    errno = saved;
}

/// The handler. The kernel gives a signal to any thread that does not block it, but only the main thread serves it, and may be waiting in a system
/// call that must be interrupted: other threads pass it on.
static void onSignal(int number) {
    if (mainThread && mainThread->identifier && !pthread_equal(pthread_self(), (pthread_t)mainThread->identifier)) {
        int saved = errno;
        int failed = pthread_kill((pthread_t)mainThread->identifier, number);
        errno = saved;
        if (!failed) return;
    }
    taipan_signal_trip(number);
}

void taipan_signal_rearm(int number) {
    atomic_store(&pending[number], true);
    atomic_store(&anyPending, true);
    if (mainThread) taipan_breaker_set(mainThread, breaker);
}

bool taipan_signal_take(int number) { return atomic_exchange(&pending[number], false); }
bool taipan_signal_any(void) { return atomic_exchange(&anyPending, false); }

int taipan_signal_set_wakeup(int descriptor, bool warnOnFullBuffer) {
    atomic_store(&warnsWhenFull, warnOnFullBuffer);
    return atomic_exchange(&wakeup, descriptor);
}

int taipan_signal_wakeup_error(void) { return atomic_exchange(&wakeupError, 0); }

int taipan_signal_action(int number) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0) return -1;
    if (action.sa_flags & SA_SIGINFO) return 3;
    if (action.sa_handler == SIG_DFL) return 0;
    if (action.sa_handler == SIG_IGN) return 1;
    return action.sa_handler == onSignal ? 2 : 3;
}

int taipan_signal_set_action(int number, int what, bool restart) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = what == 0 ? SIG_DFL : what == 1 ? SIG_IGN : onSignal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_ONSTACK | (restart ? SA_RESTART : 0);
    return sigaction(number, &action, NULL);
}

int64_t taipan_pidfd_send_signal(int descriptor, int number, unsigned flags) {
#ifdef SYS_pidfd_send_signal
    return syscall(SYS_pidfd_send_signal, descriptor, number, NULL, flags);
#else
    errno = ENOSYS;
    return -1;
#endif
}

// Fatal signals

static const struct {
    int number;
    const char *name;
} fatal[] = {
    {SIGSEGV, "Segmentation fault"}, {SIGFPE, "Floating point exception"}, {SIGABRT, "Aborted"}, {SIGBUS, "Bus error"}, {SIGILL, "Illegal instruction"},
};
#define FATAL (sizeof fatal / sizeof fatal[0])

static struct sigaction previousFatal[FATAL];
static bool faultEnabled;
static int faultDescriptor;
static void (*faultDump)(int);
static stack_t alternate;

static void writeText(int descriptor, const char *text) {
    ssize_t ignored = write(descriptor, text, strlen(text));
    (void)ignored;
}

static void onFatal(int number) {
    int saved = errno;
    for (size_t i = 0; i < FATAL; i++) {
        if (fatal[i].number != number) continue;
        sigaction(number, &previousFatal[i], NULL);
        writeText(faultDescriptor, "Fatal Python error: ");
        writeText(faultDescriptor, fatal[i].name);
        writeText(faultDescriptor, "\n\n");
    }
    faultDump(faultDescriptor);
    errno = saved;
    // The previous action takes over when this handler returns.
    raise(number);
}

bool taipan_fault_enable(int descriptor, void (*dump)(int)) {
    faultDescriptor = descriptor;
    faultDump = dump;
    if (faultEnabled) return true;
    if (!alternate.ss_sp) {
        alternate.ss_size = 256 << 10;
        alternate.ss_sp = malloc(alternate.ss_size);
        if (!alternate.ss_sp) return false;
        if (sigaltstack(&alternate, NULL) != 0) return false;
    }
    for (size_t i = 0; i < FATAL; i++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = onFatal;
        sigemptyset(&action.sa_mask);
        action.sa_flags = SA_NODEFER | SA_ONSTACK;
        if (sigaction(fatal[i].number, &action, &previousFatal[i]) != 0) return false;
    }
    faultEnabled = true;
    return true;
}

void taipan_fault_disable(void) {
    if (!faultEnabled) return;
    faultEnabled = false;
    for (size_t i = 0; i < FATAL; i++) sigaction(fatal[i].number, &previousFatal[i], NULL);
}

static struct {
    bool enabled;
    bool chain;
    int descriptor;
    void (*dump)(int);
    struct sigaction previous;
} registered[SIGNALS];

static void onRegistered(int number) {
    int saved = errno;
    registered[number].dump(registered[number].descriptor);
    if (registered[number].chain) {
        struct sigaction own;
        sigaction(number, &registered[number].previous, &own);
        errno = saved;
        raise(number);
        saved = errno;
        sigaction(number, &own, NULL);
    }
    errno = saved;
}

int taipan_fault_register(int number, int descriptor, bool chain, void (*dump)(int)) {
    registered[number].descriptor = descriptor;
    registered[number].chain = chain;
    registered[number].dump = dump;
    if (registered[number].enabled) return 0;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = onRegistered;
    sigemptyset(&action.sa_mask);
    // A chained handler may be the same signal's: it must be let in.
    action.sa_flags = SA_RESTART | SA_ONSTACK | (chain ? SA_NODEFER : 0);
    if (sigaction(number, &action, &registered[number].previous) != 0) return -1;
    registered[number].enabled = true;
    return 0;
}

int taipan_fault_unregister(int number) {
    if (!registered[number].enabled) return 0;
    registered[number].enabled = false;
    sigaction(number, &registered[number].previous, NULL);
    return 1;
}
