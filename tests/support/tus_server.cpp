#include <support/tus_server.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace ferry::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// $FERRY_TUS_SERVER, or what the build puts below the current folder.
std::filesystem::path script() {
    const auto given = std::getenv("FERRY_TUS_SERVER");
    const std::filesystem::path found = given ? given : "build/release/tests/tus/server.mjs";
    if (!std::filesystem::exists(found.parent_path() / "installed"))
        throw std::runtime_error(
            "no " + found.string() +
            " with its packages: see npm.log there, or set FERRY_TUS_SERVER");
    return std::filesystem::absolute(found);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream from(text);
    for (std::string line; std::getline(from, line);) lines.push_back(line);
    return lines;
}

}  // namespace

tus_server::tus_server(tus_setup how) : how_(std::move(how)) { start(); }

void tus_server::start() {
    json::object options{{"port", port_}, {"path", how_.path}, {"relative", how_.relative}};
    if (how_.max_size > 0) options["maxSize"] = how_.max_size;
    if (!how_.checksum.empty()) options["checksum"] = how_.checksum;
    const std::vector<std::string> command{
        "node", script().string(), folder_.path().string(), json::serialize(options)};
    running_ = std::make_unique<process>(command);
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (running_->running() && std::chrono::steady_clock::now() < end) {
        const auto said = running_->out();
        if (said.find('\n') != said.npos) {
            port_ = static_cast<std::uint16_t>(std::stoul(said));
            return;
        }
        std::this_thread::sleep_for(5ms);
    }
    throw std::runtime_error("the tus server does not start: " + running_->err());
}

void tus_server::kill() {
    running_->signal(SIGKILL);
    running_->wait(10s);
}

std::string tus_server::url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::vector<std::string> tus_server::uploads() const {
    std::vector<std::string> names;
    for (const auto& one : std::filesystem::directory_iterator(folder_.path()))
        if (one.path().extension() != ".json") names.push_back(one.path().filename().string());
    return names;
}

std::string tus_server::bytes_of(const std::string& upload) const {
    return slurp(folder_ / upload);
}

std::uint64_t tus_server::size_of(const std::string& upload) const {
    return std::filesystem::file_size(folder_ / upload);
}

std::string tus_server::name_of(const std::string& upload) const {
    const auto known = json::parse(slurp(folder_ / (upload + ".json")));
    return std::string(known.at("metadata").at("filename").as_string());
}

std::vector<std::string> tus_server::log() const {
    auto lines = lines_of(running_->out());
    if (!lines.empty()) lines.erase(lines.begin());
    return lines;
}

}  // namespace ferry::test
