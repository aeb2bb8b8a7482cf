#pragma once

#include <support/files.hpp>
#include <support/process.hpp>

#include <doctest/doctest.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test {

using namespace std::chrono_literals;
namespace json = boost::json;

/// The complete lines of NDJSON, so far.
inline std::vector<json::object> events_of(const std::string& out) {
    std::vector<json::object> events;
    for (std::size_t first = 0, end; (end = out.find('\n', first)) != out.npos; first = end + 1)
        events.push_back(json::parse(out.substr(first, end - first)).as_object());
    return events;
}

/// The job in the last event, job.finished.
inline json::object job_of(const std::string& out) {
    const auto events = events_of(out);
    REQUIRE_FALSE(events.empty());
    REQUIRE(events.back().at("event") == "job.finished");
    return events.back().at("job").as_object();
}

inline json::object file_of(const std::string& out, std::size_t index = 0) {
    return job_of(out).at("files").as_array().at(index).as_object();
}

inline std::uint64_t number(const json::object& from, std::string_view key) {
    return from.at(key).to_number<std::uint64_t>();
}

inline std::string text(const json::object& from, std::string_view key) {
    return std::string(from.at(key).as_string());
}

/// A folder to run ferry in.
struct workshop {
    temp_dir dir;

    finished get(std::vector<std::string> arguments, process_options options = {}) const {
        arguments.insert(arguments.begin(), "get");
        if (options.folder.empty()) options.folder = dir;
        return run_ferry(std::move(arguments), std::move(options));
    }
    /// The same, not waited for.
    std::unique_ptr<process> start(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {ferry_binary(), "get"});
        return std::make_unique<process>(
            std::move(arguments), process_options{.folder = dir.path()});
    }
    /// How the file `name` differs from `wanted`; empty if it does not.
    std::string off(const std::string& name, std::string_view wanted) const {
        const auto file = dir / name;
        return std::filesystem::exists(file) ? difference(slurp(file), wanted) : "there is no file";
    }
    bool has(const std::string& name) const { return std::filesystem::exists(dir / name); }
    /// Bytes that the journal of `name` vouches for.
    std::uint64_t durable(const std::string& name) const {
        std::ifstream journal(dir / ("." + name + ".ferry-part.json"));
        if (!journal) return 0;
        const auto record = json::parse(journal);  // replaced atomically: never half of it
        std::uint64_t sum = 0;
        for (const auto& range : record.at("durable").as_array())
            sum += range.at(1).to_number<std::uint64_t>() - range.at(0).to_number<std::uint64_t>();
        return sum;
    }
};

/// Waits until `done()`; false if it never was.
template <class Done>
bool eventually(Done done, std::chrono::seconds at_most = 30s) {
    const auto end = std::chrono::steady_clock::now() + at_most;
    while (!done()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

/// Documents of real servers are not from this very second: Apache's ETag would be weak.
inline void publish(
    const std::filesystem::path& file, std::string_view bytes, std::chrono::hours age = 48h) {
    spill(file, bytes);
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - age);
}

}  // namespace ferry::test
