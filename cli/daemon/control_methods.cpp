#include "cli/daemon/control_methods.hpp"

#include "cli/daemon/job_document.hpp"
#include "cli/daemon/job_reference.hpp"

#include <ferry/job_json.hpp>

#include <boost/json/array.hpp>

#include <utility>

namespace ferry::cli {
namespace {

namespace json = boost::json;
using detail::or_null;
using detail::request_reader;

result<json::object> document_of(const result<job>& outcome, bool brief = false) {
    if (!outcome) return outcome.error();
    json::object reply;
    reply["job"] = brief ? brief_document(*outcome) : describe(*outcome);
    return reply;
}

/// Secrets by their names; null: to be forgotten. No failure repeats one.
result<secret_changes> read_secrets(const json::object* from) {
    constexpr std::size_t longest = 1U << 20;
    secret_changes all;
    if (!from) return all;
    for (const auto& [key, value] : *from) {
        const std::string name(key);
        const auto where = "secrets." + name;
        if (!is_job_secret(name)) return detail::bad_member("unknown:", where);
        auto& one = all[name];
        if (value.is_null()) continue;
        const auto* text = value.if_string();
        auto bytes = text ? detail::unescaped({text->data(), text->size()}) : std::nullopt;
        if (!bytes || bytes->empty() || bytes->size() > longest)
            return detail::bad_member("missing or wrong:", where);
        one = secret(*bytes);
        OPENSSL_cleanse(bytes->data(), bytes->size());
    }
    return all;
}

struct creation_request {
    job what = {};
    job_secrets secrets = {};
    bool brief = false;
};

result<creation_request> read_job(const json::object& from) {
    creation_request asked;
    auto& one = asked.what;
    bool suspended = false;
    const json::object* settings = nullptr;
    const json::object* secrets = nullptr;
    const json::array* files = nullptr;
    request_reader read(from);
    read("display_name", one.display_name);
    read("description", one.description);
    read("type", one.type);
    read("priority", one.priority);
    read("suspended", suspended);
    read("settings", settings);
    read("secrets", secrets);
    read("brief", asked.brief);
    read.need("files", files);
    if (auto good = read.outcome(); !good) return good.error();
    if (settings)
        if (auto good = read_settings(*settings, one.settings); !good) return good.error();
    auto list = read_files(*files);
    if (!list) return list.error();
    one.files = *std::move(list);
    one.state = suspended ? job_state::suspended : job_state::queued;
    const auto given = read_secrets(secrets);
    if (!given) return given.error();
    for (const auto& [name, text] : *given)
        if (text) asked.secrets[name] = *text;
    return asked;
}

awaitable<result<json::object>> immediately(result<json::object> outcome) { co_return outcome; }

}  // namespace

method_table control_methods::table() {
    using method = result<object> (control_methods::*)(const object&);
    const auto at_once = [this](method what) {
        return [this, what](object parameters, event_feed&) -> reply {
            return immediately((this->*what)(parameters));
        };
    };
    const auto on_job = [this](action what) {
        return [this, what](object parameters, event_feed&) {
            return act(std::move(parameters), what);
        };
    };
    const auto later = [this](reply (control_methods::*what)(object)) {
        return [this, what](object parameters, event_feed&) {
            return (this->*what)(std::move(parameters));
        };
    };
    return {
        {"server.info", at_once(&control_methods::info)},
        {"job.create", later(&control_methods::create)},
        {"job.add_files", later(&control_methods::add_files)},
        {"job.list", at_once(&control_methods::list)},
        {"job.get", at_once(&control_methods::get)},
        {"job.set", later(&control_methods::set)},
        {"job.suspend", on_job(&engine::suspend)},
        {"job.resume", on_job(&engine::resume)},
        {"job.complete", on_job(&engine::complete)},
        {"job.remove", on_job(&engine::remove)},
        {"job.explain", at_once(&control_methods::explain)},
        {"limit.get", at_once(&control_methods::limit)},
        {"limit.set", later(&control_methods::set_limit)},
        {"events.subscribe",
         [this](object parameters, event_feed& events) {
             return immediately(subscribe(parameters, events));
         }},
    };
}

control_methods::reply control_methods::create(object parameters) {
    auto what = read_job(parameters);
    if (!what) co_return what.error();
    what->what.owner = facts_.owner;
    auto creating = engine_.create(std::move(what->what), std::move(what->secrets));
    auto created = co_await std::move(creating);
    co_return document_of(created, what->brief);
}

control_methods::reply control_methods::add_files(object parameters) {
    std::string reference;
    const json::array* files = nullptr;
    bool brief = false;
    request_reader read(parameters);
    read.need("job", reference);
    read.need("files", files);
    read("brief", brief);
    if (auto good = read.outcome(); !good) co_return good.error();
    auto list = read_files(*files);
    if (!list) co_return list.error();
    auto id = find_job(engine_, reference);
    if (!id) co_return id.error();
    auto changed = co_await engine_.add_files(*std::move(id), *std::move(list));
    co_return document_of(changed, brief);
}

control_methods::reply control_methods::set(object parameters) {
    std::string reference;
    const json::object* what = nullptr;
    request_reader read(parameters);
    read.need("job", reference);
    read.need("set", what);
    if (auto good = read.outcome(); !good) co_return good.error();
    auto id = find_job(engine_, reference);
    if (!id) co_return id.error();
    auto change = read_change(*id, *what);
    if (!change) co_return change.error();
    auto changed = co_await engine_.change(*std::move(id), *std::move(change));
    co_return document_of(changed);
}

/// Settings that are not named stay as they are.
result<engine::change_request> control_methods::read_change(
    const std::string& id, const object& from) {
    engine::change_request change;
    const json::object* settings = nullptr;
    const json::object* secrets = nullptr;
    request_reader read(from);
    read("display_name", change.display_name);
    read("description", change.description);
    read("priority", change.priority);
    read("settings", settings);
    read("secrets", secrets);
    if (auto good = read.outcome("set"); !good) return good.error();
    auto given = read_secrets(secrets);
    if (!given) return given.error();
    change.secrets = *std::move(given);
    if (!settings) return change;
    change.settings = engine_.find(id)->settings;
    if (auto good = read_settings(*settings, *change.settings); !good) return good.error();
    return change;
}

control_methods::reply control_methods::act(object parameters, action what) {
    std::string reference;
    bool brief = false;
    request_reader read(parameters);
    read.need("job", reference);
    read("brief", brief);
    if (auto good = read.outcome(); !good) co_return good.error();
    auto id = find_job(engine_, reference);
    if (!id) co_return id.error();
    auto changed = co_await (engine_.*what)(*std::move(id));
    co_return document_of(changed, brief);
}

control_methods::reply control_methods::set_limit(object parameters) {
    std::uint64_t wanted = 0;
    request_reader read(parameters);
    read.need("bytes_per_second", or_null{wanted});
    if (auto good = read.outcome(); !good) co_return good.error();
    auto kept = co_await limit_.keep(wanted);
    if (!kept) co_return kept.error();
    rate_options options;
    options.bytes_per_second = limit_.bytes_per_second = wanted;
    limit_.rate.set(options);
    co_return limit({});
}

}  // namespace ferry::cli
