"""Runs a program for which netlink sockets, or only those of netfilter, are refused,
as in some sandboxes.

    python3 without_netlink.py [--netfilter] PROGRAM ARGUMENT…
"""

import ctypes
import errno
import os
import platform
import struct
import sys

_AF_NETLINK, _NETLINK_NETFILTER = 16, 12
_SOCKET = {"x86_64": 41, "aarch64": 198}  # system call numbers
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000


def _instruction(code, value, if_true=0, if_false=0):
    return struct.pack("HBBI", code, if_true, if_false, value)


def deny(argument, value):
    """Refuses sockets whose argument of that number has that value."""
    program = b"".join([
        _instruction(_LOAD, 0),  # the call's number
        _instruction(_JUMP_IF_EQUAL, _SOCKET[platform.machine()], 0, 3),
        _instruction(_LOAD, 16 + 8 * argument),  # its low half
        _instruction(_JUMP_IF_EQUAL, value, 0, 1),
        _instruction(_RETURN, _ERRNO | errno.EAFNOSUPPORT),
        _instruction(_RETURN, _ALLOW)])
    instructions = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program) // 8,
                    ctypes.addressof(instructions)))
    libc = ctypes.CDLL(None, use_errno=True)
    if (libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            or libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0,
                          0) != 0):
        sys.exit(f"no seccomp: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    command = sys.argv[1:]
    if command[0] == "--netfilter":
        command.pop(0)
        deny(2, _NETLINK_NETFILTER)
    else:
        deny(0, _AF_NETLINK)
    os.execvp(command[0], command)
