#pragma once

#include <ferry/detail/json_text.hpp>
#include <ferry/impl/job_members.ipp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace ferry::detail {

namespace json = boost::json;

inline std::optional<error_context> parse_context(std::string_view text) noexcept {
    using enum error_context;
    for (const auto context : {none, local_file, remote_file, transport})
        if (to_string(context) == text) return context;
    return std::nullopt;
}

/// Fills in what each_member() asks for, from an object in the stored form, until something in
/// that is not as job_writer writes it. A member that another version of ferry did not know, keeps
/// its default; nothing can stand in for one that is needed.
class job_reader {
  public:
    explicit job_reader(const json::object& from) noexcept : from_(&from) {}

    void operator()(const char* key, auto&& member, job_form = job_form::summary) {
        if (from_->contains(key)) need(key, member);
    }
    void need(const char* key, auto&& member, job_form = job_form::summary) {
        if (!wrong_.empty()) return;
        const auto* value = from_->if_contains(key);
        if (value && to(member, *value)) return;
        wrong_ = "." + (key + wrong_);
    }
    void derived(const char*, const auto&) const noexcept {}
    void veiled(const char* key, std::string& member, auto) { need(key, member); }

    /// Where it stopped, ".files[3].state"; empty: nowhere.
    const std::string& wrong() const noexcept { return wrong_; }

  private:
    template <class T>
    static bool parse(T& member, const json::value& from, auto parser) {
        const auto* text = from.if_string();
        auto parsed = text ? parser(std::string_view(text->data(), text->size())) : std::nullopt;
        if (parsed) member = *std::move(parsed);
        return parsed.has_value();
    }
    bool to(std::string& text, const json::value& from) { return parse(text, from, unescaped); }
    bool to(job::time& time, const json::value& from) { return parse(time, from, parse_time); }
    bool to(job_type& type, const json::value& from) { return parse(type, from, parse_job_type); }
    bool to(job_state& state, const json::value& from) {
        return parse(state, from, parse_job_state);
    }
    bool to(job_priority& priority, const json::value& from) {
        return parse(priority, from, parse_job_priority);
    }
    bool to(error_context& context, const json::value& from) {
        return parse(context, from, parse_context);
    }
    bool to(auth_scheme& scheme, const json::value& from) {
        return parse(scheme, from, parse_auth_scheme);
    }
    bool to(proxy_usage& usage, const json::value& from) {
        return parse(usage, from, parse_proxy_usage);
    }
    bool to(bool& flag, const json::value& from) {
        if (from.is_bool()) flag = from.get_bool();
        return from.is_bool();
    }
    bool to(std::integral auto& number, const json::value& from) {
        if (!from.is_int64() && !from.is_uint64()) return false;  // 1.0 is none of ours
        json::error_code error;
        number = from.to_number<std::remove_reference_t<decltype(number)>>(error);
        return !error;
    }
    template <class Rep, class Period>
    bool to(std::chrono::duration<Rep, Period>& time, const json::value& from) {
        Rep count = 0;
        const bool good = to(count, from);
        time = std::chrono::duration<Rep, Period>(count);
        return good;
    }
    bool to(std::error_code& code, const json::value& from) {
        const auto* list = from.if_array();
        std::string name;
        int number = 0;
        if (!list || list->size() != 2 || !to(name, (*list)[0]) || !to(number, (*list)[1]))
            return false;
        for (const auto* category : stored_categories()) {
            if (name != category->name()) continue;
            code = {number, *category};
            return true;
        }
        return false;
    }
    bool to(std::pair<std::string, std::string>& pair, const json::value& from) {
        const auto* list = from.if_array();
        return list && list->size() == 2 && to(pair.first, (*list)[0]) &&
               to(pair.second, (*list)[1]);
    }
    template <class T>
    bool to(or_null<T>& member, const json::value& from) {
        member.value = T();
        return from.is_null() || (to(member.value, from) && member.value != T());
    }
    template <class T>
    bool to(std::optional<T>& member, const json::value& from) {
        member.reset();
        return from.is_null() || to(member.emplace(), from);
    }
    template <class T>
    bool to(std::vector<T>& list, const json::value& from) {
        const auto* array = from.if_array();
        if (!array) return false;
        list.clear();
        list.reserve(array->size());
        for (const auto& one : *array) {
            if (to(list.emplace_back(), one)) continue;
            wrong_ = "[" + std::to_string(list.size() - 1) + "]" + wrong_;
            return false;
        }
        return true;
    }
    bool to(has_members auto& part, const json::value& from) {
        const auto* object = from.if_object();
        if (!object) return false;
        const auto* outer = std::exchange(from_, object);
        each_member(*this, part);
        from_ = outer;
        return wrong_.empty();
    }

    const json::object* from_;
    std::string wrong_;
};

}  // namespace ferry::detail
