/// Locks that live in one word of a heap object, and the part of signal handling that runs inside a signal handler.
#ifndef TAIPAN_THREADS_H
#define TAIPAN_THREADS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct ThreadState;

// A lock word: 0 free, 1 held, 2 held and somebody may be waiting. Objects do not move, so the word may stand in one.

/// Takes the lock if it is free.
bool taipan_lock_try(uint32_t *_Nonnull lock);
/// Waits for the lock. 1 when it was taken, 0 when `deadline` (CLOCK_MONOTONIC nanoseconds; negative for none) has passed, -1 when a signal
/// interrupted the wait.
int taipan_lock_wait(uint32_t *_Nonnull lock, int64_t deadline);
void taipan_lock_release(uint32_t *_Nonnull lock);
bool taipan_lock_is_held(uint32_t *_Nonnull lock);

/// CLOCK_MONOTONIC in nanoseconds.
int64_t taipan_monotonic(void);
/// The kernel's number of the calling thread.
uint64_t taipan_native_thread_id(void);

/// The thread whose breaker a signal sets, and that bit.
void taipan_signals_start(struct ThreadState *_Nonnull main, uint32_t breakerBit);
/// Notes that the signal has arrived, as if it had; safe in a signal handler.
void taipan_signal_trip(int number);
/// Takes the note back: true when the signal had arrived.
bool taipan_signal_take(int number);
/// Notes again a signal that was taken back.
void taipan_signal_rearm(int number);
/// Whether any has arrived since this was last asked.
bool taipan_signal_any(void);
/// Where signal numbers are written, or -1. Returns the previous descriptor.
int taipan_signal_set_wakeup(int descriptor, bool warnOnFullBuffer);
/// errno of a failed write to the wakeup descriptor, or 0; forgets it.
int taipan_signal_wakeup_error(void);

/// What a signal does: 0 the default, 1 nothing, 2 it is noted, 3 something foreign; -1 when it cannot be asked.
int taipan_signal_action(int number);
/// Sets the action (0, 1 or 2). 0, or -1 with errno.
int taipan_signal_set_action(int number, int action, bool restart);

int64_t taipan_pidfd_send_signal(int descriptor, int number, unsigned flags);

/// Turns on the report of fatal signals on a descriptor. `dump` writes the Python stack; it runs in the signal handler.
bool taipan_fault_enable(int descriptor, void (*_Nonnull dump)(int descriptor));
void taipan_fault_disable(void);
/// Runs `dump` when the signal arrives.
int taipan_fault_register(int number, int descriptor, bool chain, void (*_Nonnull dump)(int descriptor));
int taipan_fault_unregister(int number);

#endif
