/// What the standard modules about the system need and Swift cannot say: constants that headers define as macros, what runs between fork and exec, and
/// macros of wait statuses and control messages.
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
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
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
#include <semaphore.h>
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
#include <syslog.h>
#include <termios.h>
#include <time.h>

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
    /// Whether the child may share the parent's memory until it executes.
    bool allowsSharing;
    /// The signal mask to be restored in a child that shares memory.
    const sigset_t *_Nullable signals;
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
int system_sigrtmin(void);
int system_sigrtmax(void);
int system_sigaction_restart(int number, bool interrupts);
static inline int system_siginfo_pid(const siginfo_t *_Nonnull i) { return i->si_pid; }
static inline int system_siginfo_uid(const siginfo_t *_Nonnull i) { return (int)i->si_uid; }
static inline int system_siginfo_status(const siginfo_t *_Nonnull i) { return i->si_status; }
static inline long system_siginfo_band(const siginfo_t *_Nonnull i) { return i->si_band; }

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
int system_flock(int descriptor, int operation);
int system_pipe2(int *_Nonnull ends, int flags);
ssize_t system_preadv2(int descriptor, const struct iovec *_Nonnull parts, int count, int64_t offset, int flags);
ssize_t system_pwritev2(int descriptor, const struct iovec *_Nonnull parts, int count, int64_t offset, int flags);
int system_setresuid(uid_t a, uid_t b, uid_t c);
int system_setresgid(gid_t a, gid_t b, gid_t c);
int system_getresuid(uid_t *_Nonnull ids);
int system_getresgid(gid_t *_Nonnull ids);
int system_statvfs(const char *_Nonnull path, struct statvfs *_Nonnull status);
int system_accept4(int descriptor, struct sockaddr *_Nullable address, socklen_t *_Nullable length, int flags);
static inline long system_utime_now(void) { return (1l << 30) - 1l; }

/// Null with errno set when it fails.
void *_Nullable system_mremap(void *_Nonnull start, size_t size, size_t wanted);

/// Null when it is not there.
void *_Nullable system_memmem(const void *_Nonnull text, size_t count, const void *_Nonnull pattern, size_t length);

void system_syslog(int priority, const char *_Nonnull message);
/// Null with errno set when it fails.
const char *_Nullable system_crypt(const char *_Nonnull word, const char *_Nonnull salt);

// Names and semaphores.
int system_gethostbyname(const char *_Nonnull name, struct hostent *_Nonnull record, char *_Nonnull buffer, long size, struct hostent *_Nullable *_Nonnull found, int *_Nonnull failure);
int system_gethostbyaddr(const void *_Nonnull address, socklen_t length, int family, struct hostent *_Nonnull record, char *_Nonnull buffer, long size,
                         struct hostent *_Nullable *_Nonnull found, int *_Nonnull failure);
/// Null with errno set when it fails.
sem_t *_Nullable system_sem_create(const char *_Nonnull name, unsigned value);
sem_t *_Nullable system_sem_open(const char *_Nonnull name);

// Control messages.
static inline size_t system_cmsg_len(size_t n) { return CMSG_LEN(n); }
static inline size_t system_cmsg_space(size_t n) { return CMSG_SPACE(n); }
static inline struct cmsghdr *_Nullable system_cmsg_first(struct msghdr *_Nonnull m) { return CMSG_FIRSTHDR(m); }
static inline struct cmsghdr *_Nullable system_cmsg_next(struct msghdr *_Nonnull m, struct cmsghdr *_Nonnull c) { return CMSG_NXTHDR(m, c); }
static inline unsigned char *_Nonnull system_cmsg_data(struct cmsghdr *_Nonnull c) { return CMSG_DATA(c); }

#endif
