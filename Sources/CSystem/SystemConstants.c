#define _GNU_SOURCE
/// Constants of the system, by module: what this system's headers define of the names that Python knows.
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <dlfcn.h>
#include <langinfo.h>
#include <limits.h>
#include <linux/limits.h>
#include <linux/memfd.h>
#include <locale.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

const SystemConstant system_constants_posix[] = {
    {"CLD_CONTINUED", CLD_CONTINUED},
    {"CLD_DUMPED", CLD_DUMPED},
    {"CLD_EXITED", CLD_EXITED},
    {"CLD_KILLED", CLD_KILLED},
    {"CLD_STOPPED", CLD_STOPPED},
    {"CLD_TRAPPED", CLD_TRAPPED},
#ifdef EFD_CLOEXEC
    {"EFD_CLOEXEC", EFD_CLOEXEC},
#endif
#ifdef EFD_NONBLOCK
    {"EFD_NONBLOCK", EFD_NONBLOCK},
#endif
#ifdef EFD_SEMAPHORE
    {"EFD_SEMAPHORE", EFD_SEMAPHORE},
#endif
#ifdef EX_CANTCREAT
    {"EX_CANTCREAT", EX_CANTCREAT},
#endif
#ifdef EX_CONFIG
    {"EX_CONFIG", EX_CONFIG},
#endif
#ifdef EX_DATAERR
    {"EX_DATAERR", EX_DATAERR},
#endif
#ifdef EX_IOERR
    {"EX_IOERR", EX_IOERR},
#endif
#ifdef EX_NOHOST
    {"EX_NOHOST", EX_NOHOST},
#endif
#ifdef EX_NOINPUT
    {"EX_NOINPUT", EX_NOINPUT},
#endif
#ifdef EX_NOPERM
    {"EX_NOPERM", EX_NOPERM},
#endif
#ifdef EX_NOUSER
    {"EX_NOUSER", EX_NOUSER},
#endif
#ifdef EX_OK
    {"EX_OK", EX_OK},
#endif
#ifdef EX_OSERR
    {"EX_OSERR", EX_OSERR},
#endif
#ifdef EX_OSFILE
    {"EX_OSFILE", EX_OSFILE},
#endif
#ifdef EX_PROTOCOL
    {"EX_PROTOCOL", EX_PROTOCOL},
#endif
#ifdef EX_SOFTWARE
    {"EX_SOFTWARE", EX_SOFTWARE},
#endif
#ifdef EX_TEMPFAIL
    {"EX_TEMPFAIL", EX_TEMPFAIL},
#endif
#ifdef EX_UNAVAILABLE
    {"EX_UNAVAILABLE", EX_UNAVAILABLE},
#endif
#ifdef EX_USAGE
    {"EX_USAGE", EX_USAGE},
#endif
#ifdef F_LOCK
    {"F_LOCK", F_LOCK},
#endif
#ifdef F_OK
    {"F_OK", F_OK},
#endif
#ifdef F_TEST
    {"F_TEST", F_TEST},
#endif
#ifdef F_TLOCK
    {"F_TLOCK", F_TLOCK},
#endif
#ifdef F_ULOCK
    {"F_ULOCK", F_ULOCK},
#endif
#ifdef GRND_NONBLOCK
    {"GRND_NONBLOCK", GRND_NONBLOCK},
#endif
#ifdef GRND_RANDOM
    {"GRND_RANDOM", GRND_RANDOM},
#endif
#ifdef MFD_ALLOW_SEALING
    {"MFD_ALLOW_SEALING", MFD_ALLOW_SEALING},
#endif
#ifdef MFD_CLOEXEC
    {"MFD_CLOEXEC", MFD_CLOEXEC},
#endif
#ifdef MFD_HUGETLB
    {"MFD_HUGETLB", MFD_HUGETLB},
#endif
#ifdef MFD_HUGE_16GB
    {"MFD_HUGE_16GB", MFD_HUGE_16GB},
#endif
#ifdef MFD_HUGE_16MB
    {"MFD_HUGE_16MB", MFD_HUGE_16MB},
#endif
#ifdef MFD_HUGE_1GB
    {"MFD_HUGE_1GB", MFD_HUGE_1GB},
#endif
#ifdef MFD_HUGE_1MB
    {"MFD_HUGE_1MB", MFD_HUGE_1MB},
#endif
#ifdef MFD_HUGE_256MB
    {"MFD_HUGE_256MB", MFD_HUGE_256MB},
#endif
#ifdef MFD_HUGE_2GB
    {"MFD_HUGE_2GB", MFD_HUGE_2GB},
#endif
#ifdef MFD_HUGE_2MB
    {"MFD_HUGE_2MB", MFD_HUGE_2MB},
#endif
#ifdef MFD_HUGE_32MB
    {"MFD_HUGE_32MB", MFD_HUGE_32MB},
#endif
#ifdef MFD_HUGE_512KB
    {"MFD_HUGE_512KB", MFD_HUGE_512KB},
#endif
#ifdef MFD_HUGE_512MB
    {"MFD_HUGE_512MB", MFD_HUGE_512MB},
#endif
#ifdef MFD_HUGE_64KB
    {"MFD_HUGE_64KB", MFD_HUGE_64KB},
#endif
#ifdef MFD_HUGE_8MB
    {"MFD_HUGE_8MB", MFD_HUGE_8MB},
#endif
#ifdef MFD_HUGE_MASK
    {"MFD_HUGE_MASK", MFD_HUGE_MASK},
#endif
#ifdef MFD_HUGE_SHIFT
    {"MFD_HUGE_SHIFT", MFD_HUGE_SHIFT},
#endif
#ifdef NGROUPS_MAX
    {"NGROUPS_MAX", NGROUPS_MAX},
#endif
#ifdef O_ACCMODE
    {"O_ACCMODE", O_ACCMODE},
#endif
#ifdef O_APPEND
    {"O_APPEND", O_APPEND},
#endif
#ifdef O_ASYNC
    {"O_ASYNC", O_ASYNC},
#endif
#ifdef O_CLOEXEC
    {"O_CLOEXEC", O_CLOEXEC},
#endif
#ifdef O_CREAT
    {"O_CREAT", O_CREAT},
#endif
#ifdef O_DIRECT
    {"O_DIRECT", O_DIRECT},
#endif
#ifdef O_DIRECTORY
    {"O_DIRECTORY", O_DIRECTORY},
#endif
#ifdef O_DSYNC
    {"O_DSYNC", O_DSYNC},
#endif
#ifdef O_EXCL
    {"O_EXCL", O_EXCL},
#endif
#ifdef O_FSYNC
    {"O_FSYNC", O_FSYNC},
#endif
#ifdef O_LARGEFILE
    {"O_LARGEFILE", O_LARGEFILE},
#endif
#ifdef O_NDELAY
    {"O_NDELAY", O_NDELAY},
#endif
#ifdef O_NOATIME
    {"O_NOATIME", O_NOATIME},
#endif
#ifdef O_NOCTTY
    {"O_NOCTTY", O_NOCTTY},
#endif
#ifdef O_NOFOLLOW
    {"O_NOFOLLOW", O_NOFOLLOW},
#endif
#ifdef O_NONBLOCK
    {"O_NONBLOCK", O_NONBLOCK},
#endif
#ifdef O_PATH
    {"O_PATH", O_PATH},
#endif
#ifdef O_RDONLY
    {"O_RDONLY", O_RDONLY},
#endif
#ifdef O_RDWR
    {"O_RDWR", O_RDWR},
#endif
#ifdef O_RSYNC
    {"O_RSYNC", O_RSYNC},
#endif
#ifdef O_SYNC
    {"O_SYNC", O_SYNC},
#endif
#ifdef O_TMPFILE
    {"O_TMPFILE", O_TMPFILE},
#endif
#ifdef O_TRUNC
    {"O_TRUNC", O_TRUNC},
#endif
#ifdef O_WRONLY
    {"O_WRONLY", O_WRONLY},
#endif
#ifdef POSIX_FADV_DONTNEED
    {"POSIX_FADV_DONTNEED", POSIX_FADV_DONTNEED},
#endif
#ifdef POSIX_FADV_NOREUSE
    {"POSIX_FADV_NOREUSE", POSIX_FADV_NOREUSE},
#endif
#ifdef POSIX_FADV_NORMAL
    {"POSIX_FADV_NORMAL", POSIX_FADV_NORMAL},
#endif
#ifdef POSIX_FADV_RANDOM
    {"POSIX_FADV_RANDOM", POSIX_FADV_RANDOM},
#endif
#ifdef POSIX_FADV_SEQUENTIAL
    {"POSIX_FADV_SEQUENTIAL", POSIX_FADV_SEQUENTIAL},
#endif
#ifdef POSIX_FADV_WILLNEED
    {"POSIX_FADV_WILLNEED", POSIX_FADV_WILLNEED},
#endif
#ifdef POSIX_SPAWN_CLOSE
    {"POSIX_SPAWN_CLOSE", POSIX_SPAWN_CLOSE},
#endif
#ifdef POSIX_SPAWN_DUP2
    {"POSIX_SPAWN_DUP2", POSIX_SPAWN_DUP2},
#endif
#ifdef POSIX_SPAWN_OPEN
    {"POSIX_SPAWN_OPEN", POSIX_SPAWN_OPEN},
#endif
#ifdef PRIO_PGRP
    {"PRIO_PGRP", PRIO_PGRP},
#endif
#ifdef PRIO_PROCESS
    {"PRIO_PROCESS", PRIO_PROCESS},
#endif
#ifdef PRIO_USER
    {"PRIO_USER", PRIO_USER},
#endif
    {"POSIX_SPAWN_CLOSE", 1},
    {"POSIX_SPAWN_DUP2", 2},
    {"POSIX_SPAWN_OPEN", 0},
    {"P_ALL", P_ALL},
    {"P_PGID", P_PGID},
    {"P_PID", P_PID},
    {"P_PIDFD", 3},
#ifdef RTLD_DEEPBIND
    {"RTLD_DEEPBIND", RTLD_DEEPBIND},
#endif
#ifdef RTLD_GLOBAL
    {"RTLD_GLOBAL", RTLD_GLOBAL},
#endif
#ifdef RTLD_LAZY
    {"RTLD_LAZY", RTLD_LAZY},
#endif
#ifdef RTLD_LOCAL
    {"RTLD_LOCAL", RTLD_LOCAL},
#endif
#ifdef RTLD_NODELETE
    {"RTLD_NODELETE", RTLD_NODELETE},
#endif
#ifdef RTLD_NOLOAD
    {"RTLD_NOLOAD", RTLD_NOLOAD},
#endif
#ifdef RTLD_NOW
    {"RTLD_NOW", RTLD_NOW},
#endif
#ifdef RWF_APPEND
    {"RWF_APPEND", RWF_APPEND},
#endif
#ifdef RWF_DSYNC
    {"RWF_DSYNC", RWF_DSYNC},
#endif
#ifdef RWF_HIPRI
    {"RWF_HIPRI", RWF_HIPRI},
#endif
#ifdef RWF_NOWAIT
    {"RWF_NOWAIT", RWF_NOWAIT},
#endif
#ifdef RWF_SYNC
    {"RWF_SYNC", RWF_SYNC},
#endif
#ifdef R_OK
    {"R_OK", R_OK},
#endif
#ifdef SCHED_BATCH
    {"SCHED_BATCH", SCHED_BATCH},
#endif
#ifdef SCHED_FIFO
    {"SCHED_FIFO", SCHED_FIFO},
#endif
#ifdef SCHED_IDLE
    {"SCHED_IDLE", SCHED_IDLE},
#endif
#ifdef SCHED_OTHER
    {"SCHED_OTHER", SCHED_OTHER},
#endif
#ifdef SCHED_RESET_ON_FORK
    {"SCHED_RESET_ON_FORK", SCHED_RESET_ON_FORK},
#endif
#ifdef SCHED_RR
    {"SCHED_RR", SCHED_RR},
#endif
#ifdef SEEK_DATA
    {"SEEK_DATA", SEEK_DATA},
#endif
#ifdef SEEK_HOLE
    {"SEEK_HOLE", SEEK_HOLE},
#endif
#ifdef SPLICE_F_MORE
    {"SPLICE_F_MORE", SPLICE_F_MORE},
#endif
#ifdef SPLICE_F_MOVE
    {"SPLICE_F_MOVE", SPLICE_F_MOVE},
#endif
#ifdef SPLICE_F_NONBLOCK
    {"SPLICE_F_NONBLOCK", SPLICE_F_NONBLOCK},
#endif
    {"ST_APPEND", ST_APPEND},
    {"ST_MANDLOCK", ST_MANDLOCK},
    {"ST_NOATIME", ST_NOATIME},
    {"ST_NODEV", ST_NODEV},
    {"ST_NODIRATIME", ST_NODIRATIME},
    {"ST_NOEXEC", ST_NOEXEC},
    {"ST_NOSUID", ST_NOSUID},
    {"ST_RDONLY", ST_RDONLY},
    {"ST_RELATIME", ST_RELATIME},
    {"ST_SYNCHRONOUS", ST_SYNCHRONOUS},
#ifdef ST_WRITE
    {"ST_WRITE", ST_WRITE},
#endif
#ifdef TMP_MAX
    {"TMP_MAX", TMP_MAX},
#endif
#ifdef WCONTINUED
    {"WCONTINUED", WCONTINUED},
#endif
#ifdef WEXITED
    {"WEXITED", WEXITED},
#endif
#ifdef WNOHANG
    {"WNOHANG", WNOHANG},
#endif
#ifdef WNOWAIT
    {"WNOWAIT", WNOWAIT},
#endif
#ifdef WSTOPPED
    {"WSTOPPED", WSTOPPED},
#endif
#ifdef WUNTRACED
    {"WUNTRACED", WUNTRACED},
#endif
#ifdef W_OK
    {"W_OK", W_OK},
#endif
#ifdef XATTR_CREATE
    {"XATTR_CREATE", XATTR_CREATE},
#endif
#ifdef XATTR_REPLACE
    {"XATTR_REPLACE", XATTR_REPLACE},
#endif
#ifdef XATTR_SIZE_MAX
    {"XATTR_SIZE_MAX", XATTR_SIZE_MAX},
#endif
#ifdef X_OK
    {"X_OK", X_OK},
#endif
    {NULL, 0},
};

const SystemConstant system_constants_errno[] = {
#ifdef E2BIG
    {"E2BIG", E2BIG},
#endif
#ifdef EACCES
    {"EACCES", EACCES},
#endif
#ifdef EADDRINUSE
    {"EADDRINUSE", EADDRINUSE},
#endif
#ifdef EADDRNOTAVAIL
    {"EADDRNOTAVAIL", EADDRNOTAVAIL},
#endif
#ifdef EADV
    {"EADV", EADV},
#endif
#ifdef EAFNOSUPPORT
    {"EAFNOSUPPORT", EAFNOSUPPORT},
#endif
#ifdef EAGAIN
    {"EAGAIN", EAGAIN},
#endif
#ifdef EALREADY
    {"EALREADY", EALREADY},
#endif
#ifdef EBADE
    {"EBADE", EBADE},
#endif
#ifdef EBADF
    {"EBADF", EBADF},
#endif
#ifdef EBADFD
    {"EBADFD", EBADFD},
#endif
#ifdef EBADMSG
    {"EBADMSG", EBADMSG},
#endif
#ifdef EBADR
    {"EBADR", EBADR},
#endif
#ifdef EBADRQC
    {"EBADRQC", EBADRQC},
#endif
#ifdef EBADSLT
    {"EBADSLT", EBADSLT},
#endif
#ifdef EBFONT
    {"EBFONT", EBFONT},
#endif
#ifdef EBUSY
    {"EBUSY", EBUSY},
#endif
#ifdef ECANCELED
    {"ECANCELED", ECANCELED},
#endif
#ifdef ECHILD
    {"ECHILD", ECHILD},
#endif
#ifdef ECHRNG
    {"ECHRNG", ECHRNG},
#endif
#ifdef ECOMM
    {"ECOMM", ECOMM},
#endif
#ifdef ECONNABORTED
    {"ECONNABORTED", ECONNABORTED},
#endif
#ifdef ECONNREFUSED
    {"ECONNREFUSED", ECONNREFUSED},
#endif
#ifdef ECONNRESET
    {"ECONNRESET", ECONNRESET},
#endif
#ifdef EDEADLK
    {"EDEADLK", EDEADLK},
#endif
#ifdef EDEADLOCK
    {"EDEADLOCK", EDEADLOCK},
#endif
#ifdef EDESTADDRREQ
    {"EDESTADDRREQ", EDESTADDRREQ},
#endif
#ifdef EDOM
    {"EDOM", EDOM},
#endif
#ifdef EDOTDOT
    {"EDOTDOT", EDOTDOT},
#endif
#ifdef EDQUOT
    {"EDQUOT", EDQUOT},
#endif
#ifdef EEXIST
    {"EEXIST", EEXIST},
#endif
#ifdef EFAULT
    {"EFAULT", EFAULT},
#endif
#ifdef EFBIG
    {"EFBIG", EFBIG},
#endif
#ifdef EHOSTDOWN
    {"EHOSTDOWN", EHOSTDOWN},
#endif
#ifdef EHOSTUNREACH
    {"EHOSTUNREACH", EHOSTUNREACH},
#endif
#ifdef EIDRM
    {"EIDRM", EIDRM},
#endif
#ifdef EILSEQ
    {"EILSEQ", EILSEQ},
#endif
#ifdef EINPROGRESS
    {"EINPROGRESS", EINPROGRESS},
#endif
#ifdef EINTR
    {"EINTR", EINTR},
#endif
#ifdef EINVAL
    {"EINVAL", EINVAL},
#endif
#ifdef EIO
    {"EIO", EIO},
#endif
#ifdef EISCONN
    {"EISCONN", EISCONN},
#endif
#ifdef EISDIR
    {"EISDIR", EISDIR},
#endif
#ifdef EISNAM
    {"EISNAM", EISNAM},
#endif
#ifdef EKEYEXPIRED
    {"EKEYEXPIRED", EKEYEXPIRED},
#endif
#ifdef EKEYREJECTED
    {"EKEYREJECTED", EKEYREJECTED},
#endif
#ifdef EKEYREVOKED
    {"EKEYREVOKED", EKEYREVOKED},
#endif
#ifdef EL2HLT
    {"EL2HLT", EL2HLT},
#endif
#ifdef EL2NSYNC
    {"EL2NSYNC", EL2NSYNC},
#endif
#ifdef EL3HLT
    {"EL3HLT", EL3HLT},
#endif
#ifdef EL3RST
    {"EL3RST", EL3RST},
#endif
#ifdef ELIBACC
    {"ELIBACC", ELIBACC},
#endif
#ifdef ELIBBAD
    {"ELIBBAD", ELIBBAD},
#endif
#ifdef ELIBEXEC
    {"ELIBEXEC", ELIBEXEC},
#endif
#ifdef ELIBMAX
    {"ELIBMAX", ELIBMAX},
#endif
#ifdef ELIBSCN
    {"ELIBSCN", ELIBSCN},
#endif
#ifdef ELNRNG
    {"ELNRNG", ELNRNG},
#endif
#ifdef ELOOP
    {"ELOOP", ELOOP},
#endif
#ifdef EMEDIUMTYPE
    {"EMEDIUMTYPE", EMEDIUMTYPE},
#endif
#ifdef EMFILE
    {"EMFILE", EMFILE},
#endif
#ifdef EMLINK
    {"EMLINK", EMLINK},
#endif
#ifdef EMSGSIZE
    {"EMSGSIZE", EMSGSIZE},
#endif
#ifdef EMULTIHOP
    {"EMULTIHOP", EMULTIHOP},
#endif
#ifdef ENAMETOOLONG
    {"ENAMETOOLONG", ENAMETOOLONG},
#endif
#ifdef ENAVAIL
    {"ENAVAIL", ENAVAIL},
#endif
#ifdef ENETDOWN
    {"ENETDOWN", ENETDOWN},
#endif
#ifdef ENETRESET
    {"ENETRESET", ENETRESET},
#endif
#ifdef ENETUNREACH
    {"ENETUNREACH", ENETUNREACH},
#endif
#ifdef ENFILE
    {"ENFILE", ENFILE},
#endif
#ifdef ENOANO
    {"ENOANO", ENOANO},
#endif
#ifdef ENOBUFS
    {"ENOBUFS", ENOBUFS},
#endif
#ifdef ENOCSI
    {"ENOCSI", ENOCSI},
#endif
#ifdef ENODATA
    {"ENODATA", ENODATA},
#endif
#ifdef ENODEV
    {"ENODEV", ENODEV},
#endif
#ifdef ENOENT
    {"ENOENT", ENOENT},
#endif
#ifdef ENOEXEC
    {"ENOEXEC", ENOEXEC},
#endif
#ifdef ENOKEY
    {"ENOKEY", ENOKEY},
#endif
#ifdef ENOLCK
    {"ENOLCK", ENOLCK},
#endif
#ifdef ENOLINK
    {"ENOLINK", ENOLINK},
#endif
#ifdef ENOMEDIUM
    {"ENOMEDIUM", ENOMEDIUM},
#endif
#ifdef ENOMEM
    {"ENOMEM", ENOMEM},
#endif
#ifdef ENOMSG
    {"ENOMSG", ENOMSG},
#endif
#ifdef ENONET
    {"ENONET", ENONET},
#endif
#ifdef ENOPKG
    {"ENOPKG", ENOPKG},
#endif
#ifdef ENOPROTOOPT
    {"ENOPROTOOPT", ENOPROTOOPT},
#endif
#ifdef ENOSPC
    {"ENOSPC", ENOSPC},
#endif
#ifdef ENOSR
    {"ENOSR", ENOSR},
#endif
#ifdef ENOSTR
    {"ENOSTR", ENOSTR},
#endif
#ifdef ENOSYS
    {"ENOSYS", ENOSYS},
#endif
#ifdef ENOTBLK
    {"ENOTBLK", ENOTBLK},
#endif
#ifdef ENOTCONN
    {"ENOTCONN", ENOTCONN},
#endif
#ifdef ENOTDIR
    {"ENOTDIR", ENOTDIR},
#endif
#ifdef ENOTEMPTY
    {"ENOTEMPTY", ENOTEMPTY},
#endif
#ifdef ENOTNAM
    {"ENOTNAM", ENOTNAM},
#endif
#ifdef ENOTRECOVERABLE
    {"ENOTRECOVERABLE", ENOTRECOVERABLE},
#endif
#ifdef ENOTSOCK
    {"ENOTSOCK", ENOTSOCK},
#endif
#ifdef ENOTSUP
    {"ENOTSUP", ENOTSUP},
#endif
#ifdef ENOTTY
    {"ENOTTY", ENOTTY},
#endif
#ifdef ENOTUNIQ
    {"ENOTUNIQ", ENOTUNIQ},
#endif
#ifdef ENXIO
    {"ENXIO", ENXIO},
#endif
#ifdef EOPNOTSUPP
    {"EOPNOTSUPP", EOPNOTSUPP},
#endif
#ifdef EOVERFLOW
    {"EOVERFLOW", EOVERFLOW},
#endif
#ifdef EOWNERDEAD
    {"EOWNERDEAD", EOWNERDEAD},
#endif
#ifdef EPERM
    {"EPERM", EPERM},
#endif
#ifdef EPFNOSUPPORT
    {"EPFNOSUPPORT", EPFNOSUPPORT},
#endif
#ifdef EPIPE
    {"EPIPE", EPIPE},
#endif
#ifdef EPROTO
    {"EPROTO", EPROTO},
#endif
#ifdef EPROTONOSUPPORT
    {"EPROTONOSUPPORT", EPROTONOSUPPORT},
#endif
#ifdef EPROTOTYPE
    {"EPROTOTYPE", EPROTOTYPE},
#endif
#ifdef ERANGE
    {"ERANGE", ERANGE},
#endif
#ifdef EREMCHG
    {"EREMCHG", EREMCHG},
#endif
#ifdef EREMOTE
    {"EREMOTE", EREMOTE},
#endif
#ifdef EREMOTEIO
    {"EREMOTEIO", EREMOTEIO},
#endif
#ifdef ERESTART
    {"ERESTART", ERESTART},
#endif
#ifdef ERFKILL
    {"ERFKILL", ERFKILL},
#endif
#ifdef EROFS
    {"EROFS", EROFS},
#endif
#ifdef ESHUTDOWN
    {"ESHUTDOWN", ESHUTDOWN},
#endif
#ifdef ESOCKTNOSUPPORT
    {"ESOCKTNOSUPPORT", ESOCKTNOSUPPORT},
#endif
#ifdef ESPIPE
    {"ESPIPE", ESPIPE},
#endif
#ifdef ESRCH
    {"ESRCH", ESRCH},
#endif
#ifdef ESRMNT
    {"ESRMNT", ESRMNT},
#endif
#ifdef ESTALE
    {"ESTALE", ESTALE},
#endif
#ifdef ESTRPIPE
    {"ESTRPIPE", ESTRPIPE},
#endif
#ifdef ETIME
    {"ETIME", ETIME},
#endif
#ifdef ETIMEDOUT
    {"ETIMEDOUT", ETIMEDOUT},
#endif
#ifdef ETOOMANYREFS
    {"ETOOMANYREFS", ETOOMANYREFS},
#endif
#ifdef ETXTBSY
    {"ETXTBSY", ETXTBSY},
#endif
#ifdef EUCLEAN
    {"EUCLEAN", EUCLEAN},
#endif
#ifdef EUNATCH
    {"EUNATCH", EUNATCH},
#endif
#ifdef EUSERS
    {"EUSERS", EUSERS},
#endif
#ifdef EWOULDBLOCK
    {"EWOULDBLOCK", EWOULDBLOCK},
#endif
#ifdef EXDEV
    {"EXDEV", EXDEV},
#endif
#ifdef EXFULL
    {"EXFULL", EXFULL},
#endif
    {NULL, 0},
};

const SystemConstant system_constants_signal[] = {
#ifdef ITIMER_PROF
    {"ITIMER_PROF", ITIMER_PROF},
#endif
#ifdef ITIMER_REAL
    {"ITIMER_REAL", ITIMER_REAL},
#endif
#ifdef ITIMER_VIRTUAL
    {"ITIMER_VIRTUAL", ITIMER_VIRTUAL},
#endif
#ifdef SIGABRT
    {"SIGABRT", SIGABRT},
#endif
#ifdef SIGALRM
    {"SIGALRM", SIGALRM},
#endif
#ifdef SIGBUS
    {"SIGBUS", SIGBUS},
#endif
#ifdef SIGCHLD
    {"SIGCHLD", SIGCHLD},
#endif
#ifdef SIGCLD
    {"SIGCLD", SIGCLD},
#endif
#ifdef SIGCONT
    {"SIGCONT", SIGCONT},
#endif
#ifdef SIGFPE
    {"SIGFPE", SIGFPE},
#endif
#ifdef SIGHUP
    {"SIGHUP", SIGHUP},
#endif
#ifdef SIGILL
    {"SIGILL", SIGILL},
#endif
#ifdef SIGINT
    {"SIGINT", SIGINT},
#endif
#ifdef SIGIO
    {"SIGIO", SIGIO},
#endif
#ifdef SIGIOT
    {"SIGIOT", SIGIOT},
#endif
#ifdef SIGKILL
    {"SIGKILL", SIGKILL},
#endif
#ifdef SIGPIPE
    {"SIGPIPE", SIGPIPE},
#endif
#ifdef SIGPOLL
    {"SIGPOLL", SIGPOLL},
#endif
#ifdef SIGPROF
    {"SIGPROF", SIGPROF},
#endif
#ifdef SIGPWR
    {"SIGPWR", SIGPWR},
#endif
#ifdef SIGQUIT
    {"SIGQUIT", SIGQUIT},
#endif
#ifdef SIGSEGV
    {"SIGSEGV", SIGSEGV},
#endif
#ifdef SIGSTKFLT
    {"SIGSTKFLT", SIGSTKFLT},
#endif
#ifdef SIGSTOP
    {"SIGSTOP", SIGSTOP},
#endif
#ifdef SIGSYS
    {"SIGSYS", SIGSYS},
#endif
#ifdef SIGTERM
    {"SIGTERM", SIGTERM},
#endif
#ifdef SIGTRAP
    {"SIGTRAP", SIGTRAP},
#endif
#ifdef SIGTSTP
    {"SIGTSTP", SIGTSTP},
#endif
#ifdef SIGTTIN
    {"SIGTTIN", SIGTTIN},
#endif
#ifdef SIGTTOU
    {"SIGTTOU", SIGTTOU},
#endif
#ifdef SIGURG
    {"SIGURG", SIGURG},
#endif
#ifdef SIGUSR1
    {"SIGUSR1", SIGUSR1},
#endif
#ifdef SIGUSR2
    {"SIGUSR2", SIGUSR2},
#endif
#ifdef SIGVTALRM
    {"SIGVTALRM", SIGVTALRM},
#endif
#ifdef SIGWINCH
    {"SIGWINCH", SIGWINCH},
#endif
#ifdef SIGXCPU
    {"SIGXCPU", SIGXCPU},
#endif
#ifdef SIGXFSZ
    {"SIGXFSZ", SIGXFSZ},
#endif
#ifdef SIG_BLOCK
    {"SIG_BLOCK", SIG_BLOCK},
#endif
#ifdef SIG_SETMASK
    {"SIG_SETMASK", SIG_SETMASK},
#endif
#ifdef SIG_UNBLOCK
    {"SIG_UNBLOCK", SIG_UNBLOCK},
#endif
    {NULL, 0},
};

const SystemConstant system_constants_select[] = {
#ifdef EPOLLERR
    {"EPOLLERR", EPOLLERR},
#endif
#ifdef EPOLLET
    {"EPOLLET", EPOLLET},
#endif
#ifdef EPOLLEXCLUSIVE
    {"EPOLLEXCLUSIVE", EPOLLEXCLUSIVE},
#endif
#ifdef EPOLLHUP
    {"EPOLLHUP", EPOLLHUP},
#endif
#ifdef EPOLLIN
    {"EPOLLIN", EPOLLIN},
#endif
#ifdef EPOLLMSG
    {"EPOLLMSG", EPOLLMSG},
#endif
#ifdef EPOLLONESHOT
    {"EPOLLONESHOT", EPOLLONESHOT},
#endif
#ifdef EPOLLOUT
    {"EPOLLOUT", EPOLLOUT},
#endif
#ifdef EPOLLPRI
    {"EPOLLPRI", EPOLLPRI},
#endif
#ifdef EPOLLRDBAND
    {"EPOLLRDBAND", EPOLLRDBAND},
#endif
#ifdef EPOLLRDHUP
    {"EPOLLRDHUP", EPOLLRDHUP},
#endif
#ifdef EPOLLRDNORM
    {"EPOLLRDNORM", EPOLLRDNORM},
#endif
#ifdef EPOLLWRBAND
    {"EPOLLWRBAND", EPOLLWRBAND},
#endif
#ifdef EPOLLWRNORM
    {"EPOLLWRNORM", EPOLLWRNORM},
#endif
#ifdef EPOLL_CLOEXEC
    {"EPOLL_CLOEXEC", EPOLL_CLOEXEC},
#endif
#ifdef PIPE_BUF
    {"PIPE_BUF", PIPE_BUF},
#endif
#ifdef POLLERR
    {"POLLERR", POLLERR},
#endif
#ifdef POLLHUP
    {"POLLHUP", POLLHUP},
#endif
#ifdef POLLIN
    {"POLLIN", POLLIN},
#endif
#ifdef POLLMSG
    {"POLLMSG", POLLMSG},
#endif
#ifdef POLLNVAL
    {"POLLNVAL", POLLNVAL},
#endif
#ifdef POLLOUT
    {"POLLOUT", POLLOUT},
#endif
#ifdef POLLPRI
    {"POLLPRI", POLLPRI},
#endif
#ifdef POLLRDBAND
    {"POLLRDBAND", POLLRDBAND},
#endif
#ifdef POLLRDHUP
    {"POLLRDHUP", POLLRDHUP},
#endif
#ifdef POLLRDNORM
    {"POLLRDNORM", POLLRDNORM},
#endif
#ifdef POLLWRBAND
    {"POLLWRBAND", POLLWRBAND},
#endif
#ifdef POLLWRNORM
    {"POLLWRNORM", POLLWRNORM},
#endif
    {NULL, 0},
};

const SystemConstant system_constants_socket[] = {
#ifdef AF_ALG
    {"AF_ALG", AF_ALG},
#endif
#ifdef AF_APPLETALK
    {"AF_APPLETALK", AF_APPLETALK},
#endif
#ifdef AF_ASH
    {"AF_ASH", AF_ASH},
#endif
#ifdef AF_ATMPVC
    {"AF_ATMPVC", AF_ATMPVC},
#endif
#ifdef AF_ATMSVC
    {"AF_ATMSVC", AF_ATMSVC},
#endif
#ifdef AF_AX25
    {"AF_AX25", AF_AX25},
#endif
#ifdef AF_BRIDGE
    {"AF_BRIDGE", AF_BRIDGE},
#endif
#ifdef AF_CAN
    {"AF_CAN", AF_CAN},
#endif
#ifdef AF_DECnet
    {"AF_DECnet", AF_DECnet},
#endif
#ifdef AF_ECONET
    {"AF_ECONET", AF_ECONET},
#endif
#ifdef AF_INET
    {"AF_INET", AF_INET},
#endif
#ifdef AF_INET6
    {"AF_INET6", AF_INET6},
#endif
#ifdef AF_IPX
    {"AF_IPX", AF_IPX},
#endif
#ifdef AF_IRDA
    {"AF_IRDA", AF_IRDA},
#endif
#ifdef AF_KEY
    {"AF_KEY", AF_KEY},
#endif
#ifdef AF_LLC
    {"AF_LLC", AF_LLC},
#endif
#ifdef AF_NETBEUI
    {"AF_NETBEUI", AF_NETBEUI},
#endif
#ifdef AF_NETLINK
    {"AF_NETLINK", AF_NETLINK},
#endif
#ifdef AF_NETROM
    {"AF_NETROM", AF_NETROM},
#endif
#ifdef AF_PACKET
    {"AF_PACKET", AF_PACKET},
#endif
#ifdef AF_PPPOX
    {"AF_PPPOX", AF_PPPOX},
#endif
#ifdef AF_QIPCRTR
    {"AF_QIPCRTR", AF_QIPCRTR},
#endif
#ifdef AF_RDS
    {"AF_RDS", AF_RDS},
#endif
#ifdef AF_ROSE
    {"AF_ROSE", AF_ROSE},
#endif
#ifdef AF_ROUTE
    {"AF_ROUTE", AF_ROUTE},
#endif
#ifdef AF_SECURITY
    {"AF_SECURITY", AF_SECURITY},
#endif
#ifdef AF_SNA
    {"AF_SNA", AF_SNA},
#endif
#ifdef AF_TIPC
    {"AF_TIPC", AF_TIPC},
#endif
#ifdef AF_UNIX
    {"AF_UNIX", AF_UNIX},
#endif
#ifdef AF_UNSPEC
    {"AF_UNSPEC", AF_UNSPEC},
#endif
#ifdef AF_VSOCK
    {"AF_VSOCK", AF_VSOCK},
#endif
#ifdef AF_WANPIPE
    {"AF_WANPIPE", AF_WANPIPE},
#endif
#ifdef AF_X25
    {"AF_X25", AF_X25},
#endif
#ifdef AI_ADDRCONFIG
    {"AI_ADDRCONFIG", AI_ADDRCONFIG},
#endif
#ifdef AI_ALL
    {"AI_ALL", AI_ALL},
#endif
#ifdef AI_CANONNAME
    {"AI_CANONNAME", AI_CANONNAME},
#endif
#ifdef AI_NUMERICHOST
    {"AI_NUMERICHOST", AI_NUMERICHOST},
#endif
#ifdef AI_NUMERICSERV
    {"AI_NUMERICSERV", AI_NUMERICSERV},
#endif
#ifdef AI_PASSIVE
    {"AI_PASSIVE", AI_PASSIVE},
#endif
#ifdef AI_V4MAPPED
    {"AI_V4MAPPED", AI_V4MAPPED},
#endif
#ifdef ALG_OP_DECRYPT
    {"ALG_OP_DECRYPT", ALG_OP_DECRYPT},
#endif
#ifdef ALG_OP_ENCRYPT
    {"ALG_OP_ENCRYPT", ALG_OP_ENCRYPT},
#endif
#ifdef ALG_OP_SIGN
    {"ALG_OP_SIGN", ALG_OP_SIGN},
#endif
#ifdef ALG_OP_VERIFY
    {"ALG_OP_VERIFY", ALG_OP_VERIFY},
#endif
#ifdef ALG_SET_AEAD_ASSOCLEN
    {"ALG_SET_AEAD_ASSOCLEN", ALG_SET_AEAD_ASSOCLEN},
#endif
#ifdef ALG_SET_AEAD_AUTHSIZE
    {"ALG_SET_AEAD_AUTHSIZE", ALG_SET_AEAD_AUTHSIZE},
#endif
#ifdef ALG_SET_IV
    {"ALG_SET_IV", ALG_SET_IV},
#endif
#ifdef ALG_SET_KEY
    {"ALG_SET_KEY", ALG_SET_KEY},
#endif
#ifdef ALG_SET_OP
    {"ALG_SET_OP", ALG_SET_OP},
#endif
#ifdef ALG_SET_PUBKEY
    {"ALG_SET_PUBKEY", ALG_SET_PUBKEY},
#endif
#ifdef CAN_BCM
    {"CAN_BCM", CAN_BCM},
#endif
#ifdef CAN_BCM_CAN_FD_FRAME
    {"CAN_BCM_CAN_FD_FRAME", CAN_BCM_CAN_FD_FRAME},
#endif
#ifdef CAN_BCM_RX_ANNOUNCE_RESUME
    {"CAN_BCM_RX_ANNOUNCE_RESUME", CAN_BCM_RX_ANNOUNCE_RESUME},
#endif
#ifdef CAN_BCM_RX_CHANGED
    {"CAN_BCM_RX_CHANGED", CAN_BCM_RX_CHANGED},
#endif
#ifdef CAN_BCM_RX_CHECK_DLC
    {"CAN_BCM_RX_CHECK_DLC", CAN_BCM_RX_CHECK_DLC},
#endif
#ifdef CAN_BCM_RX_DELETE
    {"CAN_BCM_RX_DELETE", CAN_BCM_RX_DELETE},
#endif
#ifdef CAN_BCM_RX_FILTER_ID
    {"CAN_BCM_RX_FILTER_ID", CAN_BCM_RX_FILTER_ID},
#endif
#ifdef CAN_BCM_RX_NO_AUTOTIMER
    {"CAN_BCM_RX_NO_AUTOTIMER", CAN_BCM_RX_NO_AUTOTIMER},
#endif
#ifdef CAN_BCM_RX_READ
    {"CAN_BCM_RX_READ", CAN_BCM_RX_READ},
#endif
#ifdef CAN_BCM_RX_RTR_FRAME
    {"CAN_BCM_RX_RTR_FRAME", CAN_BCM_RX_RTR_FRAME},
#endif
#ifdef CAN_BCM_RX_SETUP
    {"CAN_BCM_RX_SETUP", CAN_BCM_RX_SETUP},
#endif
#ifdef CAN_BCM_RX_STATUS
    {"CAN_BCM_RX_STATUS", CAN_BCM_RX_STATUS},
#endif
#ifdef CAN_BCM_RX_TIMEOUT
    {"CAN_BCM_RX_TIMEOUT", CAN_BCM_RX_TIMEOUT},
#endif
#ifdef CAN_BCM_SETTIMER
    {"CAN_BCM_SETTIMER", CAN_BCM_SETTIMER},
#endif
#ifdef CAN_BCM_STARTTIMER
    {"CAN_BCM_STARTTIMER", CAN_BCM_STARTTIMER},
#endif
#ifdef CAN_BCM_TX_ANNOUNCE
    {"CAN_BCM_TX_ANNOUNCE", CAN_BCM_TX_ANNOUNCE},
#endif
#ifdef CAN_BCM_TX_COUNTEVT
    {"CAN_BCM_TX_COUNTEVT", CAN_BCM_TX_COUNTEVT},
#endif
#ifdef CAN_BCM_TX_CP_CAN_ID
    {"CAN_BCM_TX_CP_CAN_ID", CAN_BCM_TX_CP_CAN_ID},
#endif
#ifdef CAN_BCM_TX_DELETE
    {"CAN_BCM_TX_DELETE", CAN_BCM_TX_DELETE},
#endif
#ifdef CAN_BCM_TX_EXPIRED
    {"CAN_BCM_TX_EXPIRED", CAN_BCM_TX_EXPIRED},
#endif
#ifdef CAN_BCM_TX_READ
    {"CAN_BCM_TX_READ", CAN_BCM_TX_READ},
#endif
#ifdef CAN_BCM_TX_RESET_MULTI_IDX
    {"CAN_BCM_TX_RESET_MULTI_IDX", CAN_BCM_TX_RESET_MULTI_IDX},
#endif
#ifdef CAN_BCM_TX_SEND
    {"CAN_BCM_TX_SEND", CAN_BCM_TX_SEND},
#endif
#ifdef CAN_BCM_TX_SETUP
    {"CAN_BCM_TX_SETUP", CAN_BCM_TX_SETUP},
#endif
#ifdef CAN_BCM_TX_STATUS
    {"CAN_BCM_TX_STATUS", CAN_BCM_TX_STATUS},
#endif
#ifdef CAN_EFF_FLAG
    {"CAN_EFF_FLAG", CAN_EFF_FLAG},
#endif
#ifdef CAN_EFF_MASK
    {"CAN_EFF_MASK", CAN_EFF_MASK},
#endif
#ifdef CAN_ERR_FLAG
    {"CAN_ERR_FLAG", CAN_ERR_FLAG},
#endif
#ifdef CAN_ERR_MASK
    {"CAN_ERR_MASK", CAN_ERR_MASK},
#endif
#ifdef CAN_ISOTP
    {"CAN_ISOTP", CAN_ISOTP},
#endif
#ifdef CAN_J1939
    {"CAN_J1939", CAN_J1939},
#endif
#ifdef CAN_RAW
    {"CAN_RAW", CAN_RAW},
#endif
#ifdef CAN_RAW_FD_FRAMES
    {"CAN_RAW_FD_FRAMES", CAN_RAW_FD_FRAMES},
#endif
#ifdef CAN_RAW_FILTER
    {"CAN_RAW_FILTER", CAN_RAW_FILTER},
#endif
#ifdef CAN_RAW_JOIN_FILTERS
    {"CAN_RAW_JOIN_FILTERS", CAN_RAW_JOIN_FILTERS},
#endif
#ifdef CAN_RAW_LOOPBACK
    {"CAN_RAW_LOOPBACK", CAN_RAW_LOOPBACK},
#endif
#ifdef CAN_RAW_RECV_OWN_MSGS
    {"CAN_RAW_RECV_OWN_MSGS", CAN_RAW_RECV_OWN_MSGS},
#endif
#ifdef CAN_RTR_FLAG
    {"CAN_RTR_FLAG", CAN_RTR_FLAG},
#endif
#ifdef CAN_SFF_MASK
    {"CAN_SFF_MASK", CAN_SFF_MASK},
#endif
#ifdef EAI_ADDRFAMILY
    {"EAI_ADDRFAMILY", EAI_ADDRFAMILY},
#endif
#ifdef EAI_AGAIN
    {"EAI_AGAIN", EAI_AGAIN},
#endif
#ifdef EAI_BADFLAGS
    {"EAI_BADFLAGS", EAI_BADFLAGS},
#endif
#ifdef EAI_FAIL
    {"EAI_FAIL", EAI_FAIL},
#endif
#ifdef EAI_FAMILY
    {"EAI_FAMILY", EAI_FAMILY},
#endif
#ifdef EAI_MEMORY
    {"EAI_MEMORY", EAI_MEMORY},
#endif
#ifdef EAI_NODATA
    {"EAI_NODATA", EAI_NODATA},
#endif
#ifdef EAI_NONAME
    {"EAI_NONAME", EAI_NONAME},
#endif
#ifdef EAI_OVERFLOW
    {"EAI_OVERFLOW", EAI_OVERFLOW},
#endif
#ifdef EAI_SERVICE
    {"EAI_SERVICE", EAI_SERVICE},
#endif
#ifdef EAI_SOCKTYPE
    {"EAI_SOCKTYPE", EAI_SOCKTYPE},
#endif
#ifdef EAI_SYSTEM
    {"EAI_SYSTEM", EAI_SYSTEM},
#endif
#ifdef INADDR_ALLHOSTS_GROUP
    {"INADDR_ALLHOSTS_GROUP", INADDR_ALLHOSTS_GROUP},
#endif
#ifdef INADDR_ANY
    {"INADDR_ANY", INADDR_ANY},
#endif
#ifdef INADDR_BROADCAST
    {"INADDR_BROADCAST", INADDR_BROADCAST},
#endif
#ifdef INADDR_LOOPBACK
    {"INADDR_LOOPBACK", INADDR_LOOPBACK},
#endif
#ifdef INADDR_MAX_LOCAL_GROUP
    {"INADDR_MAX_LOCAL_GROUP", INADDR_MAX_LOCAL_GROUP},
#endif
#ifdef INADDR_NONE
    {"INADDR_NONE", INADDR_NONE},
#endif
#ifdef INADDR_UNSPEC_GROUP
    {"INADDR_UNSPEC_GROUP", INADDR_UNSPEC_GROUP},
#endif
#ifdef IOCTL_VM_SOCKETS_GET_LOCAL_CID
    {"IOCTL_VM_SOCKETS_GET_LOCAL_CID", IOCTL_VM_SOCKETS_GET_LOCAL_CID},
#endif
#ifdef IPPORT_RESERVED
    {"IPPORT_RESERVED", IPPORT_RESERVED},
#endif
#ifdef IPPORT_USERRESERVED
    {"IPPORT_USERRESERVED", IPPORT_USERRESERVED},
#endif
#ifdef IPPROTO_AH
    {"IPPROTO_AH", IPPROTO_AH},
#endif
#ifdef IPPROTO_DSTOPTS
    {"IPPROTO_DSTOPTS", IPPROTO_DSTOPTS},
#endif
#ifdef IPPROTO_EGP
    {"IPPROTO_EGP", IPPROTO_EGP},
#endif
#ifdef IPPROTO_ESP
    {"IPPROTO_ESP", IPPROTO_ESP},
#endif
#ifdef IPPROTO_FRAGMENT
    {"IPPROTO_FRAGMENT", IPPROTO_FRAGMENT},
#endif
#ifdef IPPROTO_GRE
    {"IPPROTO_GRE", IPPROTO_GRE},
#endif
#ifdef IPPROTO_HOPOPTS
    {"IPPROTO_HOPOPTS", IPPROTO_HOPOPTS},
#endif
#ifdef IPPROTO_ICMP
    {"IPPROTO_ICMP", IPPROTO_ICMP},
#endif
#ifdef IPPROTO_ICMPV6
    {"IPPROTO_ICMPV6", IPPROTO_ICMPV6},
#endif
#ifdef IPPROTO_IDP
    {"IPPROTO_IDP", IPPROTO_IDP},
#endif
#ifdef IPPROTO_IGMP
    {"IPPROTO_IGMP", IPPROTO_IGMP},
#endif
#ifdef IPPROTO_IP
    {"IPPROTO_IP", IPPROTO_IP},
#endif
#ifdef IPPROTO_IPIP
    {"IPPROTO_IPIP", IPPROTO_IPIP},
#endif
#ifdef IPPROTO_IPV6
    {"IPPROTO_IPV6", IPPROTO_IPV6},
#endif
#ifdef IPPROTO_MPTCP
    {"IPPROTO_MPTCP", IPPROTO_MPTCP},
#endif
#ifdef IPPROTO_NONE
    {"IPPROTO_NONE", IPPROTO_NONE},
#endif
#ifdef IPPROTO_PIM
    {"IPPROTO_PIM", IPPROTO_PIM},
#endif
#ifdef IPPROTO_PUP
    {"IPPROTO_PUP", IPPROTO_PUP},
#endif
#ifdef IPPROTO_RAW
    {"IPPROTO_RAW", IPPROTO_RAW},
#endif
#ifdef IPPROTO_ROUTING
    {"IPPROTO_ROUTING", IPPROTO_ROUTING},
#endif
#ifdef IPPROTO_RSVP
    {"IPPROTO_RSVP", IPPROTO_RSVP},
#endif
#ifdef IPPROTO_SCTP
    {"IPPROTO_SCTP", IPPROTO_SCTP},
#endif
#ifdef IPPROTO_TCP
    {"IPPROTO_TCP", IPPROTO_TCP},
#endif
#ifdef IPPROTO_TP
    {"IPPROTO_TP", IPPROTO_TP},
#endif
#ifdef IPPROTO_UDP
    {"IPPROTO_UDP", IPPROTO_UDP},
#endif
#ifdef IPPROTO_UDPLITE
    {"IPPROTO_UDPLITE", IPPROTO_UDPLITE},
#endif
#ifdef IPV6_CHECKSUM
    {"IPV6_CHECKSUM", IPV6_CHECKSUM},
#endif
#ifdef IPV6_DONTFRAG
    {"IPV6_DONTFRAG", IPV6_DONTFRAG},
#endif
#ifdef IPV6_DSTOPTS
    {"IPV6_DSTOPTS", IPV6_DSTOPTS},
#endif
#ifdef IPV6_HOPLIMIT
    {"IPV6_HOPLIMIT", IPV6_HOPLIMIT},
#endif
#ifdef IPV6_HOPOPTS
    {"IPV6_HOPOPTS", IPV6_HOPOPTS},
#endif
#ifdef IPV6_JOIN_GROUP
    {"IPV6_JOIN_GROUP", IPV6_JOIN_GROUP},
#endif
#ifdef IPV6_LEAVE_GROUP
    {"IPV6_LEAVE_GROUP", IPV6_LEAVE_GROUP},
#endif
#ifdef IPV6_MULTICAST_HOPS
    {"IPV6_MULTICAST_HOPS", IPV6_MULTICAST_HOPS},
#endif
#ifdef IPV6_MULTICAST_IF
    {"IPV6_MULTICAST_IF", IPV6_MULTICAST_IF},
#endif
#ifdef IPV6_MULTICAST_LOOP
    {"IPV6_MULTICAST_LOOP", IPV6_MULTICAST_LOOP},
#endif
#ifdef IPV6_NEXTHOP
    {"IPV6_NEXTHOP", IPV6_NEXTHOP},
#endif
#ifdef IPV6_PATHMTU
    {"IPV6_PATHMTU", IPV6_PATHMTU},
#endif
#ifdef IPV6_PKTINFO
    {"IPV6_PKTINFO", IPV6_PKTINFO},
#endif
#ifdef IPV6_RECVDSTOPTS
    {"IPV6_RECVDSTOPTS", IPV6_RECVDSTOPTS},
#endif
#ifdef IPV6_RECVHOPLIMIT
    {"IPV6_RECVHOPLIMIT", IPV6_RECVHOPLIMIT},
#endif
#ifdef IPV6_RECVHOPOPTS
    {"IPV6_RECVHOPOPTS", IPV6_RECVHOPOPTS},
#endif
#ifdef IPV6_RECVPATHMTU
    {"IPV6_RECVPATHMTU", IPV6_RECVPATHMTU},
#endif
#ifdef IPV6_RECVPKTINFO
    {"IPV6_RECVPKTINFO", IPV6_RECVPKTINFO},
#endif
#ifdef IPV6_RECVRTHDR
    {"IPV6_RECVRTHDR", IPV6_RECVRTHDR},
#endif
#ifdef IPV6_RECVTCLASS
    {"IPV6_RECVTCLASS", IPV6_RECVTCLASS},
#endif
#ifdef IPV6_RTHDR
    {"IPV6_RTHDR", IPV6_RTHDR},
#endif
#ifdef IPV6_RTHDRDSTOPTS
    {"IPV6_RTHDRDSTOPTS", IPV6_RTHDRDSTOPTS},
#endif
#ifdef IPV6_RTHDR_TYPE_0
    {"IPV6_RTHDR_TYPE_0", IPV6_RTHDR_TYPE_0},
#endif
#ifdef IPV6_TCLASS
    {"IPV6_TCLASS", IPV6_TCLASS},
#endif
#ifdef IPV6_UNICAST_HOPS
    {"IPV6_UNICAST_HOPS", IPV6_UNICAST_HOPS},
#endif
#ifdef IPV6_V6ONLY
    {"IPV6_V6ONLY", IPV6_V6ONLY},
#endif
#ifdef IP_ADD_MEMBERSHIP
    {"IP_ADD_MEMBERSHIP", IP_ADD_MEMBERSHIP},
#endif
#ifdef IP_BIND_ADDRESS_NO_PORT
    {"IP_BIND_ADDRESS_NO_PORT", IP_BIND_ADDRESS_NO_PORT},
#endif
#ifdef IP_DEFAULT_MULTICAST_LOOP
    {"IP_DEFAULT_MULTICAST_LOOP", IP_DEFAULT_MULTICAST_LOOP},
#endif
#ifdef IP_DEFAULT_MULTICAST_TTL
    {"IP_DEFAULT_MULTICAST_TTL", IP_DEFAULT_MULTICAST_TTL},
#endif
#ifdef IP_DROP_MEMBERSHIP
    {"IP_DROP_MEMBERSHIP", IP_DROP_MEMBERSHIP},
#endif
#ifdef IP_HDRINCL
    {"IP_HDRINCL", IP_HDRINCL},
#endif
#ifdef IP_MAX_MEMBERSHIPS
    {"IP_MAX_MEMBERSHIPS", IP_MAX_MEMBERSHIPS},
#endif
#ifdef IP_MULTICAST_IF
    {"IP_MULTICAST_IF", IP_MULTICAST_IF},
#endif
#ifdef IP_MULTICAST_LOOP
    {"IP_MULTICAST_LOOP", IP_MULTICAST_LOOP},
#endif
#ifdef IP_MULTICAST_TTL
    {"IP_MULTICAST_TTL", IP_MULTICAST_TTL},
#endif
#ifdef IP_OPTIONS
    {"IP_OPTIONS", IP_OPTIONS},
#endif
#ifdef IP_RECVOPTS
    {"IP_RECVOPTS", IP_RECVOPTS},
#endif
#ifdef IP_RECVRETOPTS
    {"IP_RECVRETOPTS", IP_RECVRETOPTS},
#endif
#ifdef IP_RECVTOS
    {"IP_RECVTOS", IP_RECVTOS},
#endif
#ifdef IP_RETOPTS
    {"IP_RETOPTS", IP_RETOPTS},
#endif
#ifdef IP_TOS
    {"IP_TOS", IP_TOS},
#endif
#ifdef IP_TRANSPARENT
    {"IP_TRANSPARENT", IP_TRANSPARENT},
#endif
#ifdef IP_TTL
    {"IP_TTL", IP_TTL},
#endif
#ifdef J1939_EE_INFO_NONE
    {"J1939_EE_INFO_NONE", J1939_EE_INFO_NONE},
#endif
#ifdef J1939_EE_INFO_TX_ABORT
    {"J1939_EE_INFO_TX_ABORT", J1939_EE_INFO_TX_ABORT},
#endif
#ifdef J1939_FILTER_MAX
    {"J1939_FILTER_MAX", J1939_FILTER_MAX},
#endif
#ifdef J1939_IDLE_ADDR
    {"J1939_IDLE_ADDR", J1939_IDLE_ADDR},
#endif
#ifdef J1939_MAX_UNICAST_ADDR
    {"J1939_MAX_UNICAST_ADDR", J1939_MAX_UNICAST_ADDR},
#endif
#ifdef J1939_NLA_BYTES_ACKED
    {"J1939_NLA_BYTES_ACKED", J1939_NLA_BYTES_ACKED},
#endif
#ifdef J1939_NLA_PAD
    {"J1939_NLA_PAD", J1939_NLA_PAD},
#endif
#ifdef J1939_NO_ADDR
    {"J1939_NO_ADDR", J1939_NO_ADDR},
#endif
#ifdef J1939_NO_NAME
    {"J1939_NO_NAME", J1939_NO_NAME},
#endif
#ifdef J1939_NO_PGN
    {"J1939_NO_PGN", J1939_NO_PGN},
#endif
#ifdef J1939_PGN_ADDRESS_CLAIMED
    {"J1939_PGN_ADDRESS_CLAIMED", J1939_PGN_ADDRESS_CLAIMED},
#endif
#ifdef J1939_PGN_ADDRESS_COMMANDED
    {"J1939_PGN_ADDRESS_COMMANDED", J1939_PGN_ADDRESS_COMMANDED},
#endif
#ifdef J1939_PGN_MAX
    {"J1939_PGN_MAX", J1939_PGN_MAX},
#endif
#ifdef J1939_PGN_PDU1_MAX
    {"J1939_PGN_PDU1_MAX", J1939_PGN_PDU1_MAX},
#endif
#ifdef J1939_PGN_REQUEST
    {"J1939_PGN_REQUEST", J1939_PGN_REQUEST},
#endif
#ifdef MSG_CMSG_CLOEXEC
    {"MSG_CMSG_CLOEXEC", MSG_CMSG_CLOEXEC},
#endif
#ifdef MSG_CONFIRM
    {"MSG_CONFIRM", MSG_CONFIRM},
#endif
#ifdef MSG_CTRUNC
    {"MSG_CTRUNC", MSG_CTRUNC},
#endif
#ifdef MSG_DONTROUTE
    {"MSG_DONTROUTE", MSG_DONTROUTE},
#endif
#ifdef MSG_DONTWAIT
    {"MSG_DONTWAIT", MSG_DONTWAIT},
#endif
#ifdef MSG_EOR
    {"MSG_EOR", MSG_EOR},
#endif
#ifdef MSG_ERRQUEUE
    {"MSG_ERRQUEUE", MSG_ERRQUEUE},
#endif
#ifdef MSG_FASTOPEN
    {"MSG_FASTOPEN", MSG_FASTOPEN},
#endif
#ifdef MSG_MORE
    {"MSG_MORE", MSG_MORE},
#endif
#ifdef MSG_NOSIGNAL
    {"MSG_NOSIGNAL", MSG_NOSIGNAL},
#endif
#ifdef MSG_OOB
    {"MSG_OOB", MSG_OOB},
#endif
#ifdef MSG_PEEK
    {"MSG_PEEK", MSG_PEEK},
#endif
#ifdef MSG_TRUNC
    {"MSG_TRUNC", MSG_TRUNC},
#endif
#ifdef MSG_WAITALL
    {"MSG_WAITALL", MSG_WAITALL},
#endif
#ifdef NETLINK_CRYPTO
    {"NETLINK_CRYPTO", NETLINK_CRYPTO},
#endif
#ifdef NETLINK_DNRTMSG
    {"NETLINK_DNRTMSG", NETLINK_DNRTMSG},
#endif
#ifdef NETLINK_FIREWALL
    {"NETLINK_FIREWALL", NETLINK_FIREWALL},
#endif
#ifdef NETLINK_IP6_FW
    {"NETLINK_IP6_FW", NETLINK_IP6_FW},
#endif
#ifdef NETLINK_NFLOG
    {"NETLINK_NFLOG", NETLINK_NFLOG},
#endif
#ifdef NETLINK_ROUTE
    {"NETLINK_ROUTE", NETLINK_ROUTE},
#endif
#ifdef NETLINK_USERSOCK
    {"NETLINK_USERSOCK", NETLINK_USERSOCK},
#endif
#ifdef NETLINK_XFRM
    {"NETLINK_XFRM", NETLINK_XFRM},
#endif
#ifdef NI_DGRAM
    {"NI_DGRAM", NI_DGRAM},
#endif
#ifdef NI_MAXHOST
    {"NI_MAXHOST", NI_MAXHOST},
#endif
#ifdef NI_MAXSERV
    {"NI_MAXSERV", NI_MAXSERV},
#endif
#ifdef NI_NAMEREQD
    {"NI_NAMEREQD", NI_NAMEREQD},
#endif
#ifdef NI_NOFQDN
    {"NI_NOFQDN", NI_NOFQDN},
#endif
#ifdef NI_NUMERICHOST
    {"NI_NUMERICHOST", NI_NUMERICHOST},
#endif
#ifdef NI_NUMERICSERV
    {"NI_NUMERICSERV", NI_NUMERICSERV},
#endif
#ifdef PACKET_BROADCAST
    {"PACKET_BROADCAST", PACKET_BROADCAST},
#endif
#ifdef PACKET_FASTROUTE
    {"PACKET_FASTROUTE", PACKET_FASTROUTE},
#endif
#ifdef PACKET_HOST
    {"PACKET_HOST", PACKET_HOST},
#endif
#ifdef PACKET_LOOPBACK
    {"PACKET_LOOPBACK", PACKET_LOOPBACK},
#endif
#ifdef PACKET_MULTICAST
    {"PACKET_MULTICAST", PACKET_MULTICAST},
#endif
#ifdef PACKET_OTHERHOST
    {"PACKET_OTHERHOST", PACKET_OTHERHOST},
#endif
#ifdef PACKET_OUTGOING
    {"PACKET_OUTGOING", PACKET_OUTGOING},
#endif
#ifdef PF_CAN
    {"PF_CAN", PF_CAN},
#endif
#ifdef PF_PACKET
    {"PF_PACKET", PF_PACKET},
#endif
#ifdef PF_RDS
    {"PF_RDS", PF_RDS},
#endif
#ifdef SCM_CREDENTIALS
    {"SCM_CREDENTIALS", SCM_CREDENTIALS},
#endif
#ifdef SCM_J1939_DEST_ADDR
    {"SCM_J1939_DEST_ADDR", SCM_J1939_DEST_ADDR},
#endif
#ifdef SCM_J1939_DEST_NAME
    {"SCM_J1939_DEST_NAME", SCM_J1939_DEST_NAME},
#endif
#ifdef SCM_J1939_ERRQUEUE
    {"SCM_J1939_ERRQUEUE", SCM_J1939_ERRQUEUE},
#endif
#ifdef SCM_J1939_PRIO
    {"SCM_J1939_PRIO", SCM_J1939_PRIO},
#endif
#ifdef SCM_RIGHTS
    {"SCM_RIGHTS", SCM_RIGHTS},
#endif
    {"SHUT_RD", SHUT_RD},
    {"SHUT_RDWR", SHUT_RDWR},
    {"SHUT_WR", SHUT_WR},
#ifdef SOCK_CLOEXEC
    {"SOCK_CLOEXEC", SOCK_CLOEXEC},
#endif
#ifdef SOCK_DGRAM
    {"SOCK_DGRAM", SOCK_DGRAM},
#endif
#ifdef SOCK_NONBLOCK
    {"SOCK_NONBLOCK", SOCK_NONBLOCK},
#endif
#ifdef SOCK_RAW
    {"SOCK_RAW", SOCK_RAW},
#endif
#ifdef SOCK_RDM
    {"SOCK_RDM", SOCK_RDM},
#endif
#ifdef SOCK_SEQPACKET
    {"SOCK_SEQPACKET", SOCK_SEQPACKET},
#endif
#ifdef SOCK_STREAM
    {"SOCK_STREAM", SOCK_STREAM},
#endif
#ifdef SOL_ALG
    {"SOL_ALG", SOL_ALG},
#endif
#ifdef SOL_CAN_BASE
    {"SOL_CAN_BASE", SOL_CAN_BASE},
#endif
#ifdef SOL_CAN_RAW
    {"SOL_CAN_RAW", SOL_CAN_RAW},
#endif
#ifdef SOL_IP
    {"SOL_IP", SOL_IP},
#endif
#ifdef SOL_RDS
    {"SOL_RDS", SOL_RDS},
#endif
#ifdef SOL_SOCKET
    {"SOL_SOCKET", SOL_SOCKET},
#endif
#ifdef SOL_TCP
    {"SOL_TCP", SOL_TCP},
#endif
#ifdef SOL_TIPC
    {"SOL_TIPC", SOL_TIPC},
#endif
#ifdef SOL_UDP
    {"SOL_UDP", SOL_UDP},
#endif
#ifdef SOMAXCONN
    {"SOMAXCONN", SOMAXCONN},
#endif
#ifdef SO_ACCEPTCONN
    {"SO_ACCEPTCONN", SO_ACCEPTCONN},
#endif
#ifdef SO_BINDTODEVICE
    {"SO_BINDTODEVICE", SO_BINDTODEVICE},
#endif
#ifdef SO_BROADCAST
    {"SO_BROADCAST", SO_BROADCAST},
#endif
#ifdef SO_DEBUG
    {"SO_DEBUG", SO_DEBUG},
#endif
#ifdef SO_DOMAIN
    {"SO_DOMAIN", SO_DOMAIN},
#endif
#ifdef SO_DONTROUTE
    {"SO_DONTROUTE", SO_DONTROUTE},
#endif
#ifdef SO_ERROR
    {"SO_ERROR", SO_ERROR},
#endif
#ifdef SO_INCOMING_CPU
    {"SO_INCOMING_CPU", SO_INCOMING_CPU},
#endif
#ifdef SO_J1939_ERRQUEUE
    {"SO_J1939_ERRQUEUE", SO_J1939_ERRQUEUE},
#endif
#ifdef SO_J1939_FILTER
    {"SO_J1939_FILTER", SO_J1939_FILTER},
#endif
#ifdef SO_J1939_PROMISC
    {"SO_J1939_PROMISC", SO_J1939_PROMISC},
#endif
#ifdef SO_J1939_SEND_PRIO
    {"SO_J1939_SEND_PRIO", SO_J1939_SEND_PRIO},
#endif
#ifdef SO_KEEPALIVE
    {"SO_KEEPALIVE", SO_KEEPALIVE},
#endif
#ifdef SO_LINGER
    {"SO_LINGER", SO_LINGER},
#endif
#ifdef SO_MARK
    {"SO_MARK", SO_MARK},
#endif
#ifdef SO_OOBINLINE
    {"SO_OOBINLINE", SO_OOBINLINE},
#endif
#ifdef SO_PASSCRED
    {"SO_PASSCRED", SO_PASSCRED},
#endif
#ifdef SO_PASSSEC
    {"SO_PASSSEC", SO_PASSSEC},
#endif
#ifdef SO_PEERCRED
    {"SO_PEERCRED", SO_PEERCRED},
#endif
#ifdef SO_PEERSEC
    {"SO_PEERSEC", SO_PEERSEC},
#endif
#ifdef SO_PRIORITY
    {"SO_PRIORITY", SO_PRIORITY},
#endif
#ifdef SO_PROTOCOL
    {"SO_PROTOCOL", SO_PROTOCOL},
#endif
#ifdef SO_RCVBUF
    {"SO_RCVBUF", SO_RCVBUF},
#endif
#ifdef SO_RCVLOWAT
    {"SO_RCVLOWAT", SO_RCVLOWAT},
#endif
#ifdef SO_RCVTIMEO
    {"SO_RCVTIMEO", SO_RCVTIMEO},
#endif
#ifdef SO_REUSEADDR
    {"SO_REUSEADDR", SO_REUSEADDR},
#endif
#ifdef SO_REUSEPORT
    {"SO_REUSEPORT", SO_REUSEPORT},
#endif
#ifdef SO_SNDBUF
    {"SO_SNDBUF", SO_SNDBUF},
#endif
#ifdef SO_SNDLOWAT
    {"SO_SNDLOWAT", SO_SNDLOWAT},
#endif
#ifdef SO_SNDTIMEO
    {"SO_SNDTIMEO", SO_SNDTIMEO},
#endif
#ifdef SO_TYPE
    {"SO_TYPE", SO_TYPE},
#endif
#ifdef SO_VM_SOCKETS_BUFFER_MAX_SIZE
    {"SO_VM_SOCKETS_BUFFER_MAX_SIZE", SO_VM_SOCKETS_BUFFER_MAX_SIZE},
#endif
#ifdef SO_VM_SOCKETS_BUFFER_MIN_SIZE
    {"SO_VM_SOCKETS_BUFFER_MIN_SIZE", SO_VM_SOCKETS_BUFFER_MIN_SIZE},
#endif
#ifdef SO_VM_SOCKETS_BUFFER_SIZE
    {"SO_VM_SOCKETS_BUFFER_SIZE", SO_VM_SOCKETS_BUFFER_SIZE},
#endif
#ifdef TCP_CONGESTION
    {"TCP_CONGESTION", TCP_CONGESTION},
#endif
#ifdef TCP_CORK
    {"TCP_CORK", TCP_CORK},
#endif
#ifdef TCP_DEFER_ACCEPT
    {"TCP_DEFER_ACCEPT", TCP_DEFER_ACCEPT},
#endif
#ifdef TCP_FASTOPEN
    {"TCP_FASTOPEN", TCP_FASTOPEN},
#endif
#ifdef TCP_INFO
    {"TCP_INFO", TCP_INFO},
#endif
#ifdef TCP_KEEPCNT
    {"TCP_KEEPCNT", TCP_KEEPCNT},
#endif
#ifdef TCP_KEEPIDLE
    {"TCP_KEEPIDLE", TCP_KEEPIDLE},
#endif
#ifdef TCP_KEEPINTVL
    {"TCP_KEEPINTVL", TCP_KEEPINTVL},
#endif
#ifdef TCP_LINGER2
    {"TCP_LINGER2", TCP_LINGER2},
#endif
#ifdef TCP_MAXSEG
    {"TCP_MAXSEG", TCP_MAXSEG},
#endif
#ifdef TCP_NODELAY
    {"TCP_NODELAY", TCP_NODELAY},
#endif
#ifdef TCP_NOTSENT_LOWAT
    {"TCP_NOTSENT_LOWAT", TCP_NOTSENT_LOWAT},
#endif
#ifdef TCP_QUICKACK
    {"TCP_QUICKACK", TCP_QUICKACK},
#endif
#ifdef TCP_SYNCNT
    {"TCP_SYNCNT", TCP_SYNCNT},
#endif
#ifdef TCP_USER_TIMEOUT
    {"TCP_USER_TIMEOUT", TCP_USER_TIMEOUT},
#endif
#ifdef TCP_WINDOW_CLAMP
    {"TCP_WINDOW_CLAMP", TCP_WINDOW_CLAMP},
#endif
#ifdef TIPC_ADDR_ID
    {"TIPC_ADDR_ID", TIPC_ADDR_ID},
#endif
#ifdef TIPC_ADDR_NAME
    {"TIPC_ADDR_NAME", TIPC_ADDR_NAME},
#endif
#ifdef TIPC_ADDR_NAMESEQ
    {"TIPC_ADDR_NAMESEQ", TIPC_ADDR_NAMESEQ},
#endif
#ifdef TIPC_CFG_SRV
    {"TIPC_CFG_SRV", TIPC_CFG_SRV},
#endif
#ifdef TIPC_CLUSTER_SCOPE
    {"TIPC_CLUSTER_SCOPE", TIPC_CLUSTER_SCOPE},
#endif
#ifdef TIPC_CONN_TIMEOUT
    {"TIPC_CONN_TIMEOUT", TIPC_CONN_TIMEOUT},
#endif
#ifdef TIPC_CRITICAL_IMPORTANCE
    {"TIPC_CRITICAL_IMPORTANCE", TIPC_CRITICAL_IMPORTANCE},
#endif
#ifdef TIPC_DEST_DROPPABLE
    {"TIPC_DEST_DROPPABLE", TIPC_DEST_DROPPABLE},
#endif
#ifdef TIPC_HIGH_IMPORTANCE
    {"TIPC_HIGH_IMPORTANCE", TIPC_HIGH_IMPORTANCE},
#endif
#ifdef TIPC_IMPORTANCE
    {"TIPC_IMPORTANCE", TIPC_IMPORTANCE},
#endif
#ifdef TIPC_LOW_IMPORTANCE
    {"TIPC_LOW_IMPORTANCE", TIPC_LOW_IMPORTANCE},
#endif
#ifdef TIPC_MEDIUM_IMPORTANCE
    {"TIPC_MEDIUM_IMPORTANCE", TIPC_MEDIUM_IMPORTANCE},
#endif
#ifdef TIPC_NODE_SCOPE
    {"TIPC_NODE_SCOPE", TIPC_NODE_SCOPE},
#endif
#ifdef TIPC_PUBLISHED
    {"TIPC_PUBLISHED", TIPC_PUBLISHED},
#endif
#ifdef TIPC_SRC_DROPPABLE
    {"TIPC_SRC_DROPPABLE", TIPC_SRC_DROPPABLE},
#endif
#ifdef TIPC_SUBSCR_TIMEOUT
    {"TIPC_SUBSCR_TIMEOUT", TIPC_SUBSCR_TIMEOUT},
#endif
#ifdef TIPC_SUB_CANCEL
    {"TIPC_SUB_CANCEL", TIPC_SUB_CANCEL},
#endif
#ifdef TIPC_SUB_PORTS
    {"TIPC_SUB_PORTS", TIPC_SUB_PORTS},
#endif
#ifdef TIPC_SUB_SERVICE
    {"TIPC_SUB_SERVICE", TIPC_SUB_SERVICE},
#endif
#ifdef TIPC_TOP_SRV
    {"TIPC_TOP_SRV", TIPC_TOP_SRV},
#endif
#ifdef TIPC_WAIT_FOREVER
    {"TIPC_WAIT_FOREVER", TIPC_WAIT_FOREVER},
#endif
#ifdef TIPC_WITHDRAWN
    {"TIPC_WITHDRAWN", TIPC_WITHDRAWN},
#endif
#ifdef TIPC_ZONE_SCOPE
    {"TIPC_ZONE_SCOPE", TIPC_ZONE_SCOPE},
#endif
#ifdef UDPLITE_RECV_CSCOV
    {"UDPLITE_RECV_CSCOV", UDPLITE_RECV_CSCOV},
#endif
#ifdef UDPLITE_SEND_CSCOV
    {"UDPLITE_SEND_CSCOV", UDPLITE_SEND_CSCOV},
#endif
#ifdef VMADDR_CID_ANY
    {"VMADDR_CID_ANY", VMADDR_CID_ANY},
#endif
#ifdef VMADDR_CID_HOST
    {"VMADDR_CID_HOST", VMADDR_CID_HOST},
#endif
#ifdef VMADDR_PORT_ANY
    {"VMADDR_PORT_ANY", VMADDR_PORT_ANY},
#endif
#ifdef VM_SOCKETS_INVALID_VERSION
    {"VM_SOCKETS_INVALID_VERSION", VM_SOCKETS_INVALID_VERSION},
#endif
    // Enumerators and constants of the kernel, which the preprocessor does not see.
    {"AF_BLUETOOTH", 31},
    {"ALG_OP_DECRYPT", 0},
    {"ALG_OP_ENCRYPT", 1},
    {"ALG_OP_SIGN", 2},
    {"ALG_OP_VERIFY", 3},
    {"ALG_SET_AEAD_ASSOCLEN", 4},
    {"ALG_SET_AEAD_AUTHSIZE", 5},
    {"ALG_SET_IV", 2},
    {"ALG_SET_KEY", 1},
    {"ALG_SET_OP", 3},
    {"ALG_SET_PUBKEY", 6},
    {"BTPROTO_HCI", 1},
    {"BTPROTO_L2CAP", 0},
    {"BTPROTO_RFCOMM", 3},
    {"BTPROTO_SCO", 2},
    {"CAN_BCM", 2},
    {"CAN_BCM_CAN_FD_FRAME", 2048},
    {"CAN_BCM_RX_ANNOUNCE_RESUME", 256},
    {"CAN_BCM_RX_CHANGED", 12},
    {"CAN_BCM_RX_CHECK_DLC", 64},
    {"CAN_BCM_RX_DELETE", 6},
    {"CAN_BCM_RX_FILTER_ID", 32},
    {"CAN_BCM_RX_NO_AUTOTIMER", 128},
    {"CAN_BCM_RX_READ", 7},
    {"CAN_BCM_RX_RTR_FRAME", 1024},
    {"CAN_BCM_RX_SETUP", 5},
    {"CAN_BCM_RX_STATUS", 10},
    {"CAN_BCM_RX_TIMEOUT", 11},
    {"CAN_BCM_SETTIMER", 1},
    {"CAN_BCM_STARTTIMER", 2},
    {"CAN_BCM_TX_ANNOUNCE", 8},
    {"CAN_BCM_TX_COUNTEVT", 4},
    {"CAN_BCM_TX_CP_CAN_ID", 16},
    {"CAN_BCM_TX_DELETE", 2},
    {"CAN_BCM_TX_EXPIRED", 9},
    {"CAN_BCM_TX_READ", 3},
    {"CAN_BCM_TX_RESET_MULTI_IDX", 512},
    {"CAN_BCM_TX_SEND", 4},
    {"CAN_BCM_TX_SETUP", 1},
    {"CAN_BCM_TX_STATUS", 8},
    {"CAN_EFF_FLAG", 2147483648},
    {"CAN_EFF_MASK", 536870911},
    {"CAN_ERR_FLAG", 536870912},
    {"CAN_ERR_MASK", 536870911},
    {"CAN_ISOTP", 6},
    {"CAN_J1939", 7},
    {"CAN_RAW", 1},
    {"CAN_RAW_FD_FRAMES", 5},
    {"CAN_RAW_FILTER", 1},
    {"CAN_RAW_JOIN_FILTERS", 6},
    {"CAN_RAW_LOOPBACK", 3},
    {"CAN_RAW_RECV_OWN_MSGS", 4},
    {"CAN_RTR_FLAG", 1073741824},
    {"CAN_SFF_MASK", 2047},
    {"HCI_DATA_DIR", 1},
    {"HCI_FILTER", 2},
    {"HCI_TIME_STAMP", 3},
    {"IPPORT_USERRESERVED", 5000},
    {"J1939_EE_INFO_NONE", 0},
    {"J1939_EE_INFO_TX_ABORT", 1},
    {"J1939_FILTER_MAX", 512},
    {"J1939_IDLE_ADDR", 254},
    {"J1939_MAX_UNICAST_ADDR", 253},
    {"J1939_NLA_BYTES_ACKED", 1},
    {"J1939_NLA_PAD", 0},
    {"J1939_NO_ADDR", 255},
    {"J1939_NO_NAME", 0},
    {"J1939_NO_PGN", 262144},
    {"J1939_PGN_ADDRESS_CLAIMED", 60928},
    {"J1939_PGN_ADDRESS_COMMANDED", 65240},
    {"J1939_PGN_MAX", 262143},
    {"J1939_PGN_PDU1_MAX", 261888},
    {"J1939_PGN_REQUEST", 59904},
    {"SCM_J1939_DEST_ADDR", 1},
    {"SCM_J1939_DEST_NAME", 2},
    {"SCM_J1939_ERRQUEUE", 4},
    {"SCM_J1939_PRIO", 3},
    {"SOL_CAN_BASE", 100},
    {"SOL_CAN_RAW", 101},
    {"SOL_HCI", 0},
    {"SOL_UDP", 17},
    {"SO_J1939_ERRQUEUE", 4},
    {"SO_J1939_FILTER", 1},
    {"SO_J1939_PROMISC", 2},
    {"SO_J1939_SEND_PRIO", 3},
    {"TIPC_ADDR_ID", 3},
    {"TIPC_ADDR_NAME", 2},
    {"TIPC_ADDR_NAMESEQ", 1},
    {"TIPC_CFG_SRV", 0},
    {"TIPC_CLUSTER_SCOPE", 2},
    {"TIPC_CONN_TIMEOUT", 130},
    {"TIPC_CRITICAL_IMPORTANCE", 3},
    {"TIPC_DEST_DROPPABLE", 129},
    {"TIPC_HIGH_IMPORTANCE", 2},
    {"TIPC_IMPORTANCE", 127},
    {"TIPC_LOW_IMPORTANCE", 0},
    {"TIPC_MEDIUM_IMPORTANCE", 1},
    {"TIPC_NODE_SCOPE", 3},
    {"TIPC_PUBLISHED", 1},
    {"TIPC_SRC_DROPPABLE", 128},
    {"TIPC_SUBSCR_TIMEOUT", 3},
    {"TIPC_SUB_CANCEL", 4},
    {"TIPC_SUB_PORTS", 1},
    {"TIPC_SUB_SERVICE", 2},
    {"TIPC_TOP_SRV", 1},
    {"TIPC_WAIT_FOREVER", -1},
    {"TIPC_WITHDRAWN", 2},
    {"TIPC_ZONE_SCOPE", 1},
    {"UDPLITE_RECV_CSCOV", 11},
    {"UDPLITE_SEND_CSCOV", 10},
    {NULL, 0},
};

const SystemConstant system_constants_fcntl[] = {
#ifdef DN_ACCESS
    {"DN_ACCESS", DN_ACCESS},
#endif
#ifdef DN_ATTRIB
    {"DN_ATTRIB", DN_ATTRIB},
#endif
#ifdef DN_CREATE
    {"DN_CREATE", DN_CREATE},
#endif
#ifdef DN_DELETE
    {"DN_DELETE", DN_DELETE},
#endif
#ifdef DN_MODIFY
    {"DN_MODIFY", DN_MODIFY},
#endif
#ifdef DN_MULTISHOT
    {"DN_MULTISHOT", DN_MULTISHOT},
#endif
#ifdef DN_RENAME
    {"DN_RENAME", DN_RENAME},
#endif
#ifdef FASYNC
    {"FASYNC", FASYNC},
#endif
#ifdef FD_CLOEXEC
    {"FD_CLOEXEC", FD_CLOEXEC},
#endif
#ifdef F_ADD_SEALS
    {"F_ADD_SEALS", F_ADD_SEALS},
#endif
#ifdef F_DUPFD
    {"F_DUPFD", F_DUPFD},
#endif
#ifdef F_DUPFD_CLOEXEC
    {"F_DUPFD_CLOEXEC", F_DUPFD_CLOEXEC},
#endif
#ifdef F_EXLCK
    {"F_EXLCK", F_EXLCK},
#endif
#ifdef F_GETFD
    {"F_GETFD", F_GETFD},
#endif
#ifdef F_GETFL
    {"F_GETFL", F_GETFL},
#endif
#ifdef F_GETLEASE
    {"F_GETLEASE", F_GETLEASE},
#endif
#ifdef F_GETLK
    {"F_GETLK", F_GETLK},
#endif
#ifdef F_GETLK64
    {"F_GETLK64", F_GETLK64},
#endif
#ifdef F_GETOWN
    {"F_GETOWN", F_GETOWN},
#endif
#ifdef F_GETPIPE_SZ
    {"F_GETPIPE_SZ", F_GETPIPE_SZ},
#endif
#ifdef F_GETSIG
    {"F_GETSIG", F_GETSIG},
#endif
#ifdef F_GET_SEALS
    {"F_GET_SEALS", F_GET_SEALS},
#endif
#ifdef F_NOTIFY
    {"F_NOTIFY", F_NOTIFY},
#endif
#ifdef F_OFD_GETLK
    {"F_OFD_GETLK", F_OFD_GETLK},
#endif
#ifdef F_OFD_SETLK
    {"F_OFD_SETLK", F_OFD_SETLK},
#endif
#ifdef F_OFD_SETLKW
    {"F_OFD_SETLKW", F_OFD_SETLKW},
#endif
#ifdef F_RDLCK
    {"F_RDLCK", F_RDLCK},
#endif
#ifdef F_SEAL_GROW
    {"F_SEAL_GROW", F_SEAL_GROW},
#endif
#ifdef F_SEAL_SEAL
    {"F_SEAL_SEAL", F_SEAL_SEAL},
#endif
#ifdef F_SEAL_SHRINK
    {"F_SEAL_SHRINK", F_SEAL_SHRINK},
#endif
#ifdef F_SEAL_WRITE
    {"F_SEAL_WRITE", F_SEAL_WRITE},
#endif
#ifdef F_SETFD
    {"F_SETFD", F_SETFD},
#endif
#ifdef F_SETFL
    {"F_SETFL", F_SETFL},
#endif
#ifdef F_SETLEASE
    {"F_SETLEASE", F_SETLEASE},
#endif
#ifdef F_SETLK
    {"F_SETLK", F_SETLK},
#endif
#ifdef F_SETLK64
    {"F_SETLK64", F_SETLK64},
#endif
#ifdef F_SETLKW
    {"F_SETLKW", F_SETLKW},
#endif
#ifdef F_SETLKW64
    {"F_SETLKW64", F_SETLKW64},
#endif
#ifdef F_SETOWN
    {"F_SETOWN", F_SETOWN},
#endif
#ifdef F_SETPIPE_SZ
    {"F_SETPIPE_SZ", F_SETPIPE_SZ},
#endif
#ifdef F_SETSIG
    {"F_SETSIG", F_SETSIG},
#endif
#ifdef F_SHLCK
    {"F_SHLCK", F_SHLCK},
#endif
#ifdef F_UNLCK
    {"F_UNLCK", F_UNLCK},
#endif
#ifdef F_WRLCK
    {"F_WRLCK", F_WRLCK},
#endif
#ifdef LOCK_EX
    {"LOCK_EX", LOCK_EX},
#endif
#ifdef LOCK_MAND
    {"LOCK_MAND", LOCK_MAND},
#endif
#ifdef LOCK_NB
    {"LOCK_NB", LOCK_NB},
#endif
#ifdef LOCK_READ
    {"LOCK_READ", LOCK_READ},
#endif
#ifdef LOCK_RW
    {"LOCK_RW", LOCK_RW},
#endif
#ifdef LOCK_SH
    {"LOCK_SH", LOCK_SH},
#endif
#ifdef LOCK_UN
    {"LOCK_UN", LOCK_UN},
#endif
#ifdef LOCK_WRITE
    {"LOCK_WRITE", LOCK_WRITE},
#endif
    {NULL, 0},
};

const SystemConstant system_constants_resource[] = {
#ifdef RLIMIT_AS
    {"RLIMIT_AS", RLIMIT_AS},
#endif
#ifdef RLIMIT_CORE
    {"RLIMIT_CORE", RLIMIT_CORE},
#endif
#ifdef RLIMIT_CPU
    {"RLIMIT_CPU", RLIMIT_CPU},
#endif
#ifdef RLIMIT_DATA
    {"RLIMIT_DATA", RLIMIT_DATA},
#endif
#ifdef RLIMIT_FSIZE
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
#endif
#ifdef RLIMIT_MEMLOCK
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
#endif
#ifdef RLIMIT_MSGQUEUE
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
#endif
#ifdef RLIMIT_NICE
    {"RLIMIT_NICE", RLIMIT_NICE},
#endif
#ifdef RLIMIT_NOFILE
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
#endif
#ifdef RLIMIT_NPROC
    {"RLIMIT_NPROC", RLIMIT_NPROC},
#endif
#ifdef RLIMIT_OFILE
    {"RLIMIT_OFILE", RLIMIT_OFILE},
#endif
#ifdef RLIMIT_RSS
    {"RLIMIT_RSS", RLIMIT_RSS},
#endif
#ifdef RLIMIT_RTPRIO
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
#endif
#ifdef RLIMIT_RTTIME
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
#endif
#ifdef RLIMIT_SIGPENDING
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
#endif
#ifdef RLIMIT_STACK
    {"RLIMIT_STACK", RLIMIT_STACK},
#endif
#ifdef RLIM_INFINITY
    {"RLIM_INFINITY", -1},
#endif
#ifdef RUSAGE_CHILDREN
    {"RUSAGE_CHILDREN", RUSAGE_CHILDREN},
#endif
#ifdef RUSAGE_SELF
    {"RUSAGE_SELF", RUSAGE_SELF},
#endif
#ifdef RUSAGE_THREAD
    {"RUSAGE_THREAD", RUSAGE_THREAD},
#endif
    {NULL, 0},
};

const SystemConstant system_constants_termios[] = {
#ifdef B0
    {"B0", B0},
#endif
#ifdef B1000000
    {"B1000000", B1000000},
#endif
#ifdef B110
    {"B110", B110},
#endif
#ifdef B115200
    {"B115200", B115200},
#endif
#ifdef B1152000
    {"B1152000", B1152000},
#endif
#ifdef B1200
    {"B1200", B1200},
#endif
#ifdef B134
    {"B134", B134},
#endif
#ifdef B150
    {"B150", B150},
#endif
#ifdef B1500000
    {"B1500000", B1500000},
#endif
#ifdef B1800
    {"B1800", B1800},
#endif
#ifdef B19200
    {"B19200", B19200},
#endif
#ifdef B200
    {"B200", B200},
#endif
#ifdef B2000000
    {"B2000000", B2000000},
#endif
#ifdef B230400
    {"B230400", B230400},
#endif
#ifdef B2400
    {"B2400", B2400},
#endif
#ifdef B2500000
    {"B2500000", B2500000},
#endif
#ifdef B300
    {"B300", B300},
#endif
#ifdef B3000000
    {"B3000000", B3000000},
#endif
#ifdef B3500000
    {"B3500000", B3500000},
#endif
#ifdef B38400
    {"B38400", B38400},
#endif
#ifdef B4000000
    {"B4000000", B4000000},
#endif
#ifdef B460800
    {"B460800", B460800},
#endif
#ifdef B4800
    {"B4800", B4800},
#endif
#ifdef B50
    {"B50", B50},
#endif
#ifdef B500000
    {"B500000", B500000},
#endif
#ifdef B57600
    {"B57600", B57600},
#endif
#ifdef B576000
    {"B576000", B576000},
#endif
#ifdef B600
    {"B600", B600},
#endif
#ifdef B75
    {"B75", B75},
#endif
#ifdef B921600
    {"B921600", B921600},
#endif
#ifdef B9600
    {"B9600", B9600},
#endif
#ifdef BRKINT
    {"BRKINT", BRKINT},
#endif
#ifdef BS0
    {"BS0", BS0},
#endif
#ifdef BS1
    {"BS1", BS1},
#endif
#ifdef BSDLY
    {"BSDLY", BSDLY},
#endif
#ifdef CBAUD
    {"CBAUD", CBAUD},
#endif
#ifdef CBAUDEX
    {"CBAUDEX", CBAUDEX},
#endif
#ifdef CDSUSP
    {"CDSUSP", CDSUSP},
#endif
#ifdef CEOF
    {"CEOF", CEOF},
#endif
#ifdef CEOL
    {"CEOL", CEOL},
#endif
#ifdef CEOT
    {"CEOT", CEOT},
#endif
#ifdef CERASE
    {"CERASE", CERASE},
#endif
#ifdef CFLUSH
    {"CFLUSH", CFLUSH},
#endif
#ifdef CIBAUD
    {"CIBAUD", CIBAUD},
#endif
#ifdef CINTR
    {"CINTR", CINTR},
#endif
#ifdef CKILL
    {"CKILL", CKILL},
#endif
#ifdef CLNEXT
    {"CLNEXT", CLNEXT},
#endif
#ifdef CLOCAL
    {"CLOCAL", CLOCAL},
#endif
#ifdef CQUIT
    {"CQUIT", CQUIT},
#endif
#ifdef CR0
    {"CR0", CR0},
#endif
#ifdef CR1
    {"CR1", CR1},
#endif
#ifdef CR2
    {"CR2", CR2},
#endif
#ifdef CR3
    {"CR3", CR3},
#endif
#ifdef CRDLY
    {"CRDLY", CRDLY},
#endif
#ifdef CREAD
    {"CREAD", CREAD},
#endif
#ifdef CRPRNT
    {"CRPRNT", CRPRNT},
#endif
#ifdef CRTSCTS
    {"CRTSCTS", CRTSCTS},
#endif
#ifdef CS5
    {"CS5", CS5},
#endif
#ifdef CS6
    {"CS6", CS6},
#endif
#ifdef CS7
    {"CS7", CS7},
#endif
#ifdef CS8
    {"CS8", CS8},
#endif
#ifdef CSIZE
    {"CSIZE", CSIZE},
#endif
#ifdef CSTART
    {"CSTART", CSTART},
#endif
#ifdef CSTOP
    {"CSTOP", CSTOP},
#endif
#ifdef CSTOPB
    {"CSTOPB", CSTOPB},
#endif
#ifdef CSUSP
    {"CSUSP", CSUSP},
#endif
#ifdef CWERASE
    {"CWERASE", CWERASE},
#endif
#ifdef ECHO
    {"ECHO", ECHO},
#endif
#ifdef ECHOCTL
    {"ECHOCTL", ECHOCTL},
#endif
#ifdef ECHOE
    {"ECHOE", ECHOE},
#endif
#ifdef ECHOK
    {"ECHOK", ECHOK},
#endif
#ifdef ECHOKE
    {"ECHOKE", ECHOKE},
#endif
#ifdef ECHONL
    {"ECHONL", ECHONL},
#endif
#ifdef ECHOPRT
    {"ECHOPRT", ECHOPRT},
#endif
#ifdef EXTA
    {"EXTA", EXTA},
#endif
#ifdef EXTB
    {"EXTB", EXTB},
#endif
#ifdef FF0
    {"FF0", FF0},
#endif
#ifdef FF1
    {"FF1", FF1},
#endif
#ifdef FFDLY
    {"FFDLY", FFDLY},
#endif
#ifdef FIOASYNC
    {"FIOASYNC", FIOASYNC},
#endif
#ifdef FIOCLEX
    {"FIOCLEX", FIOCLEX},
#endif
#ifdef FIONBIO
    {"FIONBIO", FIONBIO},
#endif
#ifdef FIONCLEX
    {"FIONCLEX", FIONCLEX},
#endif
#ifdef FIONREAD
    {"FIONREAD", FIONREAD},
#endif
#ifdef FLUSHO
    {"FLUSHO", FLUSHO},
#endif
#ifdef HUPCL
    {"HUPCL", HUPCL},
#endif
#ifdef ICANON
    {"ICANON", ICANON},
#endif
#ifdef ICRNL
    {"ICRNL", ICRNL},
#endif
#ifdef IEXTEN
    {"IEXTEN", IEXTEN},
#endif
#ifdef IGNBRK
    {"IGNBRK", IGNBRK},
#endif
#ifdef IGNCR
    {"IGNCR", IGNCR},
#endif
#ifdef IGNPAR
    {"IGNPAR", IGNPAR},
#endif
#ifdef IMAXBEL
    {"IMAXBEL", IMAXBEL},
#endif
#ifdef INLCR
    {"INLCR", INLCR},
#endif
#ifdef INPCK
    {"INPCK", INPCK},
#endif
#ifdef IOCSIZE_MASK
    {"IOCSIZE_MASK", IOCSIZE_MASK},
#endif
#ifdef IOCSIZE_SHIFT
    {"IOCSIZE_SHIFT", IOCSIZE_SHIFT},
#endif
#ifdef ISIG
    {"ISIG", ISIG},
#endif
#ifdef ISTRIP
    {"ISTRIP", ISTRIP},
#endif
#ifdef IUCLC
    {"IUCLC", IUCLC},
#endif
#ifdef IXANY
    {"IXANY", IXANY},
#endif
#ifdef IXOFF
    {"IXOFF", IXOFF},
#endif
#ifdef IXON
    {"IXON", IXON},
#endif
#ifdef NCC
    {"NCC", NCC},
#endif
#ifdef NCCS
    {"NCCS", NCCS},
#endif
#ifdef NL0
    {"NL0", NL0},
#endif
#ifdef NL1
    {"NL1", NL1},
#endif
#ifdef NLDLY
    {"NLDLY", NLDLY},
#endif
#ifdef NOFLSH
    {"NOFLSH", NOFLSH},
#endif
#ifdef N_MOUSE
    {"N_MOUSE", N_MOUSE},
#endif
#ifdef N_PPP
    {"N_PPP", N_PPP},
#endif
#ifdef N_SLIP
    {"N_SLIP", N_SLIP},
#endif
#ifdef N_STRIP
    {"N_STRIP", N_STRIP},
#endif
#ifdef N_TTY
    {"N_TTY", N_TTY},
#endif
#ifdef OCRNL
    {"OCRNL", OCRNL},
#endif
#ifdef OFDEL
    {"OFDEL", OFDEL},
#endif
#ifdef OFILL
    {"OFILL", OFILL},
#endif
#ifdef OLCUC
    {"OLCUC", OLCUC},
#endif
#ifdef ONLCR
    {"ONLCR", ONLCR},
#endif
#ifdef ONLRET
    {"ONLRET", ONLRET},
#endif
#ifdef ONOCR
    {"ONOCR", ONOCR},
#endif
#ifdef OPOST
    {"OPOST", OPOST},
#endif
#ifdef PARENB
    {"PARENB", PARENB},
#endif
#ifdef PARMRK
    {"PARMRK", PARMRK},
#endif
#ifdef PARODD
    {"PARODD", PARODD},
#endif
#ifdef PENDIN
    {"PENDIN", PENDIN},
#endif
#ifdef TAB0
    {"TAB0", TAB0},
#endif
#ifdef TAB1
    {"TAB1", TAB1},
#endif
#ifdef TAB2
    {"TAB2", TAB2},
#endif
#ifdef TAB3
    {"TAB3", TAB3},
#endif
#ifdef TABDLY
    {"TABDLY", TABDLY},
#endif
#ifdef TCFLSH
    {"TCFLSH", TCFLSH},
#endif
#ifdef TCGETA
    {"TCGETA", TCGETA},
#endif
#ifdef TCGETS
    {"TCGETS", TCGETS},
#endif
#ifdef TCIFLUSH
    {"TCIFLUSH", TCIFLUSH},
#endif
#ifdef TCIOFF
    {"TCIOFF", TCIOFF},
#endif
#ifdef TCIOFLUSH
    {"TCIOFLUSH", TCIOFLUSH},
#endif
#ifdef TCION
    {"TCION", TCION},
#endif
#ifdef TCOFLUSH
    {"TCOFLUSH", TCOFLUSH},
#endif
#ifdef TCOOFF
    {"TCOOFF", TCOOFF},
#endif
#ifdef TCOON
    {"TCOON", TCOON},
#endif
#ifdef TCSADRAIN
    {"TCSADRAIN", TCSADRAIN},
#endif
#ifdef TCSAFLUSH
    {"TCSAFLUSH", TCSAFLUSH},
#endif
#ifdef TCSANOW
    {"TCSANOW", TCSANOW},
#endif
#ifdef TCSBRK
    {"TCSBRK", TCSBRK},
#endif
#ifdef TCSBRKP
    {"TCSBRKP", TCSBRKP},
#endif
#ifdef TCSETA
    {"TCSETA", TCSETA},
#endif
#ifdef TCSETAF
    {"TCSETAF", TCSETAF},
#endif
#ifdef TCSETAW
    {"TCSETAW", TCSETAW},
#endif
#ifdef TCSETS
    {"TCSETS", TCSETS},
#endif
#ifdef TCSETSF
    {"TCSETSF", TCSETSF},
#endif
#ifdef TCSETSW
    {"TCSETSW", TCSETSW},
#endif
#ifdef TCXONC
    {"TCXONC", TCXONC},
#endif
#ifdef TIOCCONS
    {"TIOCCONS", TIOCCONS},
#endif
#ifdef TIOCEXCL
    {"TIOCEXCL", TIOCEXCL},
#endif
#ifdef TIOCGETD
    {"TIOCGETD", TIOCGETD},
#endif
#ifdef TIOCGICOUNT
    {"TIOCGICOUNT", TIOCGICOUNT},
#endif
#ifdef TIOCGLCKTRMIOS
    {"TIOCGLCKTRMIOS", TIOCGLCKTRMIOS},
#endif
#ifdef TIOCGPGRP
    {"TIOCGPGRP", TIOCGPGRP},
#endif
#ifdef TIOCGSERIAL
    {"TIOCGSERIAL", TIOCGSERIAL},
#endif
#ifdef TIOCGSOFTCAR
    {"TIOCGSOFTCAR", TIOCGSOFTCAR},
#endif
#ifdef TIOCGWINSZ
    {"TIOCGWINSZ", TIOCGWINSZ},
#endif
#ifdef TIOCINQ
    {"TIOCINQ", TIOCINQ},
#endif
#ifdef TIOCLINUX
    {"TIOCLINUX", TIOCLINUX},
#endif
#ifdef TIOCMBIC
    {"TIOCMBIC", TIOCMBIC},
#endif
#ifdef TIOCMBIS
    {"TIOCMBIS", TIOCMBIS},
#endif
#ifdef TIOCMGET
    {"TIOCMGET", TIOCMGET},
#endif
#ifdef TIOCMIWAIT
    {"TIOCMIWAIT", TIOCMIWAIT},
#endif
#ifdef TIOCMSET
    {"TIOCMSET", TIOCMSET},
#endif
#ifdef TIOCM_CAR
    {"TIOCM_CAR", TIOCM_CAR},
#endif
#ifdef TIOCM_CD
    {"TIOCM_CD", TIOCM_CD},
#endif
#ifdef TIOCM_CTS
    {"TIOCM_CTS", TIOCM_CTS},
#endif
#ifdef TIOCM_DSR
    {"TIOCM_DSR", TIOCM_DSR},
#endif
#ifdef TIOCM_DTR
    {"TIOCM_DTR", TIOCM_DTR},
#endif
#ifdef TIOCM_LE
    {"TIOCM_LE", TIOCM_LE},
#endif
#ifdef TIOCM_RI
    {"TIOCM_RI", TIOCM_RI},
#endif
#ifdef TIOCM_RNG
    {"TIOCM_RNG", TIOCM_RNG},
#endif
#ifdef TIOCM_RTS
    {"TIOCM_RTS", TIOCM_RTS},
#endif
#ifdef TIOCM_SR
    {"TIOCM_SR", TIOCM_SR},
#endif
#ifdef TIOCM_ST
    {"TIOCM_ST", TIOCM_ST},
#endif
#ifdef TIOCNOTTY
    {"TIOCNOTTY", TIOCNOTTY},
#endif
#ifdef TIOCNXCL
    {"TIOCNXCL", TIOCNXCL},
#endif
#ifdef TIOCOUTQ
    {"TIOCOUTQ", TIOCOUTQ},
#endif
#ifdef TIOCPKT
    {"TIOCPKT", TIOCPKT},
#endif
#ifdef TIOCPKT_DATA
    {"TIOCPKT_DATA", TIOCPKT_DATA},
#endif
#ifdef TIOCPKT_DOSTOP
    {"TIOCPKT_DOSTOP", TIOCPKT_DOSTOP},
#endif
#ifdef TIOCPKT_FLUSHREAD
    {"TIOCPKT_FLUSHREAD", TIOCPKT_FLUSHREAD},
#endif
#ifdef TIOCPKT_FLUSHWRITE
    {"TIOCPKT_FLUSHWRITE", TIOCPKT_FLUSHWRITE},
#endif
#ifdef TIOCPKT_NOSTOP
    {"TIOCPKT_NOSTOP", TIOCPKT_NOSTOP},
#endif
#ifdef TIOCPKT_START
    {"TIOCPKT_START", TIOCPKT_START},
#endif
#ifdef TIOCPKT_STOP
    {"TIOCPKT_STOP", TIOCPKT_STOP},
#endif
#ifdef TIOCSCTTY
    {"TIOCSCTTY", TIOCSCTTY},
#endif
#ifdef TIOCSERCONFIG
    {"TIOCSERCONFIG", TIOCSERCONFIG},
#endif
#ifdef TIOCSERGETLSR
    {"TIOCSERGETLSR", TIOCSERGETLSR},
#endif
#ifdef TIOCSERGETMULTI
    {"TIOCSERGETMULTI", TIOCSERGETMULTI},
#endif
#ifdef TIOCSERGSTRUCT
    {"TIOCSERGSTRUCT", TIOCSERGSTRUCT},
#endif
#ifdef TIOCSERGWILD
    {"TIOCSERGWILD", TIOCSERGWILD},
#endif
#ifdef TIOCSERSETMULTI
    {"TIOCSERSETMULTI", TIOCSERSETMULTI},
#endif
#ifdef TIOCSERSWILD
    {"TIOCSERSWILD", TIOCSERSWILD},
#endif
#ifdef TIOCSER_TEMT
    {"TIOCSER_TEMT", TIOCSER_TEMT},
#endif
#ifdef TIOCSETD
    {"TIOCSETD", TIOCSETD},
#endif
#ifdef TIOCSLCKTRMIOS
    {"TIOCSLCKTRMIOS", TIOCSLCKTRMIOS},
#endif
#ifdef TIOCSPGRP
    {"TIOCSPGRP", TIOCSPGRP},
#endif
#ifdef TIOCSSERIAL
    {"TIOCSSERIAL", TIOCSSERIAL},
#endif
#ifdef TIOCSSOFTCAR
    {"TIOCSSOFTCAR", TIOCSSOFTCAR},
#endif
#ifdef TIOCSTI
    {"TIOCSTI", TIOCSTI},
#endif
#ifdef TIOCSWINSZ
    {"TIOCSWINSZ", TIOCSWINSZ},
#endif
#ifdef TOSTOP
    {"TOSTOP", TOSTOP},
#endif
#ifdef VDISCARD
    {"VDISCARD", VDISCARD},
#endif
#ifdef VEOF
    {"VEOF", VEOF},
#endif
#ifdef VEOL
    {"VEOL", VEOL},
#endif
#ifdef VEOL2
    {"VEOL2", VEOL2},
#endif
#ifdef VERASE
    {"VERASE", VERASE},
#endif
#ifdef VINTR
    {"VINTR", VINTR},
#endif
#ifdef VKILL
    {"VKILL", VKILL},
#endif
#ifdef VLNEXT
    {"VLNEXT", VLNEXT},
#endif
#ifdef VMIN
    {"VMIN", VMIN},
#endif
#ifdef VQUIT
    {"VQUIT", VQUIT},
#endif
#ifdef VREPRINT
    {"VREPRINT", VREPRINT},
#endif
#ifdef VSTART
    {"VSTART", VSTART},
#endif
#ifdef VSTOP
    {"VSTOP", VSTOP},
#endif
#ifdef VSUSP
    {"VSUSP", VSUSP},
#endif
#ifdef VSWTC
    {"VSWTC", VSWTC},
#endif
#ifdef VSWTCH
    {"VSWTCH", VSWTCH},
#endif
#ifdef VT0
    {"VT0", VT0},
#endif
#ifdef VT1
    {"VT1", VT1},
#endif
#ifdef VTDLY
    {"VTDLY", VTDLY},
#endif
#ifdef VTIME
    {"VTIME", VTIME},
#endif
#ifdef VWERASE
    {"VWERASE", VWERASE},
#endif
#ifdef XCASE
    {"XCASE", XCASE},
#endif
#ifdef XTABS
    {"XTABS", XTABS},
#endif
    {NULL, 0},
};

const SystemConstant system_constants_locale[] = {
    {"ABDAY_1", ABDAY_1},
    {"ABDAY_2", ABDAY_2},
    {"ABDAY_3", ABDAY_3},
    {"ABDAY_4", ABDAY_4},
    {"ABDAY_5", ABDAY_5},
    {"ABDAY_6", ABDAY_6},
    {"ABDAY_7", ABDAY_7},
    {"ABMON_1", ABMON_1},
    {"ABMON_10", ABMON_10},
    {"ABMON_11", ABMON_11},
    {"ABMON_12", ABMON_12},
    {"ABMON_2", ABMON_2},
    {"ABMON_3", ABMON_3},
    {"ABMON_4", ABMON_4},
    {"ABMON_5", ABMON_5},
    {"ABMON_6", ABMON_6},
    {"ABMON_7", ABMON_7},
    {"ABMON_8", ABMON_8},
    {"ABMON_9", ABMON_9},
    {"ALT_DIGITS", ALT_DIGITS},
    {"AM_STR", AM_STR},
#ifdef CHAR_MAX
    {"CHAR_MAX", CHAR_MAX},
#endif
    {"CODESET", CODESET},
    {"CRNCYSTR", CRNCYSTR},
    {"DAY_1", DAY_1},
    {"DAY_2", DAY_2},
    {"DAY_3", DAY_3},
    {"DAY_4", DAY_4},
    {"DAY_5", DAY_5},
    {"DAY_6", DAY_6},
    {"DAY_7", DAY_7},
    {"D_FMT", D_FMT},
    {"D_T_FMT", D_T_FMT},
    {"ERA", ERA},
    {"ERA_D_FMT", ERA_D_FMT},
    {"ERA_D_T_FMT", ERA_D_T_FMT},
    {"ERA_T_FMT", ERA_T_FMT},
#ifdef LC_ALL
    {"LC_ALL", LC_ALL},
#endif
#ifdef LC_COLLATE
    {"LC_COLLATE", LC_COLLATE},
#endif
#ifdef LC_CTYPE
    {"LC_CTYPE", LC_CTYPE},
#endif
#ifdef LC_MESSAGES
    {"LC_MESSAGES", LC_MESSAGES},
#endif
#ifdef LC_MONETARY
    {"LC_MONETARY", LC_MONETARY},
#endif
#ifdef LC_NUMERIC
    {"LC_NUMERIC", LC_NUMERIC},
#endif
#ifdef LC_TIME
    {"LC_TIME", LC_TIME},
#endif
    {"MON_1", MON_1},
    {"MON_10", MON_10},
    {"MON_11", MON_11},
    {"MON_12", MON_12},
    {"MON_2", MON_2},
    {"MON_3", MON_3},
    {"MON_4", MON_4},
    {"MON_5", MON_5},
    {"MON_6", MON_6},
    {"MON_7", MON_7},
    {"MON_8", MON_8},
    {"MON_9", MON_9},
    {"NOEXPR", NOEXPR},
    {"PM_STR", PM_STR},
    {"RADIXCHAR", RADIXCHAR},
    {"THOUSEP", THOUSEP},
    {"T_FMT", T_FMT},
    {"T_FMT_AMPM", T_FMT_AMPM},
    {"YESEXPR", YESEXPR},
    {"_DATE_FMT", _DATE_FMT},
    {NULL, 0},
};

const SystemConstant system_confstr_names[] = {
#ifdef _CS_GNU_LIBC_VERSION
    {"CS_GNU_LIBC_VERSION", _CS_GNU_LIBC_VERSION},
#endif
#ifdef _CS_GNU_LIBPTHREAD_VERSION
    {"CS_GNU_LIBPTHREAD_VERSION", _CS_GNU_LIBPTHREAD_VERSION},
#endif
#ifdef _CS_LFS64_CFLAGS
    {"CS_LFS64_CFLAGS", _CS_LFS64_CFLAGS},
#endif
#ifdef _CS_LFS64_LDFLAGS
    {"CS_LFS64_LDFLAGS", _CS_LFS64_LDFLAGS},
#endif
#ifdef _CS_LFS64_LIBS
    {"CS_LFS64_LIBS", _CS_LFS64_LIBS},
#endif
#ifdef _CS_LFS64_LINTFLAGS
    {"CS_LFS64_LINTFLAGS", _CS_LFS64_LINTFLAGS},
#endif
#ifdef _CS_LFS_CFLAGS
    {"CS_LFS_CFLAGS", _CS_LFS_CFLAGS},
#endif
#ifdef _CS_LFS_LDFLAGS
    {"CS_LFS_LDFLAGS", _CS_LFS_LDFLAGS},
#endif
#ifdef _CS_LFS_LIBS
    {"CS_LFS_LIBS", _CS_LFS_LIBS},
#endif
#ifdef _CS_LFS_LINTFLAGS
    {"CS_LFS_LINTFLAGS", _CS_LFS_LINTFLAGS},
#endif
#ifdef _CS_PATH
    {"CS_PATH", _CS_PATH},
#endif
#ifdef _CS_XBS5_ILP32_OFF32_CFLAGS
    {"CS_XBS5_ILP32_OFF32_CFLAGS", _CS_XBS5_ILP32_OFF32_CFLAGS},
#endif
#ifdef _CS_XBS5_ILP32_OFF32_LDFLAGS
    {"CS_XBS5_ILP32_OFF32_LDFLAGS", _CS_XBS5_ILP32_OFF32_LDFLAGS},
#endif
#ifdef _CS_XBS5_ILP32_OFF32_LIBS
    {"CS_XBS5_ILP32_OFF32_LIBS", _CS_XBS5_ILP32_OFF32_LIBS},
#endif
#ifdef _CS_XBS5_ILP32_OFF32_LINTFLAGS
    {"CS_XBS5_ILP32_OFF32_LINTFLAGS", _CS_XBS5_ILP32_OFF32_LINTFLAGS},
#endif
#ifdef _CS_XBS5_ILP32_OFFBIG_CFLAGS
    {"CS_XBS5_ILP32_OFFBIG_CFLAGS", _CS_XBS5_ILP32_OFFBIG_CFLAGS},
#endif
#ifdef _CS_XBS5_ILP32_OFFBIG_LDFLAGS
    {"CS_XBS5_ILP32_OFFBIG_LDFLAGS", _CS_XBS5_ILP32_OFFBIG_LDFLAGS},
#endif
#ifdef _CS_XBS5_ILP32_OFFBIG_LIBS
    {"CS_XBS5_ILP32_OFFBIG_LIBS", _CS_XBS5_ILP32_OFFBIG_LIBS},
#endif
#ifdef _CS_XBS5_ILP32_OFFBIG_LINTFLAGS
    {"CS_XBS5_ILP32_OFFBIG_LINTFLAGS", _CS_XBS5_ILP32_OFFBIG_LINTFLAGS},
#endif
#ifdef _CS_XBS5_LP64_OFF64_CFLAGS
    {"CS_XBS5_LP64_OFF64_CFLAGS", _CS_XBS5_LP64_OFF64_CFLAGS},
#endif
#ifdef _CS_XBS5_LP64_OFF64_LDFLAGS
    {"CS_XBS5_LP64_OFF64_LDFLAGS", _CS_XBS5_LP64_OFF64_LDFLAGS},
#endif
#ifdef _CS_XBS5_LP64_OFF64_LIBS
    {"CS_XBS5_LP64_OFF64_LIBS", _CS_XBS5_LP64_OFF64_LIBS},
#endif
#ifdef _CS_XBS5_LP64_OFF64_LINTFLAGS
    {"CS_XBS5_LP64_OFF64_LINTFLAGS", _CS_XBS5_LP64_OFF64_LINTFLAGS},
#endif
#ifdef _CS_XBS5_LPBIG_OFFBIG_CFLAGS
    {"CS_XBS5_LPBIG_OFFBIG_CFLAGS", _CS_XBS5_LPBIG_OFFBIG_CFLAGS},
#endif
#ifdef _CS_XBS5_LPBIG_OFFBIG_LDFLAGS
    {"CS_XBS5_LPBIG_OFFBIG_LDFLAGS", _CS_XBS5_LPBIG_OFFBIG_LDFLAGS},
#endif
#ifdef _CS_XBS5_LPBIG_OFFBIG_LIBS
    {"CS_XBS5_LPBIG_OFFBIG_LIBS", _CS_XBS5_LPBIG_OFFBIG_LIBS},
#endif
#ifdef _CS_XBS5_LPBIG_OFFBIG_LINTFLAGS
    {"CS_XBS5_LPBIG_OFFBIG_LINTFLAGS", _CS_XBS5_LPBIG_OFFBIG_LINTFLAGS},
#endif
    {NULL, 0},
};

const SystemConstant system_pathconf_names[] = {
#ifdef _PC_ALLOC_SIZE_MIN
    {"PC_ALLOC_SIZE_MIN", _PC_ALLOC_SIZE_MIN},
#endif
#ifdef _PC_ASYNC_IO
    {"PC_ASYNC_IO", _PC_ASYNC_IO},
#endif
#ifdef _PC_CHOWN_RESTRICTED
    {"PC_CHOWN_RESTRICTED", _PC_CHOWN_RESTRICTED},
#endif
#ifdef _PC_FILESIZEBITS
    {"PC_FILESIZEBITS", _PC_FILESIZEBITS},
#endif
#ifdef _PC_LINK_MAX
    {"PC_LINK_MAX", _PC_LINK_MAX},
#endif
#ifdef _PC_MAX_CANON
    {"PC_MAX_CANON", _PC_MAX_CANON},
#endif
#ifdef _PC_MAX_INPUT
    {"PC_MAX_INPUT", _PC_MAX_INPUT},
#endif
#ifdef _PC_NAME_MAX
    {"PC_NAME_MAX", _PC_NAME_MAX},
#endif
#ifdef _PC_NO_TRUNC
    {"PC_NO_TRUNC", _PC_NO_TRUNC},
#endif
#ifdef _PC_PATH_MAX
    {"PC_PATH_MAX", _PC_PATH_MAX},
#endif
#ifdef _PC_PIPE_BUF
    {"PC_PIPE_BUF", _PC_PIPE_BUF},
#endif
#ifdef _PC_PRIO_IO
    {"PC_PRIO_IO", _PC_PRIO_IO},
#endif
#ifdef _PC_REC_INCR_XFER_SIZE
    {"PC_REC_INCR_XFER_SIZE", _PC_REC_INCR_XFER_SIZE},
#endif
#ifdef _PC_REC_MAX_XFER_SIZE
    {"PC_REC_MAX_XFER_SIZE", _PC_REC_MAX_XFER_SIZE},
#endif
#ifdef _PC_REC_MIN_XFER_SIZE
    {"PC_REC_MIN_XFER_SIZE", _PC_REC_MIN_XFER_SIZE},
#endif
#ifdef _PC_REC_XFER_ALIGN
    {"PC_REC_XFER_ALIGN", _PC_REC_XFER_ALIGN},
#endif
#ifdef _PC_SOCK_MAXBUF
    {"PC_SOCK_MAXBUF", _PC_SOCK_MAXBUF},
#endif
#ifdef _PC_SYMLINK_MAX
    {"PC_SYMLINK_MAX", _PC_SYMLINK_MAX},
#endif
#ifdef _PC_SYNC_IO
    {"PC_SYNC_IO", _PC_SYNC_IO},
#endif
#ifdef _PC_VDISABLE
    {"PC_VDISABLE", _PC_VDISABLE},
#endif
    {NULL, 0},
};

const SystemConstant system_sysconf_names[] = {
#ifdef _SC_2_CHAR_TERM
    {"SC_2_CHAR_TERM", _SC_2_CHAR_TERM},
#endif
#ifdef _SC_2_C_BIND
    {"SC_2_C_BIND", _SC_2_C_BIND},
#endif
#ifdef _SC_2_C_DEV
    {"SC_2_C_DEV", _SC_2_C_DEV},
#endif
#ifdef _SC_2_C_VERSION
    {"SC_2_C_VERSION", _SC_2_C_VERSION},
#endif
#ifdef _SC_2_FORT_DEV
    {"SC_2_FORT_DEV", _SC_2_FORT_DEV},
#endif
#ifdef _SC_2_FORT_RUN
    {"SC_2_FORT_RUN", _SC_2_FORT_RUN},
#endif
#ifdef _SC_2_LOCALEDEF
    {"SC_2_LOCALEDEF", _SC_2_LOCALEDEF},
#endif
#ifdef _SC_2_SW_DEV
    {"SC_2_SW_DEV", _SC_2_SW_DEV},
#endif
#ifdef _SC_2_UPE
    {"SC_2_UPE", _SC_2_UPE},
#endif
#ifdef _SC_2_VERSION
    {"SC_2_VERSION", _SC_2_VERSION},
#endif
#ifdef _SC_AIO_LISTIO_MAX
    {"SC_AIO_LISTIO_MAX", _SC_AIO_LISTIO_MAX},
#endif
#ifdef _SC_AIO_MAX
    {"SC_AIO_MAX", _SC_AIO_MAX},
#endif
#ifdef _SC_AIO_PRIO_DELTA_MAX
    {"SC_AIO_PRIO_DELTA_MAX", _SC_AIO_PRIO_DELTA_MAX},
#endif
#ifdef _SC_ARG_MAX
    {"SC_ARG_MAX", _SC_ARG_MAX},
#endif
#ifdef _SC_ASYNCHRONOUS_IO
    {"SC_ASYNCHRONOUS_IO", _SC_ASYNCHRONOUS_IO},
#endif
#ifdef _SC_ATEXIT_MAX
    {"SC_ATEXIT_MAX", _SC_ATEXIT_MAX},
#endif
#ifdef _SC_AVPHYS_PAGES
    {"SC_AVPHYS_PAGES", _SC_AVPHYS_PAGES},
#endif
#ifdef _SC_BC_BASE_MAX
    {"SC_BC_BASE_MAX", _SC_BC_BASE_MAX},
#endif
#ifdef _SC_BC_DIM_MAX
    {"SC_BC_DIM_MAX", _SC_BC_DIM_MAX},
#endif
#ifdef _SC_BC_SCALE_MAX
    {"SC_BC_SCALE_MAX", _SC_BC_SCALE_MAX},
#endif
#ifdef _SC_BC_STRING_MAX
    {"SC_BC_STRING_MAX", _SC_BC_STRING_MAX},
#endif
#ifdef _SC_CHARCLASS_NAME_MAX
    {"SC_CHARCLASS_NAME_MAX", _SC_CHARCLASS_NAME_MAX},
#endif
#ifdef _SC_CHAR_BIT
    {"SC_CHAR_BIT", _SC_CHAR_BIT},
#endif
#ifdef _SC_CHAR_MAX
    {"SC_CHAR_MAX", _SC_CHAR_MAX},
#endif
#ifdef _SC_CHAR_MIN
    {"SC_CHAR_MIN", _SC_CHAR_MIN},
#endif
#ifdef _SC_CHILD_MAX
    {"SC_CHILD_MAX", _SC_CHILD_MAX},
#endif
#ifdef _SC_CLK_TCK
    {"SC_CLK_TCK", _SC_CLK_TCK},
#endif
#ifdef _SC_COLL_WEIGHTS_MAX
    {"SC_COLL_WEIGHTS_MAX", _SC_COLL_WEIGHTS_MAX},
#endif
#ifdef _SC_DELAYTIMER_MAX
    {"SC_DELAYTIMER_MAX", _SC_DELAYTIMER_MAX},
#endif
#ifdef _SC_EQUIV_CLASS_MAX
    {"SC_EQUIV_CLASS_MAX", _SC_EQUIV_CLASS_MAX},
#endif
#ifdef _SC_EXPR_NEST_MAX
    {"SC_EXPR_NEST_MAX", _SC_EXPR_NEST_MAX},
#endif
#ifdef _SC_FSYNC
    {"SC_FSYNC", _SC_FSYNC},
#endif
#ifdef _SC_GETGR_R_SIZE_MAX
    {"SC_GETGR_R_SIZE_MAX", _SC_GETGR_R_SIZE_MAX},
#endif
#ifdef _SC_GETPW_R_SIZE_MAX
    {"SC_GETPW_R_SIZE_MAX", _SC_GETPW_R_SIZE_MAX},
#endif
#ifdef _SC_INT_MAX
    {"SC_INT_MAX", _SC_INT_MAX},
#endif
#ifdef _SC_INT_MIN
    {"SC_INT_MIN", _SC_INT_MIN},
#endif
#ifdef _SC_IOV_MAX
    {"SC_IOV_MAX", _SC_IOV_MAX},
#endif
#ifdef _SC_JOB_CONTROL
    {"SC_JOB_CONTROL", _SC_JOB_CONTROL},
#endif
#ifdef _SC_LINE_MAX
    {"SC_LINE_MAX", _SC_LINE_MAX},
#endif
#ifdef _SC_LOGIN_NAME_MAX
    {"SC_LOGIN_NAME_MAX", _SC_LOGIN_NAME_MAX},
#endif
#ifdef _SC_LONG_BIT
    {"SC_LONG_BIT", _SC_LONG_BIT},
#endif
#ifdef _SC_MAPPED_FILES
    {"SC_MAPPED_FILES", _SC_MAPPED_FILES},
#endif
#ifdef _SC_MB_LEN_MAX
    {"SC_MB_LEN_MAX", _SC_MB_LEN_MAX},
#endif
#ifdef _SC_MEMLOCK
    {"SC_MEMLOCK", _SC_MEMLOCK},
#endif
#ifdef _SC_MEMLOCK_RANGE
    {"SC_MEMLOCK_RANGE", _SC_MEMLOCK_RANGE},
#endif
#ifdef _SC_MEMORY_PROTECTION
    {"SC_MEMORY_PROTECTION", _SC_MEMORY_PROTECTION},
#endif
#ifdef _SC_MESSAGE_PASSING
    {"SC_MESSAGE_PASSING", _SC_MESSAGE_PASSING},
#endif
#ifdef _SC_MINSIGSTKSZ
    {"SC_MINSIGSTKSZ", _SC_MINSIGSTKSZ},
#endif
#ifdef _SC_MQ_OPEN_MAX
    {"SC_MQ_OPEN_MAX", _SC_MQ_OPEN_MAX},
#endif
#ifdef _SC_MQ_PRIO_MAX
    {"SC_MQ_PRIO_MAX", _SC_MQ_PRIO_MAX},
#endif
#ifdef _SC_NGROUPS_MAX
    {"SC_NGROUPS_MAX", _SC_NGROUPS_MAX},
#endif
#ifdef _SC_NL_ARGMAX
    {"SC_NL_ARGMAX", _SC_NL_ARGMAX},
#endif
#ifdef _SC_NL_LANGMAX
    {"SC_NL_LANGMAX", _SC_NL_LANGMAX},
#endif
#ifdef _SC_NL_MSGMAX
    {"SC_NL_MSGMAX", _SC_NL_MSGMAX},
#endif
#ifdef _SC_NL_NMAX
    {"SC_NL_NMAX", _SC_NL_NMAX},
#endif
#ifdef _SC_NL_SETMAX
    {"SC_NL_SETMAX", _SC_NL_SETMAX},
#endif
#ifdef _SC_NL_TEXTMAX
    {"SC_NL_TEXTMAX", _SC_NL_TEXTMAX},
#endif
#ifdef _SC_NPROCESSORS_CONF
    {"SC_NPROCESSORS_CONF", _SC_NPROCESSORS_CONF},
#endif
#ifdef _SC_NPROCESSORS_ONLN
    {"SC_NPROCESSORS_ONLN", _SC_NPROCESSORS_ONLN},
#endif
#ifdef _SC_NZERO
    {"SC_NZERO", _SC_NZERO},
#endif
#ifdef _SC_OPEN_MAX
    {"SC_OPEN_MAX", _SC_OPEN_MAX},
#endif
#ifdef _SC_PAGESIZE
    {"SC_PAGESIZE", _SC_PAGESIZE},
#endif
#ifdef _SC_PAGE_SIZE
    {"SC_PAGE_SIZE", _SC_PAGE_SIZE},
#endif
#ifdef _SC_PASS_MAX
    {"SC_PASS_MAX", _SC_PASS_MAX},
#endif
#ifdef _SC_PHYS_PAGES
    {"SC_PHYS_PAGES", _SC_PHYS_PAGES},
#endif
#ifdef _SC_PII
    {"SC_PII", _SC_PII},
#endif
#ifdef _SC_PII_INTERNET
    {"SC_PII_INTERNET", _SC_PII_INTERNET},
#endif
#ifdef _SC_PII_INTERNET_DGRAM
    {"SC_PII_INTERNET_DGRAM", _SC_PII_INTERNET_DGRAM},
#endif
#ifdef _SC_PII_INTERNET_STREAM
    {"SC_PII_INTERNET_STREAM", _SC_PII_INTERNET_STREAM},
#endif
#ifdef _SC_PII_OSI
    {"SC_PII_OSI", _SC_PII_OSI},
#endif
#ifdef _SC_PII_OSI_CLTS
    {"SC_PII_OSI_CLTS", _SC_PII_OSI_CLTS},
#endif
#ifdef _SC_PII_OSI_COTS
    {"SC_PII_OSI_COTS", _SC_PII_OSI_COTS},
#endif
#ifdef _SC_PII_OSI_M
    {"SC_PII_OSI_M", _SC_PII_OSI_M},
#endif
#ifdef _SC_PII_SOCKET
    {"SC_PII_SOCKET", _SC_PII_SOCKET},
#endif
#ifdef _SC_PII_XTI
    {"SC_PII_XTI", _SC_PII_XTI},
#endif
#ifdef _SC_POLL
    {"SC_POLL", _SC_POLL},
#endif
#ifdef _SC_PRIORITIZED_IO
    {"SC_PRIORITIZED_IO", _SC_PRIORITIZED_IO},
#endif
#ifdef _SC_PRIORITY_SCHEDULING
    {"SC_PRIORITY_SCHEDULING", _SC_PRIORITY_SCHEDULING},
#endif
#ifdef _SC_REALTIME_SIGNALS
    {"SC_REALTIME_SIGNALS", _SC_REALTIME_SIGNALS},
#endif
#ifdef _SC_RE_DUP_MAX
    {"SC_RE_DUP_MAX", _SC_RE_DUP_MAX},
#endif
#ifdef _SC_RTSIG_MAX
    {"SC_RTSIG_MAX", _SC_RTSIG_MAX},
#endif
#ifdef _SC_SAVED_IDS
    {"SC_SAVED_IDS", _SC_SAVED_IDS},
#endif
#ifdef _SC_SCHAR_MAX
    {"SC_SCHAR_MAX", _SC_SCHAR_MAX},
#endif
#ifdef _SC_SCHAR_MIN
    {"SC_SCHAR_MIN", _SC_SCHAR_MIN},
#endif
#ifdef _SC_SELECT
    {"SC_SELECT", _SC_SELECT},
#endif
#ifdef _SC_SEMAPHORES
    {"SC_SEMAPHORES", _SC_SEMAPHORES},
#endif
#ifdef _SC_SEM_NSEMS_MAX
    {"SC_SEM_NSEMS_MAX", _SC_SEM_NSEMS_MAX},
#endif
#ifdef _SC_SEM_VALUE_MAX
    {"SC_SEM_VALUE_MAX", _SC_SEM_VALUE_MAX},
#endif
#ifdef _SC_SHARED_MEMORY_OBJECTS
    {"SC_SHARED_MEMORY_OBJECTS", _SC_SHARED_MEMORY_OBJECTS},
#endif
#ifdef _SC_SHRT_MAX
    {"SC_SHRT_MAX", _SC_SHRT_MAX},
#endif
#ifdef _SC_SHRT_MIN
    {"SC_SHRT_MIN", _SC_SHRT_MIN},
#endif
#ifdef _SC_SIGQUEUE_MAX
    {"SC_SIGQUEUE_MAX", _SC_SIGQUEUE_MAX},
#endif
#ifdef _SC_SSIZE_MAX
    {"SC_SSIZE_MAX", _SC_SSIZE_MAX},
#endif
#ifdef _SC_STREAM_MAX
    {"SC_STREAM_MAX", _SC_STREAM_MAX},
#endif
#ifdef _SC_SYNCHRONIZED_IO
    {"SC_SYNCHRONIZED_IO", _SC_SYNCHRONIZED_IO},
#endif
#ifdef _SC_THREADS
    {"SC_THREADS", _SC_THREADS},
#endif
#ifdef _SC_THREAD_ATTR_STACKADDR
    {"SC_THREAD_ATTR_STACKADDR", _SC_THREAD_ATTR_STACKADDR},
#endif
#ifdef _SC_THREAD_ATTR_STACKSIZE
    {"SC_THREAD_ATTR_STACKSIZE", _SC_THREAD_ATTR_STACKSIZE},
#endif
#ifdef _SC_THREAD_DESTRUCTOR_ITERATIONS
    {"SC_THREAD_DESTRUCTOR_ITERATIONS", _SC_THREAD_DESTRUCTOR_ITERATIONS},
#endif
#ifdef _SC_THREAD_KEYS_MAX
    {"SC_THREAD_KEYS_MAX", _SC_THREAD_KEYS_MAX},
#endif
#ifdef _SC_THREAD_PRIORITY_SCHEDULING
    {"SC_THREAD_PRIORITY_SCHEDULING", _SC_THREAD_PRIORITY_SCHEDULING},
#endif
#ifdef _SC_THREAD_PRIO_INHERIT
    {"SC_THREAD_PRIO_INHERIT", _SC_THREAD_PRIO_INHERIT},
#endif
#ifdef _SC_THREAD_PRIO_PROTECT
    {"SC_THREAD_PRIO_PROTECT", _SC_THREAD_PRIO_PROTECT},
#endif
#ifdef _SC_THREAD_PROCESS_SHARED
    {"SC_THREAD_PROCESS_SHARED", _SC_THREAD_PROCESS_SHARED},
#endif
#ifdef _SC_THREAD_SAFE_FUNCTIONS
    {"SC_THREAD_SAFE_FUNCTIONS", _SC_THREAD_SAFE_FUNCTIONS},
#endif
#ifdef _SC_THREAD_STACK_MIN
    {"SC_THREAD_STACK_MIN", _SC_THREAD_STACK_MIN},
#endif
#ifdef _SC_THREAD_THREADS_MAX
    {"SC_THREAD_THREADS_MAX", _SC_THREAD_THREADS_MAX},
#endif
#ifdef _SC_TIMERS
    {"SC_TIMERS", _SC_TIMERS},
#endif
#ifdef _SC_TIMER_MAX
    {"SC_TIMER_MAX", _SC_TIMER_MAX},
#endif
#ifdef _SC_TTY_NAME_MAX
    {"SC_TTY_NAME_MAX", _SC_TTY_NAME_MAX},
#endif
#ifdef _SC_TZNAME_MAX
    {"SC_TZNAME_MAX", _SC_TZNAME_MAX},
#endif
#ifdef _SC_T_IOV_MAX
    {"SC_T_IOV_MAX", _SC_T_IOV_MAX},
#endif
#ifdef _SC_UCHAR_MAX
    {"SC_UCHAR_MAX", _SC_UCHAR_MAX},
#endif
#ifdef _SC_UINT_MAX
    {"SC_UINT_MAX", _SC_UINT_MAX},
#endif
#ifdef _SC_UIO_MAXIOV
    {"SC_UIO_MAXIOV", _SC_UIO_MAXIOV},
#endif
#ifdef _SC_ULONG_MAX
    {"SC_ULONG_MAX", _SC_ULONG_MAX},
#endif
#ifdef _SC_USHRT_MAX
    {"SC_USHRT_MAX", _SC_USHRT_MAX},
#endif
#ifdef _SC_VERSION
    {"SC_VERSION", _SC_VERSION},
#endif
#ifdef _SC_WORD_BIT
    {"SC_WORD_BIT", _SC_WORD_BIT},
#endif
#ifdef _SC_XBS5_ILP32_OFF32
    {"SC_XBS5_ILP32_OFF32", _SC_XBS5_ILP32_OFF32},
#endif
#ifdef _SC_XBS5_ILP32_OFFBIG
    {"SC_XBS5_ILP32_OFFBIG", _SC_XBS5_ILP32_OFFBIG},
#endif
#ifdef _SC_XBS5_LP64_OFF64
    {"SC_XBS5_LP64_OFF64", _SC_XBS5_LP64_OFF64},
#endif
#ifdef _SC_XBS5_LPBIG_OFFBIG
    {"SC_XBS5_LPBIG_OFFBIG", _SC_XBS5_LPBIG_OFFBIG},
#endif
#ifdef _SC_XOPEN_CRYPT
    {"SC_XOPEN_CRYPT", _SC_XOPEN_CRYPT},
#endif
#ifdef _SC_XOPEN_ENH_I18N
    {"SC_XOPEN_ENH_I18N", _SC_XOPEN_ENH_I18N},
#endif
#ifdef _SC_XOPEN_LEGACY
    {"SC_XOPEN_LEGACY", _SC_XOPEN_LEGACY},
#endif
#ifdef _SC_XOPEN_REALTIME
    {"SC_XOPEN_REALTIME", _SC_XOPEN_REALTIME},
#endif
#ifdef _SC_XOPEN_REALTIME_THREADS
    {"SC_XOPEN_REALTIME_THREADS", _SC_XOPEN_REALTIME_THREADS},
#endif
#ifdef _SC_XOPEN_SHM
    {"SC_XOPEN_SHM", _SC_XOPEN_SHM},
#endif
#ifdef _SC_XOPEN_UNIX
    {"SC_XOPEN_UNIX", _SC_XOPEN_UNIX},
#endif
#ifdef _SC_XOPEN_VERSION
    {"SC_XOPEN_VERSION", _SC_XOPEN_VERSION},
#endif
#ifdef _SC_XOPEN_XCU_VERSION
    {"SC_XOPEN_XCU_VERSION", _SC_XOPEN_XCU_VERSION},
#endif
#ifdef _SC_XOPEN_XPG2
    {"SC_XOPEN_XPG2", _SC_XOPEN_XPG2},
#endif
#ifdef _SC_XOPEN_XPG3
    {"SC_XOPEN_XPG3", _SC_XOPEN_XPG3},
#endif
#ifdef _SC_XOPEN_XPG4
    {"SC_XOPEN_XPG4", _SC_XOPEN_XPG4},
#endif
    {NULL, 0},
};

