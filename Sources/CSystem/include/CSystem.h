/// What the standard modules about the system need and Swift cannot say: constants that headers define as macros, what runs between fork and exec, the signal
/// handler, macros of zlib and of wait statuses.
#ifndef TAIPAN_CSYSTEM_H
#define TAIPAN_CSYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <dirent.h>
#include <grp.h>
#include <ifaddrs.h>
#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <poll.h>
#include <pty.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/times.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <zlib.h>

typedef struct SystemConstant {
    /// Null ends a table.
    const char *_Nullable name;
    int64_t value;
} SystemConstant;

extern const SystemConstant system_constants_posix[], system_constants_errno[], system_constants_signal[], system_constants_select[], system_constants_socket[],
    system_constants_fcntl[], system_constants_resource[], system_constants_termios[], system_constants_locale[], system_confstr_names[], system_pathconf_names[],
    system_sysconf_names[];

/// Gives a table's address; Swift imports arrays as tuples.
#define SYSTEM_TABLE(name) static inline const SystemConstant *_Nonnull system_table_##name(void) { return system_constants_##name; }
SYSTEM_TABLE(posix) SYSTEM_TABLE(errno) SYSTEM_TABLE(signal) SYSTEM_TABLE(select) SYSTEM_TABLE(socket) SYSTEM_TABLE(fcntl) SYSTEM_TABLE(resource) SYSTEM_TABLE(termios)
SYSTEM_TABLE(locale)
static inline const SystemConstant *_Nonnull system_table_confstr(void) { return system_confstr_names; }
static inline const SystemConstant *_Nonnull system_table_pathconf(void) { return system_pathconf_names; }
static inline const SystemConstant *_Nonnull system_table_sysconf(void) { return system_sysconf_names; }

/// What a child process does between fork and exec.
typedef struct ForkExec {
    char *_Nullable const *_Nonnull executables;
    char *_Nullable const *_Nonnull arguments;
    /// Null: the environment is inherited.
    char *_Nullable const *_Nullable environment;
    const char *_Nullable directory;
    int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipeRead, errpipeWrite;
    bool closeFiles, restoreSignals, callSetsid, setGroup, setGroups, setUser, hasPreexec;
    pid_t processGroup;
    gid_t group;
    uid_t user;
    size_t groupCount;
    const gid_t *_Nullable groups;
    int umask;
    size_t keepCount;
    /// Sorted.
    const int *_Nullable keep;
    /// 0 when the function succeeded.
    int (*_Nullable preexec)(void *_Nullable context);
    void *_Nullable context;
} ForkExec;

/// The child's process id, or -1 with errno set. Returns in the parent only.
pid_t system_fork_exec(const ForkExec *_Nonnull plan);
pid_t system_fork(void);

// Wait statuses.
static inline int system_wifexited(int s) { return WIFEXITED(s); }
static inline int system_wexitstatus(int s) { return WEXITSTATUS(s); }
static inline int system_wifsignaled(int s) { return WIFSIGNALED(s); }
static inline int system_wtermsig(int s) { return WTERMSIG(s); }
static inline int system_wifstopped(int s) { return WIFSTOPPED(s); }
static inline int system_wstopsig(int s) { return WSTOPSIG(s); }
static inline int system_wifcontinued(int s) { return WIFCONTINUED(s); }
static inline int system_wcoredump(int s) { return WCOREDUMP(s); }

// Signals.
/// Installs the runtime's handler for a signal (1), the default action (0) or none (-1). -1 with errno set when it fails.
int system_signal(int number, int action);
/// What is installed: 1 the runtime's handler, 0 the default, -1 ignored, 2 something else.
int system_signal_action(int number);
/// Whether a signal has arrived since this was last asked.
bool system_signal_take(int number);
bool system_signal_pending(void);
/// The descriptor that a byte is written to at each signal, or -1; returns the old one.
int system_signal_wakeup(int descriptor, bool warn);
/// The word to set breaker bits in when a signal arrives.
void system_signal_target(_Atomic uint32_t *_Nullable breaker, uint32_t bit);
int system_sigrtmin(void);
int system_sigrtmax(void);
int system_sigaction_restart(int number, bool interrupts);
static inline int system_siginfo_pid(const siginfo_t *_Nonnull i) { return i->si_pid; }
static inline int system_siginfo_uid(const siginfo_t *_Nonnull i) { return (int)i->si_uid; }
static inline int system_siginfo_status(const siginfo_t *_Nonnull i) { return i->si_status; }
static inline long system_siginfo_band(const siginfo_t *_Nonnull i) { return i->si_band; }

// zlib's macros.
static inline int system_deflate_init(z_streamp _Nonnull z, int level, int method, int wbits, int mem, int strategy) {
    return deflateInit2(z, level, method, wbits, mem, strategy);
}
static inline int system_inflate_init(z_streamp _Nonnull z, int wbits) { return inflateInit2(z, wbits); }

static inline unsigned system_major(dev_t d) { return major(d); }
static inline unsigned system_minor(dev_t d) { return minor(d); }
static inline dev_t system_makedev(unsigned a, unsigned b) { return makedev(a, b); }
long system_syscall_pidfd_open(int pid, unsigned flags);
long system_syscall_pidfd_send_signal(int descriptor, int number);
long system_memfd_create(const char *_Nonnull name, unsigned flags);
int system_openat(int directory, const char *_Nonnull path, int flags, int mode);
int system_fcntl_int(int descriptor, int command, long argument);
int system_fcntl_pointer(int descriptor, int command, void *_Nonnull argument);
int system_ioctl_int(int descriptor, unsigned long request, long argument);
int system_ioctl_pointer(int descriptor, unsigned long request, void *_Nonnull argument);
int system_cpu_count(void);
int system_getaffinity(int pid, unsigned char *_Nonnull bytes, size_t size);
int system_setaffinity(int pid, const unsigned char *_Nonnull bytes, size_t size);
ssize_t system_copy_file_range(int from, int64_t *_Nullable fromOffset, int to, int64_t *_Nullable toOffset, size_t count, unsigned flags);
ssize_t system_splice(int from, int64_t *_Nullable fromOffset, int to, int64_t *_Nullable toOffset, size_t count, unsigned flags);
int system_login_tty(int descriptor);
int system_get_priority(int which, int who);
int system_set_priority(int which, int who, int value);
int system_getrlimit(int resource, struct rlimit *_Nonnull limit);
int system_setrlimit(int resource, const struct rlimit *_Nonnull limit);
int system_prlimit(int pid, int resource, const struct rlimit *_Nullable new, struct rlimit *_Nullable old);
int system_getrusage(int who, struct rusage *_Nonnull usage);
int system_setitimer(int which, const struct itimerval *_Nonnull value, struct itimerval *_Nonnull old);
int system_getitimer(int which, struct itimerval *_Nonnull value);
int system_waitid(int kind, int id, siginfo_t *_Nonnull info, int options);
char *_Nullable *_Nullable system_environ(void);

// Control messages.
static inline size_t system_cmsg_len(size_t n) { return CMSG_LEN(n); }
static inline size_t system_cmsg_space(size_t n) { return CMSG_SPACE(n); }
static inline struct cmsghdr *_Nullable system_cmsg_first(struct msghdr *_Nonnull m) { return CMSG_FIRSTHDR(m); }
static inline struct cmsghdr *_Nullable system_cmsg_next(struct msghdr *_Nonnull m, struct cmsghdr *_Nonnull c) { return CMSG_NXTHDR(m, c); }
static inline unsigned char *_Nonnull system_cmsg_data(struct cmsghdr *_Nonnull c) { return CMSG_DATA(c); }

#endif
