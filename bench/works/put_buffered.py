"""Claim: the same as put_tmpfs, of an nginx that takes more than 16 KiB at a time."""
from works import put_tmpfs


def describe(setting):
    return put_tmpfs.upload_of_big(
        setting, "put-buffered", "PUT over HTTP to memory, client_body_buffer_size 128k",
        setting.server.large_upload)
