// The methods that change nothing.
#include "cli/daemon/control_methods.hpp"
#include "cli/daemon/job_reference.hpp"

#include <ferry/job_json.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

namespace ferry::cli {
namespace {

namespace json = boost::json;
using detail::or_null;
using detail::request_reader;
using id_set = std::set<std::string, std::less<>>;

constexpr int protocol_version = 1;
constexpr std::size_t longest_page = 1'000;
constexpr std::size_t most_files = 4'000;       // of a page that tells them: about 2 MiB
constexpr std::size_t most_looked_for = 1'000;  // a name takes a look at every job

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value() : json::string(detail::valid_utf8(text));
}

json::array names_of(const sealed_secrets& secrets) {
    json::array names;
    for (const auto& [name, sealed] : secrets) names.emplace_back(name);
    return names;
}

bool waits_for_owner(job_state state) noexcept {
    return state == job_state::transferred || state == job_state::error;
}

result<id_set> find_all(engine& among, const json::array& references) {
    id_set ids;
    std::size_t looked_for = 0;
    for (const auto& reference : references) {
        const auto* text = reference.if_string();
        const auto name = text ? detail::unescaped({text->data(), text->size()}) : std::nullopt;
        if (!name) return failure{errc::bad_argument, "missing or wrong: 'jobs'"};
        if (among.find(*name)) {
            ids.insert(*name);
            continue;
        }
        if (++looked_for > most_looked_for)
            return failure{errc::too_many, "more than 1000 jobs in 'jobs' that are no whole ids"};
        auto id = find_job(among, *name);
        if (!id) return id.error();
        ids.insert(*std::move(id));
    }
    return ids;
}

}  // namespace

result<json::object> control_methods::limit(const object& parameters) {
    if (auto good = request_reader(parameters).outcome(); !good) return good.error();
    json::object reply;
    const auto now = limit_.bytes_per_second;
    reply["bytes_per_second"] = now == 0 ? json::value() : json::value(now);
    return reply;
}

result<json::object> control_methods::info(const object& parameters) {
    if (auto good = request_reader(parameters).outcome(); !good) return good.error();
    json::object reply;
    reply["version"] = FERRY_VERSION;
    reply["protocol"] = protocol_version;
    reply["brief"] = true;  // understood
    reply["pid"] = facts_.pid;
    reply["home"] = detail::valid_utf8(facts_.folder);
    reply["started"] = detail::format_time(facts_.started);
    reply["jobs"] = engine_.jobs().size();
    reply["active"] = engine_.active();
    return reply;
}

result<json::object> control_methods::list(const object& parameters) {
    std::string after;
    std::size_t limit = longest_page;
    bool with_files = false;
    request_reader read(parameters);
    read("after", or_null{after});
    read("limit", limit);
    read("files", with_files);
    if (auto good = read.outcome(); !good) return good.error();
    if (limit == 0 || limit > longest_page)
        return failure{errc::bad_argument, "not within 1 to 1000: 'limit'"};
    const auto jobs = engine_.jobs();
    auto next = jobs.begin();
    if (!after.empty()) {
        const auto* last = engine_.find(after);
        if (!last) return failure{errc::no_such_job, "after '" + after + "'"};
        const auto is_shown = [last](const job* one) { return one->order <= last->order; };
        next = std::partition_point(jobs.begin(), jobs.end(), is_shown);
    }
    json::array page;
    std::size_t files = 0;
    for (; next != jobs.end() && page.size() < limit; ++next) {
        files += with_files ? (*next)->files.size() : 0;
        if (files > most_files && !page.empty()) break;
        page.push_back(with_files ? describe(**next) : summarize(**next));
    }
    json::object reply;
    reply["jobs"] = std::move(page);
    reply["next"] = next == jobs.end() ? json::value() : json::string((*std::prev(next))->id);
    return reply;
}

result<json::object> control_methods::get(const object& parameters) {
    const auto id = find(parameters);
    if (!id) return id.error();
    const auto* one = engine_.find(*id);
    json::object reply;
    reply["job"] = describe(*one);
    auto settings = describe(one->settings);
    settings["secrets"] = names_of(one->secrets);
    reply["settings"] = std::move(settings);
    return reply;
}

result<json::object> control_methods::explain(const object& parameters) {
    const auto id = find(parameters);
    if (!id) return id.error();
    const auto told = engine_.explain(*id);
    if (!told) return told.error();
    json::object reply;
    reply["job"] = summarize(*engine_.find(*id));
    reply["reason"] = json::string(to_string(told->why));
    reply["text"] = detail::valid_utf8(told->text);
    reply["until"] = told->until ? json::string(detail::format_time(*told->until)) : json::value();
    reply["waits_for"] = text_or_null(told->waits_for);
    reply["host"] = text_or_null(told->host);
    return reply;
}

result<json::object> control_methods::subscribe(const object& parameters, event_feed& events) {
    const json::array* references = nullptr;
    bool brief = false;
    request_reader read(parameters);
    read("jobs", references);
    read("brief", brief);
    if (auto good = read.outcome(); !good) return good.error();
    const event_feed::subject about{
        engine_.events(), [this](std::string_view id) { return engine_.find(id); }};
    if (references) {
        auto ids = find_all(engine_, *references);
        if (!ids) return ids.error();
        events.follow(about, *ids, brief);
        for (const auto& id : *ids) events.add(*engine_.find(id), job_news::state);
    } else {
        events.follow(about, std::nullopt, brief);
        for (const auto* one : engine_.remembered()) events.add(*one, job_news::state);
        for (const auto* one : engine_.jobs())
            if (waits_for_owner(one->state)) events.add(*one, job_news::state);
    }
    json::object reply;
    reply["subscribed"] = true;
    return reply;
}

result<std::string> control_methods::find(const object& parameters) {
    std::string reference;
    request_reader read(parameters);
    read.need("job", reference);
    if (auto good = read.outcome(); !good) return good.error();
    return find_job(engine_, reference);
}

}  // namespace ferry::cli
