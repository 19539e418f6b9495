"""What is checked before anything is changed, and what a failed command's output means."""

import importlib.util
import shutil
import socket
from pathlib import Path

from ngo_portal.launch.console import RefusalError, tail

GIGABYTE = 1024**3
ROOM_TO_INSTALL = GIGABYTE
ROOM_TO_RUN = GIGABYTE // 5
PORTS_TRIED = 50
OFFLINE_TEXT = (
    "The network is needed once, to install packages: check the connection (or the proxy "
    "settings) and run the same command again. Later runs work without it."
)
OFFLINE_SIGNS = (
    "name resolution",
    "Name or service not known",
    "Failed to establish a new connection",
    "Network is unreachable",
    "nodename nor servname",
    "NewConnectionError",
    "ConnectTimeoutError",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ENETUNREACH",
    "ECONNREFUSED",
    "ETIMEDOUT",
)
FULL_DISK_SIGNS = ("No space left on device", "ENOSPC", "DiskFull", "Disk quota exceeded")
FULL_DISK_TEXT = "The disk is full: free some space, then run the same command again."


def venv_module_present() -> bool:
    """Debian ships Python without these two modules."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def enough_room(folder: Path, wanted: int) -> None:
    """Refuse to start on a disk that would fill up half-way."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise RefusalError(
            f"Too little disk space: {free // 1024**2} MB free, {wanted // 1024**2} MB needed "
            f"in {folder}.\nFree some space, then run the same command again."
        )


def explain_output(output: str, failure: str, log: Path) -> str:
    """Turn the output of a failed command into what happened and what to do."""
    if any(sign in output for sign in FULL_DISK_SIGNS):
        return f"{failure}\n{FULL_DISK_TEXT}"
    if any(sign in output for sign in OFFLINE_SIGNS):
        return f"{failure}\n{OFFLINE_TEXT}"
    return f"{failure}\nThe end of {log}:\n{tail(log)}"


def port_is_free(port: int) -> bool:
    """Whether nobody answers on `localhost`, over IPv4 or IPv6."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind((address, port))
        except OSError:
            if family == socket.AF_INET or has_listener(port):
                return False
    return True


def has_listener(port: int) -> bool:
    """Whether something accepts connections on IPv6 `localhost`."""
    try:
        with socket.create_connection(("::1", port), timeout=1):
            return True
    except OSError:
        return False


def choose_port(wanted: int) -> int:
    """The wanted port, or the next free one."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if port_is_free(port):
            return port
    raise RefusalError(
        f"Ports {wanted} to {wanted + PORTS_TRIED - 1} are all taken. "
        "Choose another one: PORT=9000 make demo"
    )
