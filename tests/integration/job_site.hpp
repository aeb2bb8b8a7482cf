#pragma once

#include <support/real_servers.hpp>

#include "jobs.hpp"

#include <string>
#include <string_view>

namespace ferry::test {

/// A job_shop, and one nginx with two documents.
struct job_site : job_shop {
    real_server server{software::nginx};
    const std::string whole = random_bytes(100'000);
    const std::string other = random_bytes(50'000, 2);

    job_site() {
        publish(server.root() / "file", whole);
        publish(server.root() / "other", other);
    }
    std::string url(std::string_view path = "/file") const { return server.url(path); }
    /// A document that takes some seconds at `--limit-rate 1M`.
    std::string publish_big() const {
        const auto big = random_bytes(4'000'000, 3);
        publish(server.root() / "big", big);
        return big;
    }

    bool comes_to(const std::string& job, std::string_view wanted) const {
        return eventually([&] { return state(job) == wanted; });
    }
    std::string reason(const std::string& job) const {
        return text(document({"explain", job}), "reason");
    }
    /// No partial, no journal.
    bool is_clean() const {
        for (const auto& one : std::filesystem::recursive_directory_iterator(dir()))
            if (one.path().filename().string().find(".ferry-part") != std::string::npos)
                return false;
        return true;
    }
};

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace ferry::test
