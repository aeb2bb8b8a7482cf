"""One module a claim, in the order in which they run."""
from works import (http_disk, http_tmpfs, https_tmpfs, limit_rate, many_disk, many_tmpfs, segments,
                   tiny)

ALL = {
    "http-tmpfs": http_tmpfs,
    "http-disk": http_disk,
    "https-tmpfs": https_tmpfs,
    "many-tmpfs": many_tmpfs,
    "many-disk": many_disk,
    "tiny": tiny,
    "segments": segments,
    "limit-rate": limit_rate,
}
