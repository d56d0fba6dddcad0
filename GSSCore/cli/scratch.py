"""A folder of temporary files that belongs to a process and is removed when that process ends, however it ends.

Slicer hands a patient's voxels to `gss segment` in such a folder. It may crash, be killed, or end by Ctrl-C, which CTK
hides from Python. Then only the command itself is left to stop and to remove the folder.

    owner.json in the folder says whose it is; `follow_owner` ends this process and removes the folder when that one
    is gone, and `remove_abandoned` removes the folders of others that have ended without a chance to do so.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from GSSCore.errors import Cancelled

OWNER_FILE = "owner.json"
LOOK_SECONDS = 0.25
"""Seconds between two checks that the owner still runs."""
_YOUNG_SECONDS = 60.0
"""A younger folder may lack its owner file still, so it is left alone."""


def make_scratch(prefix: str, base: Path | str | None = None) -> Path:
    """Make a folder that belongs to this process.

    Args:
        prefix: of its name.
        base: where it is made; None is the system's place for temporary files.

    Raises:
        OSError: when it can't be made; nothing is left then.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    owner = {"pid": os.getpid(), "started": start_of(os.getpid()), "host": platform.node()}
    try:
        (folder / OWNER_FILE).write_text(json.dumps(owner), encoding="utf-8")
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def remove_scratch(folder: Path) -> None:
    """Remove such a folder. A folder without an owner file is not one of them and stays.

    The owner file goes last: where Windows keeps a file in use, `remove_abandoned` finds the folder again later.
    """
    if not (folder / OWNER_FILE).is_file():
        return
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != OWNER_FILE:
                with contextlib.suppress(OSError):
                    path.unlink()
        if [path.name for path in folder.iterdir()] == [OWNER_FILE]:
            (folder / OWNER_FILE).unlink()
            folder.rmdir()


def remove_abandoned(prefix: str, base: Path | str | None = None) -> None:
    """Remove the folders of this user and this computer whose owners are gone; for the arguments see `make_scratch`."""
    place = Path(tempfile.gettempdir() if base is None else base)
    for folder in place.glob(f"{prefix}*"):
        try:
            known = folder.lstat()
            if time.time() - known.st_mtime < _YOUNG_SECONDS or (os.name == "posix" and known.st_uid != os.getuid()):
                continue
            if not folder.is_symlink() and _owner_is_gone(folder):
                remove_scratch(folder)
        except OSError:
            continue  # another process removes it at the same time


def follow_owner(folder: Path) -> None:
    """End this process as soon as the owner of a folder is gone, and remove the folder then.

    This process also ends when its parent ends, which may be a launcher between the owner and this process. A thread
    watches; work in other threads is cut off.
    """
    threading.Thread(target=_follow, args=(folder, os.getppid()), name="owner", daemon=True).start()


def start_of(pid: int) -> str | None:
    """Return when a process was started, in the system's own units, "" where that is unknown, None when it ended.

    The system reuses process numbers, so only number and start together name a process. A zombie counts as ended. By
    hand: psutil tells this too, but is compiled for each system, and Slicer would have to install it for this alone.
    """
    if sys.platform == "win32":
        return _start_on_windows(pid)
    try:
        # The name, in brackets, may hold blanks. Behind it, the first field is the state, the twentieth the start.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
    try:
        os.kill(pid, 0)  # macOS has no /proc
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    return ""


def _follow(folder: Path, parent: int) -> None:
    parent_start = start_of(parent)
    while not _owner_is_gone(folder):
        # An orphan gets another parent at once, except on Windows, where it keeps the old parent's number.
        if os.getppid() != parent or start_of(parent) != parent_start:
            os._exit(Cancelled.exit_code)
        time.sleep(LOOK_SECONDS)
    with contextlib.suppress(OSError):
        os.chdir(folder.parent)  # Windows does not remove the working folder of a process
    # Other threads may still write into it, so one try may not suffice.
    for _ in range(20):
        remove_scratch(folder)
        if not folder.exists():
            break
        time.sleep(0.02)
    os._exit(Cancelled.exit_code)


def _owner_is_gone(folder: Path) -> bool:
    """Tell whether the owner of a folder is known to have ended; one on another computer never is."""
    try:
        owner = json.loads((folder / OWNER_FILE).read_text(encoding="utf-8"))
        pid, started, host = int(owner["pid"]), owner["started"], owner["host"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if host != platform.node():
        return False
    now = start_of(pid)
    return now is None or now != started


def _start_on_windows(pid: int) -> str | None:
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = wintypes.HANDLE
    kernel.OpenProcess.argtypes = wintypes.DWORD, wintypes.BOOL, wintypes.DWORD
    kernel.WaitForSingleObject.argtypes = wintypes.HANDLE, wintypes.DWORD
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    kernel.GetProcessTimes.argtypes = wintypes.HANDLE, *4 * (ctypes.POINTER(wintypes.FILETIME),)
    synchronise, query, no_such_process, ended = 0x00100000, 0x1000, 87, 0
    handle = kernel.OpenProcess(synchronise | query, False, pid)
    if not handle:
        return None if ctypes.get_last_error() == no_such_process else ""  # type: ignore[attr-defined,unused-ignore]
    try:
        if kernel.WaitForSingleObject(handle, 0) == ended:
            return None
        times = [wintypes.FILETIME() for _ in range(4)]
        if not kernel.GetProcessTimes(handle, *map(ctypes.byref, times)):
            return ""
        return str(times[0].dwHighDateTime << 32 | times[0].dwLowDateTime)
    finally:
        kernel.CloseHandle(handle)
