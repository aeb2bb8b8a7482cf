"""One module a claim, in the order in which they run."""
from works import (http_disk, http_tmpfs, https_tmpfs, job_overhead, jobs_idle, jobs_import,
                   jobs_list, jobs_memory, limit_rate, local_tmpfs, many_disk, many_tmpfs, one_job,
                   put_buffered, put_many, proxied, put_tmpfs, segments, smb_many, smb_tmpfs, tiny)

ALL = {
    "http-tmpfs": http_tmpfs,
    "http-disk": http_disk,
    "https-tmpfs": https_tmpfs,
    "many-tmpfs": many_tmpfs,
    "many-disk": many_disk,
    "tiny": tiny,
    "segments": segments,
    "limit-rate": limit_rate,
    "proxied": proxied,
    "put-tmpfs": put_tmpfs,
    "put-buffered": put_buffered,
    "put-many": put_many,
    "smb-tmpfs": smb_tmpfs,
    "smb-many": smb_many,
    "local-tmpfs": local_tmpfs,
    "job-overhead": job_overhead,
    "one-job": one_job,
    "jobs-import": jobs_import,
    "jobs-list": jobs_list,
    "jobs-memory": jobs_memory,
    "jobs-idle": jobs_idle,
}
