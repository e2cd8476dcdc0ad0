"""System-call numbers of Linux on x86-64 and AArch64, as far as the jail treats them specially."""

from __future__ import annotations

from typing import Optional

Numbers = tuple[Optional[int], Optional[int]]  # x86_64, aarch64; None where there is no such call

MACHINES = ("x86_64", "aarch64")
NEWEST_REVIEWED = 462  # mseal, Linux 6.10

# fmt: off
CHECKED: dict[str, Numbers] = {  # depends on the arguments, or on who calls
    "clone": (56, 220), "fork": (57, None), "prctl": (157, 167), "prlimit64": (302, 261),
    "setrlimit": (160, 164), "tgkill": (234, 131), "ioctl": (16, 29), "fcntl": (72, 25),
    "open": (2, None), "openat": (257, 56), "sendto": (44, 206), "socketpair": (53, 199),
    "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}

# the C library falls back to the older call, whose arguments a filter can see
ABSENT: dict[str, Numbers] = {"clone3": (435, 435), "openat2": (437, 437)}

REFUSED: dict[str, Numbers] = {
    # network and inter-process communication
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "shmget": (29, 194), "shmat": (30, 196),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # processes: starting, signalling and inspecting them, and how they are scheduled
    "execve": (59, 221), "execveat": (322, 281), "vfork": (58, None), "kill": (62, 129),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "get_robust_list": (274, 100), "move_pages": (279, 239), "migrate_pages": (256, 238),
    "setsid": (112, 157), "setpgid": (109, 154), "setpriority": (141, 140),
    "ioprio_set": (251, 30), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274), "personality": (135, 92),
    "unshare": (272, 97), "setns": (308, 268), "seccomp": (317, 277), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "modify_ldt": (154, None),
    # files: what Landlock does not see
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "truncate": (76, 45),
    "symlink": (88, None), "symlinkat": (266, 36), "mknod": (133, None), "mknodat": (259, 33),
    "open_by_handle_at": (304, 265), "fanotify_init": (300, 262), "sync": (162, 81),
    "syncfs": (306, 267),
    # the machine
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "open_tree": (428, 428), "move_mount": (429, 429), "mount_setattr": (442, 442),
    "capset": (126, 91), "syslog": (103, 116), "ioperm": (173, None), "iopl": (172, None), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "swapon": (167, 224),
    "swapoff": (168, 225), "sethostname": (170, 161), "setdomainname": (171, 162),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266),
    "adjtimex": (159, 171), "acct": (163, 89), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "vhangup": (153, 58),
}


# fmt: on


def numbers(table: dict[str, Numbers], machine: str) -> dict[str, int]:
    """The calls of `table` that `machine` has. Raises ValueError for an unknown machine."""
    column = MACHINES.index(machine)
    pairs = ((name, row[column]) for name, row in table.items())
    return {name: number for name, number in pairs if number is not None}
