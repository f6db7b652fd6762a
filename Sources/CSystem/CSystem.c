#define _GNU_SOURCE
#include "CSystem.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utmp.h>

extern char **environ;

// MARK: fork and exec

static void close_range_of(int first, int last) {
    if (first > last) return;
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, (unsigned)last, 0u) == 0) return;
#endif
    long most = sysconf(_SC_OPEN_MAX);
    if (most < 0) most = 1024;
    if (last >= most) last = (int)most - 1;
    for (int descriptor = first; descriptor <= last; descriptor++) close(descriptor);
}

static int set_inheritable(int descriptor) {
    int flags = fcntl(descriptor, F_GETFD);
    if (flags < 0) return -1;
    return fcntl(descriptor, F_SETFD, flags & ~FD_CLOEXEC);
}

static void write_all(int descriptor, const char *text) {
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t written = write(descriptor, text, length);
        if (written <= 0) return;
        text += written;
        length -= (size_t)written;
    }
}

/// Gives a child that was made with all signals blocked its parent's mask. Signals that would run the parent's handlers get their default action before.
static void restore_signals(const sigset_t *mask) {
    for (int number = 1; number < _NSIG; number++) {
        struct sigaction action;
        if (sigismember(mask, number) == 1 || sigaction(number, NULL, &action) < 0 || action.sa_handler == SIG_IGN || action.sa_handler == SIG_DFL) continue;
        memset(&action, 0, sizeof action);
        action.sa_handler = SIG_DFL;
        sigaction(number, &action, NULL);
    }
    pthread_sigmask(SIG_SETMASK, mask, NULL);
}

/// Never returns. Only async-signal-safe functions may be called, but for `preexec`.
static void child(const ForkExec *plan) {
    int p2cread = plan->p2cread, c2pwrite = plan->c2pwrite, errwrite = plan->errwrite;
    bool executing = false;
    for (size_t index = 0; index < plan->keepCount; index++) {
        if (plan->keep[index] != plan->errpipeWrite && set_inheritable(plan->keep[index]) < 0) goto failed;
    }
    if (plan->p2cwrite >= 0) close(plan->p2cwrite);
    if (plan->c2pread >= 0) close(plan->c2pread);
    if (plan->errread >= 0) close(plan->errread);
    close(plan->errpipeRead);
    // A descriptor that stands where another is to go must first move away.
    if (c2pwrite == 0) {
        c2pwrite = dup(c2pwrite);
        if (c2pwrite < 0 || set_inheritable(c2pwrite) < 0) goto failed;
    }
    while (errwrite == 0 || errwrite == 1) {
        errwrite = dup(errwrite);
        if (errwrite < 0 || set_inheritable(errwrite) < 0) goto failed;
    }
    if (p2cread == 0) {
        if (set_inheritable(0) < 0) goto failed;
    } else if (p2cread > 0 && dup2(p2cread, 0) < 0) goto failed;
    if (c2pwrite == 1) {
        if (set_inheritable(1) < 0) goto failed;
    } else if (c2pwrite > 0 && dup2(c2pwrite, 1) < 0) goto failed;
    if (errwrite == 2) {
        if (set_inheritable(2) < 0) goto failed;
    } else if (errwrite > 0 && dup2(errwrite, 2) < 0) goto failed;

    if (plan->directory && chdir(plan->directory) < 0) goto failed;
    if (plan->umask >= 0) umask((mode_t)plan->umask);
    if (plan->restoreSignals) {
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
    }
    if (plan->callSetsid) setsid();
    if (plan->processGroup >= 0 && setpgid(0, plan->processGroup) < 0) goto failed;
    if (plan->setGroups && setgroups(plan->groupCount, plan->groups) < 0) goto failed;
    if (plan->setGroup && setregid(plan->group, plan->group) < 0) goto failed;
    if (plan->setUser && setreuid(plan->user, plan->user) < 0) goto failed;
    if (plan->hasPreexec && plan->preexec(plan->context) != 0) {
        write_all(plan->errpipeWrite, "SubprocessError:0:Exception occurred in preexec_fn.");
        _exit(255);
    }
    if (plan->signals) {
        restore_signals(plan->signals);
    }
    if (plan->closeFiles) {
        int next = 3;
        for (size_t index = 0; index < plan->keepCount; index++) {
            if (plan->keep[index] < next) continue;
            close_range_of(next, plan->keep[index] - 1);
            next = plan->keep[index] + 1;
        }
        close_range_of(next, 0x7fffffff);
    }
    executing = true;
    int kept = 0;
    for (char *const *executable = plan->executables; *executable; executable++) {
        if (plan->environment) execve(*executable, plan->arguments, plan->environment); else execv(*executable, plan->arguments);
        if (errno != ENOENT && errno != ENOTDIR && kept == 0) kept = errno;
    }
    if (kept) errno = kept;
failed:;
    char text[64];
    int code = errno;
    // snprintf is not async-signal-safe: the number is written by hand.
    char digits[16];
    int count = 0;
    unsigned rest = (unsigned)code;
    do {
        digits[count++] = "0123456789ABCDEF"[rest & 15];
        rest >>= 4;
    } while (rest);
    strcpy(text, "OSError:");
    size_t place = strlen(text);
    while (count > 0) text[place++] = digits[--count];
    text[place++] = ':';
    text[place] = 0;
    write_all(plan->errpipeWrite, text);
    // The parent reads from this text whether the failure was the program's or the directory's.
    if (!executing) write_all(plan->errpipeWrite, "noexec");
    _exit(255);
}

pid_t system_fork_exec(const ForkExec *plan) {
    // A fork copies the tables of all pages. A child that shares the memory until it executes may not run Python, nor change the user, which concerns all threads; nor may a handler run in it.
    bool shares = plan->allowsSharing && !plan->hasPreexec && !plan->setUser && !plan->setGroup && !plan->setGroups;
    if (!shares) {
        pid_t process = fork();
        if (process == 0) child(plan);
        return process;
    }
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_BLOCK, &all, &before) != 0) return -1;
    ForkExec shared = *plan;
    shared.signals = &before;
    pid_t process = vfork();
    if (process == 0) child(&shared);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return process;
}

pid_t system_fork(void) { return fork(); }

// MARK: Signals

int system_sigrtmin(void) { return SIGRTMIN; }
int system_sigrtmax(void) { return SIGRTMAX; }

int system_sigaction_restart(int number, bool interrupts) {
    struct sigaction entry;
    if (sigaction(number, NULL, &entry) < 0) return -1;
    if (interrupts) entry.sa_flags &= ~SA_RESTART; else entry.sa_flags |= SA_RESTART;
    return sigaction(number, &entry, NULL);
}

// MARK: System calls

long system_syscall_pidfd_open(int pid, unsigned flags) { return syscall(SYS_pidfd_open, pid, flags); }
long system_syscall_pidfd_send_signal(int descriptor, int number) { return syscall(SYS_pidfd_send_signal, descriptor, number, NULL, 0); }
long system_memfd_create(const char *name, unsigned flags) { return memfd_create(name, flags); }
int system_openat(int directory, const char *path, int flags, int mode) { return openat(directory, path, flags, mode); }
int system_fcntl_int(int descriptor, int command, long argument) { return fcntl(descriptor, command, argument); }
int system_fcntl_pointer(int descriptor, int command, void *argument) { return fcntl(descriptor, command, argument); }
int system_ioctl_int(int descriptor, unsigned long request, long argument) { return ioctl(descriptor, request, argument); }
int system_ioctl_pointer(int descriptor, unsigned long request, void *argument) { return ioctl(descriptor, request, argument); }
int system_cpu_count(void) { return (int)sysconf(_SC_NPROCESSORS_ONLN); }
int system_getaffinity(int pid, unsigned char *bytes, size_t size) { return sched_getaffinity(pid, size, (cpu_set_t *)bytes); }
int system_setaffinity(int pid, const unsigned char *bytes, size_t size) { return sched_setaffinity(pid, size, (const cpu_set_t *)bytes); }
ssize_t system_copy_file_range(int from, int64_t *fromOffset, int to, int64_t *toOffset, size_t count, unsigned flags) {
    return copy_file_range(from, fromOffset, to, toOffset, count, flags);
}
ssize_t system_splice(int from, int64_t *fromOffset, int to, int64_t *toOffset, size_t count, unsigned flags) {
    return splice(from, fromOffset, to, toOffset, count, flags);
}
int system_login_tty(int descriptor) { return login_tty(descriptor); }
int system_get_priority(int which, int who) { return getpriority((__priority_which_t)which, (id_t)who); }
int system_set_priority(int which, int who, int value) { return setpriority((__priority_which_t)which, (id_t)who, value); }
int system_getrlimit(int resource, struct rlimit *limit) { return getrlimit((__rlimit_resource_t)resource, limit); }
int system_setrlimit(int resource, const struct rlimit *limit) { return setrlimit((__rlimit_resource_t)resource, limit); }
int system_prlimit(int pid, int resource, const struct rlimit *new, struct rlimit *old) { return prlimit(pid, (__rlimit_resource_t)resource, new, old); }
int system_getrusage(int who, struct rusage *usage) { return getrusage((__rusage_who_t)who, usage); }
int system_setitimer(int which, const struct itimerval *value, struct itimerval *old) { return setitimer((__itimer_which_t)which, value, old); }
int system_getitimer(int which, struct itimerval *value) { return getitimer((__itimer_which_t)which, value); }
int system_waitid(int kind, int id, siginfo_t *info, int options) { return waitid((idtype_t)kind, (id_t)id, info, options); }
char **system_environ(void) { return environ; }
int system_pipe2(int *ends, int flags) { return pipe2(ends, flags); }
ssize_t system_preadv2(int descriptor, const struct iovec *parts, int count, int64_t offset, int flags) { return preadv2(descriptor, parts, count, offset, flags); }
ssize_t system_pwritev2(int descriptor, const struct iovec *parts, int count, int64_t offset, int flags) { return pwritev2(descriptor, parts, count, offset, flags); }
int system_setresuid(uid_t a, uid_t b, uid_t c) { return setresuid(a, b, c); }
int system_setresgid(gid_t a, gid_t b, gid_t c) { return setresgid(a, b, c); }
int system_getresuid(uid_t *ids) { return getresuid(ids, ids + 1, ids + 2); }
int system_getresgid(gid_t *ids) { return getresgid(ids, ids + 1, ids + 2); }
int system_statvfs(const char *path, struct statvfs *status) { return statvfs(path, status); }
int system_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) { return accept4(descriptor, address, length, flags); }
int system_flock(int descriptor, int operation) { return flock(descriptor, operation); }

void *system_mremap(void *start, size_t size, size_t wanted) {
    void *result = mremap(start, size, wanted, MREMAP_MAYMOVE);
    return result == MAP_FAILED ? NULL : result;
}

void *system_memmem(const void *text, size_t count, const void *pattern, size_t length) { return memmem(text, count, pattern, length); }

void system_syslog(int priority, const char *message) { syslog(priority, "%s", message); }

const char *system_crypt(const char *word, const char *salt) {
    static struct crypt_data data;
    memset(&data, 0, sizeof data);
    return crypt_r(word, salt, &data);
}

// MARK: Names and semaphores

int system_gethostbyname(const char *name, struct hostent *record, char *buffer, long size, struct hostent **found, int *failure) {
    return gethostbyname_r(name, record, buffer, (size_t)size, found, failure);
}
int system_gethostbyaddr(const void *address, socklen_t length, int family, struct hostent *record, char *buffer, long size, struct hostent **found, int *failure) {
    return gethostbyaddr_r(address, length, family, record, buffer, (size_t)size, found, failure);
}
sem_t *system_sem_create(const char *name, unsigned value) {
    sem_t *result = sem_open(name, O_CREAT | O_EXCL, 0600, value);
    return result == SEM_FAILED ? NULL : result;
}
sem_t *system_sem_open(const char *name) {
    sem_t *result = sem_open(name, 0);
    return result == SEM_FAILED ? NULL : result;
}
