#pragma once

#include <doctest/doctest.h>
#include <support/loop.hpp>

#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

// For tests of what starts programs.
namespace ferry::test {

inline std::vector<std::string> shell(std::string script) {
    return {"sh", "-c", std::move(script)};
}

/// Also a zombie is one.
inline bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

/// Waits, in real time, until a program has come so far that it made this file.
inline void await_file(loop& on, const std::filesystem::path& file) {
    for (int tries = 0; !std::filesystem::exists(file) && tries < 2'000; ++tries) {
        on.io.restart();
        on.io.run_one_for(std::chrono::milliseconds(10));
    }
    REQUIRE(std::filesystem::exists(file));
}

}  // namespace ferry::test
