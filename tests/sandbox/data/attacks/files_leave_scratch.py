"""Write outside the scratch folder: next to the project, into shared memory, a named pipe for others to hang on."""

import os


def strikes(victims):
    yield "next to the project", lambda: open(victims["outside"] + "/planted", "w").close()
    yield "into a folder above", lambda: os.mkdir(victims["scratch"] + "/../folder")
    yield "named pipe", lambda: os.mkfifo(victims["scratch"] + "/pipe")
