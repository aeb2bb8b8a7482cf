#pragma once

#include <ferry/detail/json_text.hpp>
#include <ferry/impl/job_members.ipp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cerrno>
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

/// An equal code of a category that can be stored.
inline std::error_code storable(const std::error_code& code) {
    for (const auto* category : stored_categories())
        if (code.category() == *category) return code;
    const auto same = code.default_error_condition();
    const bool generic = same.category() == std::generic_category();
    return {generic ? same.value() : EIO, std::generic_category()};
}

template <class T>
concept has_name = std::is_enum_v<T>;

/// Puts what each_member() tells it into an object.
class job_writer {
  public:
    job_writer(job_form form, json::object& out) noexcept : form_(form), out_(out) {}

    void operator()(const char* key, const auto& member, job_form least = job_form::summary) {
        if (form_ >= least) out_[key] = from(member);
    }
    void need(const char* key, const auto& member, job_form least = job_form::summary) {
        (*this)(key, member, least);
    }
    void derived(const char* key, const auto& value) { out_[key] = from(value); }
    void veiled(const char* key, const std::string& member, auto veil) {
        out_[key] = from(form_ == job_form::stored ? member : veil(member));
    }

  private:
    json::value from(std::string_view text) const {
        const auto valid = form_ == job_form::stored ? escaped(text) : valid_utf8(text);
        return json::string(valid, room());
    }
    json::value from(std::integral auto number) const { return number; }
    json::value from(has_name auto named) const { return from(to_string(named)); }
    json::value from(auth_scheme scheme) const { return from(word_for(scheme)); }
    json::value from(proxy_usage usage) const { return from(word_for(usage)); }
    json::value from(job::time time) const { return json::string(format_time(time), room()); }
    template <class Rep, class Period>
    json::value from(std::chrono::duration<Rep, Period> time) const {
        return time.count();
    }
    json::value from(const std::error_code& code) const {
        const auto same = storable(code);
        return json::array({same.category().name(), same.value()}, room());
    }
    json::value from(const std::pair<std::string, std::string>& pair) const {
        return json::array({from(pair.first), from(pair.second)}, room());
    }
    template <class T>
    json::value from(const or_null<T>& member) const {
        return member.value == std::remove_const_t<T>() ? json::value() : from(member.value);
    }
    template <class T>
    json::value from(const std::optional<T>& member) const {
        return member ? from(*member) : json::value();
    }
    template <class T>
    json::value from(const std::vector<T>& list) const {
        json::array out(room());
        out.reserve(list.size());
        for (const auto& one : list) out.push_back(from(one));
        return out;
    }
    json::value from(const has_members auto& part) const {
        json::object out(room());
        out.reserve(16);  // there may be thousands of files
        job_writer inner(form_, out);
        each_member(inner, part);
        return out;
    }

    /// Where all of the object lives.
    const json::storage_ptr& room() const noexcept { return out_.storage(); }

    job_form form_;
    json::object& out_;
};

}  // namespace ferry::detail
