"""What a process gives up, for good, before it touches a file of somebody else. Linux; standard library only.

Landlock (linux/landlock.h) closes the file system but for what is named, TCP, and signals to others; a seccomp filter
closes sockets of every kind, new programs, and looking into other processes; resource limits bound memory and files.
What a kernel does not offer is left out, and `confine` says so: its caller decides whether that is enough.
"""

import ctypes
import errno
import os
import platform
import resource
import struct
from collections.abc import Sequence
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 38, 4, 22, 24
_SECCOMP_FILTER = 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1

# Rights of Landlock, in the order of its versions.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15
_ALL_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_BY_VERSION = {4: 3}  # bind and connect of TCP
_SCOPED_BY_VERSION = {6: 3}  # abstract sockets, signals

# System calls that are refused (EPERM), by machine: (audit architecture, numbers).
_DENIED = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "bind": 49, "listen": 50, "socketpair": 53,
            "execve": 59, "ptrace": 101, "mount": 165, "umount2": 166, "chroot": 161, "pivot_root": 155,
            "init_module": 175, "finit_module": 313, "kexec_load": 246, "reboot": 169, "setns": 308, "unshare": 272,
            "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "perf_event_open": 298, "execveat": 322,
            "userfaultfd": 323, "keyctl": 250, "add_key": 248, "request_key": 249, "io_uring_setup": 425,
            "pidfd_open": 434, "pidfd_getfd": 438, "symlink": 88, "link": 86, "symlinkat": 266, "linkat": 265,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendto": 206,
            "execve": 221, "ptrace": 117, "mount": 40, "umount2": 39, "chroot": 51, "pivot_root": 41,
            "init_module": 105, "finit_module": 273, "kexec_load": 104, "reboot": 142, "setns": 268, "unshare": 97,
            "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280, "perf_event_open": 241, "execveat": 281,
            "userfaultfd": 282, "keyctl": 219, "add_key": 217, "request_key": 218, "io_uring_setup": 425,
            "pidfd_open": 434, "pidfd_getfd": 438, "symlinkat": 36, "linkat": 37,
        },
    ),
}  # fmt: skip


def confine(
    *, read: Sequence[Path], write: Sequence[Path] = (), memory: int, file_bytes: int = 0, open_files: int = 256
) -> dict[str, bool]:
    """Give everything else up. There is no way back.

    Args:
        read: Files and folders that stay readable.
        write: Folders in which files may be written.
        memory: Most bytes of address space.
        file_bytes: Most bytes of a file that is written.
        open_files: Most open files.

    Returns:
        What is enforced now: `files`, `network`, `signals`, `programs`, `memory`, `privileges`.
    """
    _limits(memory, file_bytes, open_files)
    privileges = _no_privileges()
    files, tcp, signals = _landlock(read, write)
    filtered = _seccomp()
    return {
        "memory": True,
        "privileges": privileges,
        "files": files,
        "network": filtered or tcp,
        "signals": signals,
        "programs": filtered,
    }


def _limits(memory: int, file_bytes: int, open_files: int) -> None:
    for what, soft_limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = soft_limit if hard == resource.RLIM_INFINITY else min(soft_limit, hard)
        resource.setrlimit(what, (most, most))


def _no_privileges() -> bool:
    """No new rights by any program, no look into this process, and none of root's powers."""
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    done = bool(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
    if os.geteuid() == 0:
        for power in range(64):
            _LIBC.prctl(_PR_CAPBSET_DROP, power, 0, 0, 0)
        header = struct.pack("=II", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
        done = done and bool(_LIBC.capset(header, struct.pack("=6I", *[0] * 6)) == 0)
    return done


def _landlock(read: Sequence[Path], write: Sequence[Path]) -> tuple[bool, bool, bool]:
    version = _LIBC.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < 1:
        return False, False, False
    every = max(bits for since, bits in _ALL_BY_VERSION.items() if since <= version)
    net = max((bits for since, bits in _NET_BY_VERSION.items() if since <= version), default=0)
    scoped = max((bits for since, bits in _SCOPED_BY_VERSION.items() if since <= version), default=0)
    attributes = struct.pack("=QQQ", every, net, scoped)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _LIBC.syscall(_CREATE_RULESET, ctypes.c_char_p(attributes), size, 0)
    if rules < 0:
        return False, False, False
    reading = _EXECUTE | _READ_FILE | _READ_DIR
    try:
        for path, rights in [*((path, reading) for path in read), *((path, every & ~_EXECUTE) for path in write)]:
            _allow(rules, path, rights & every)
        done = _LIBC.syscall(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)
    return done, done and bool(net), done and bool(scoped)


def _allow(rules: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not path.is_dir():
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, handle)
        if _LIBC.syscall(_ADD_RULE, rules, 1, ctypes.c_char_p(rule), 0) != 0:
            raise OSError(ctypes.get_errno(), f"Landlock refuses a rule for {path}")
    finally:
        os.close(handle)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]  # as ctypes has it


def _seccomp() -> bool:
    known = _DENIED.get(platform.machine())
    if known is None:
        return False
    architecture, calls = known
    load, equal, answer = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
    allow, refuse, kill = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
    instruction = struct.Struct("=HBBI")
    numbers = sorted(calls.values())
    lines = [
        instruction.pack(load, 0, 0, 4),  # the architecture that the call was made for
        instruction.pack(equal, 1, 0, architecture),
        instruction.pack(answer, 0, 0, kill),
        instruction.pack(load, 0, 0, 0),  # the number of the call
        *(instruction.pack(equal, len(numbers) - index, 0, number) for index, number in enumerate(numbers)),
        instruction.pack(answer, 0, 0, allow),
        instruction.pack(answer, 0, 0, refuse),
    ]
    code = b"".join(lines)
    program = _Program(len(lines), code)
    return bool(_LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.byref(program), 0, 0) == 0)
