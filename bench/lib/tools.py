"""The command lines of the contenders: each as fast and as quiet as its manual allows."""
import os


def parts(path):
    return os.path.dirname(path), os.path.basename(path)


def curl(url, file, *options):
    return ["curl", "-sS", "--fail", *options, "-o", file, url]


def wget(url, file, *options):
    return ["wget", "-q", *options, "-O", file, url]


def wget2(url, file, *options):
    return ["wget2", "-q", *options, "-O", file, url]


# Writing zeros into the file beforehand, aria2's default, would cost it a second pass.
ARIA2 = ["aria2c", "--no-conf", "-q", "--file-allocation=none"]


def aria2(url, file, connections=1, *options):
    folder, name = parts(file)
    return [*ARIA2, f"-x{connections}", f"-s{connections}", *options, "-d", folder, "-o", name, url]


def ferry(program, url, file, *options):
    return [program, "get", url, "-o", file, "-q", *options]


def put(program, *words):
    return [program, "put", "-q", *words]


def job(program, url, file, *options):
    return [program, "start", url, file, "-q", *options]


def splice(program, url, file):
    return [program, url, file]


def then_sync(command, path, *options):
    """The command, and if that went well, its output made durable, as a shell user does it."""
    script = 'path=$1; shift; "$@" && sync ' + " ".join([*options, '"$path"'])
    return ["sh", "-c", script, "sh", path, *command]
