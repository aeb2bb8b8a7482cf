#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace ferry::cli {

/// How much of a job is told: all but its files, or them as well.
enum class job_detail { summary, files };

// Members of a document that came from the daemon. Another version of it may leave one out or mean
// something else by it: what is not there as expected, reads as nothing.

inline std::string_view text_in(
    const boost::json::object& document, std::string_view key) noexcept {
    const auto* member = document.if_contains(key);
    const auto* text = member ? member->if_string() : nullptr;
    return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

inline std::optional<std::uint64_t> number_in(
    const boost::json::object& document, std::string_view key) {
    const auto* member = document.if_contains(key);
    if (!member || !member->is_number()) return std::nullopt;
    boost::json::error_code error;
    const auto number = member->to_number<std::uint64_t>(error);
    return error ? std::nullopt : std::optional(number);
}

/// Is it there, and true?
inline bool flag_in(const boost::json::object& document, std::string_view key) {
    const auto* value = document.if_contains(key);
    return value && value->is_bool() && value->get_bool();
}

inline const boost::json::object* object_in(
    const boost::json::object& document, std::string_view key) noexcept {
    const auto* member = document.if_contains(key);
    return member ? member->if_object() : nullptr;
}

inline const boost::json::array* array_in(
    const boost::json::object& document, std::string_view key) noexcept {
    const auto* member = document.if_contains(key);
    return member ? member->if_array() : nullptr;
}

/// The member, moved out of the document; an empty object if it is none.
inline boost::json::object take_object(boost::json::object& document, std::string_view key) {
    auto* member = document.if_contains(key);
    auto* object = member ? member->if_object() : nullptr;
    return object ? std::move(*object) : boost::json::object();
}

}  // namespace ferry::cli
